#include "look.h"

#include <string.h>
#include <strings.h>

#include "dsn.h"

void
look_init(struct look *l, const char *needle)
{
	memset(l, 0, sizeof *l);
	l->needle = needle;
	l->needlelen = strlen(needle);
	l->last = -1;
}

/* RFC 2046 5.1.1: a boundary line begins with "--" and the boundary, what-
 * ever follows. */
static void
end_line(struct look *l)
{
	if (l->line > LOOK_LINE_OCTETS)
		l->longline = 1;
	if (l->line >= l->needlelen + 2 && l->start[0] == '-' &&
	    l->start[1] == '-' && !memcmp(l->start + 2, l->needle,
	    l->needlelen))
		l->found = 1;
	if (!l->headerdone) {
		if (!l->line)
			l->headerdone = 1;
		else
			l->headerlen = l->at;
		if (l->line >= sizeof DSN_DOUBLE - 1 && !strncasecmp(l->start,
		    DSN_DOUBLE, sizeof DSN_DOUBLE - 1))
			l->isdouble = 1;
	}
	l->line = 0;
}

static void
take_part(struct look *l, const char *s, size_t n)
{
	size_t i, room;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] > 127 || !s[i]) {
			l->eightbit = 1;
			l->header8bit |= !l->headerdone;
		}
	if (l->line < sizeof l->start) {
		room = sizeof l->start - l->line;
		memcpy(l->start + l->line, s, n < room ? n : room);
	}
	l->line += n;
	l->at += n;
}

void
look_take(struct look *l, const char *s, size_t n)
{
	const char *nl;
	size_t len;

	if (n)
		l->last = (unsigned char)s[n - 1];
	while (n) {
		nl = memchr(s, '\n', n);
		len = nl ? (size_t)(nl - s) : n;
		take_part(l, s, len);
		if (nl) {
			l->at++;
			len++;
			end_line(l);
		}
		s += len;
		n -= len;
	}
}

void
look_end(struct look *l)
{
	if (l->line)
		end_line(l);
	l->headerdone = 1;
}
