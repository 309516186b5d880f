#include "submit/text.h"

#include <string.h>

static const char from[] = "From ";
#define FROM_OCTETS (sizeof from - 1)
#define QUOTES 20		/* '>' in front of it */

/* Is a line that begins like s[0..n) a "From " line, perhaps quoted? 1, 0, or
 * -1: more is needed to tell. */
static int
isfrom(const char *s, size_t n, int eof)
{
	size_t i = 0;

	while (i < n && i < QUOTES && s[i] == '>')
		i++;
	n -= i;
	if (memcmp(s + i, from, n < FROM_OCTETS ? n : FROM_OCTETS))
		return 0;
	return n >= FROM_OCTETS ? 1 : eof ? 0 : -1;
}

/* At the begin of a line: does it need more octets to tell what it is?
 * Notes a "From " line and the dot. */
static int
unclear(struct text *t, const char *s, size_t n, int eof)
{
	size_t i;

	if (!t->begun) {
		int r = isfrom(s, n, eof);

		if (r < 0)
			return 1;
		t->skip = r;
		t->begun = !r;
	}
	if (t->skip || !t->dot || s[0] != '.')
		return 0;
	for (i = 1; i < n && s[i] == '\r'; i++)
		;
	if (i == n && !eof)
		return i < TEXT_CR_OCTETS;
	t->ended = i == n || s[i] == '\n';
	return 0;
}

/* A line, or as much of it as there is, without its CRs. *used is what to go
 * on behind; 0 if all of it must wait. */
static int
take_line(struct text *t, stralloc *sa, const char *s, size_t n, int eof,
    size_t *used)
{
	const char *nl = memchr(s, '\n', n);
	size_t end = nl ? (size_t)(nl - s) : n, len = end;

	while (len && s[len - 1] == '\r')
		len--;
	if (!nl && (eof || end - len >= TEXT_CR_OCTETS))
		len = end;
	*used = nl ? end + 1 : len;
	t->inline_ = nl ? 0 : t->inline_ || len;
	if (t->skip) {
		t->skip = !nl;
		return 1;
	}
	return stralloc_catb(sa, s, len) && (!nl || stralloc_append(sa, '\n'));
}

int
text_take(struct text *t, stralloc *sa, const char *s, size_t n, int eof,
    size_t *used)
{
	size_t i = 0, step = 1;

	for (; i < n && step && !t->ended; i += step) {
		if (!t->inline_ && unclear(t, s + i, n - i, eof))
			break;
		if (t->ended)
			break;
		if (!take_line(t, sa, s + i, n - i, eof, &step))
			return 0;
	}
	*used = t->ended ? n : i;
	return 1;
}
