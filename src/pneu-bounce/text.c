#include "text.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "mail/hex.h"
#include "mail/utf8.h"

void
text_putb(struct text *t, const char *s, size_t n)
{
	t->ok = t->ok && stralloc_catb(t->sa, s, n);
}

void
text_put(struct text *t, const char *s)
{
	text_putb(t, s, strlen(s));
}

void
text_putu(struct text *t, uint64_t u)
{
	char s[UINT64_FMT];

	text_putb(t, s, uint64_fmt(s, u));
}

static char
ascii(char c)
{
	return (unsigned char)c < 32 || (unsigned char)c > 126 ? '?' : c;
}

static void
put_ascii(struct text *t, const char *s, size_t n)
{
	size_t i;

	if (!t->ok || !(t->ok = stralloc_readyplus(t->sa, n)))
		return;
	for (i = 0; i < n; i++)
		t->sa->s[t->sa->len++] = ascii(s[i]);
}

void
text_ascii(struct text *t, const char *s)
{
	put_ascii(t, s, strlen(s));
}

void
text_utf8(struct text *t, const char *s, int may)
{
	if (may && utf8_is(s, strlen(s)) && !strpbrk(s, "\r\n"))
		text_put(t, s);
	else
		text_ascii(t, s);
}

void
text_xtext(struct text *t, const char *s)
{
	char c;

	for (; *s; s++) {
		c = *s;
		if (c == '+' && hex_upper(s[1]) >= 0 && hex_upper(s[2]) >= 0) {
			c = (char)(hex_upper(s[1]) << 4 | hex_upper(s[2]));
			s += 2;
		}
		put_ascii(t, &c, 1);
	}
}

/* How much of s[0..n) goes on a line with room for so many octets: up to
 * the last space that fits, or if there is none up to the first. */
static size_t
fits(const char *s, size_t n, size_t room)
{
	const char *space;
	size_t i;

	if (n <= room)
		return n;
	for (i = room; i; i--)
		if (s[i] == ' ')
			return i;
	space = memchr(s, ' ', n);
	return space && space > s ? (size_t)(space - s) : n;
}

void
text_fold(struct text *t, const char *first, const char *next,
    const char *s, size_t n)
{
	const char *prefix = first;
	size_t len, used;

	do {
		used = strlen(prefix);
		len = fits(s, n, used < TEXT_LINE_OCTETS ?
		    TEXT_LINE_OCTETS - used : 1);
		text_put(t, prefix);
		put_ascii(t, s, len);
		text_put(t, "\n");
		for (s += len, n -= len; n && *s == ' '; s++)
			n--;
		prefix = next;
	} while (n);
}
