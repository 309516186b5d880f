#include "deliver/mboxtext.h"

#include <string.h>

static const char from[] = "From ";
#define FROM_OCTETS ((signed char)(sizeof from - 1))

int
mboxtext_from(stralloc *sa, const char *sender, time_t now)
{
	char date[64];
	struct tm tm;

	if (!*sender)
		sender = "MAILER-DAEMON";
	if (!stralloc_catb(sa, from, sizeof from - 1))
		return 0;
	for (; *sender; sender++)
		if (!stralloc_append(sa, strchr(" \t\r\n\f\v", *sender) ?
		    '-' : *sender))
			return 0;
	if (!gmtime_r(&now, &tm) ||
	    !strftime(date, sizeof date, "  %a %b %e %H:%M:%S %Y\n", &tm))
		strcpy(date, "  Thu Jan  1 00:00:00 1970\n");
	return stralloc_cats(sa, date);
}

/* What was held back of "From " is none. */
static int
let_go(struct mboxtext *m, stralloc *out)
{
	size_t n = m->state > 0 ? (size_t)m->state : 0;

	m->state = -1;
	return !n || stralloc_catb(out, from, n);
}

/* The octet *s at the beginning of a line. */
static int
at_line(struct mboxtext *m, char c, stralloc *out)
{
	m->some = c != '\n';
	if (c == from[m->state]) {
		if (++m->state < FROM_OCTETS)
			return 1;
		m->state = -1;
		return stralloc_append(out, '>') &&
		    stralloc_catb(out, from, sizeof from - 1);
	}
	if (m->state > 0 && !let_go(m, out))
		return 0;
	m->state = c == '\n' || (c == '>' && !m->state) ? 0 : -1;
	return stralloc_append(out, c);
}

int
mboxtext_part(struct mboxtext *m, const char *s, size_t n, stralloc *out)
{
	const char *end = s + n, *nl;

	while (s < end) {
		if (m->state >= 0) {
			if (!at_line(m, *s++, out))
				return 0;
			continue;
		}
		nl = memchr(s, '\n', (size_t)(end - s));
		if (nl)
			m->state = m->some = 0;
		nl = nl ? nl + 1 : end;
		if (!stralloc_catb(out, s, (size_t)(nl - s)))
			return 0;
		s = nl;
	}
	return 1;
}

int
mboxtext_end(struct mboxtext *m, stralloc *out)
{
	return let_go(m, out) && (!m->some || stralloc_append(out, '\n')) &&
	    stralloc_append(out, '\n');
}
