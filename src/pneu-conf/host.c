#include "pneu-conf/pneu-conf.h"

#include <string.h>
#include <strings.h>

static int
isspc(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of s[*i..n), which ends at a '#'. Returns its length, or 0. */
static size_t
word(const char *s, size_t n, size_t *i)
{
	size_t from;

	while (*i < n && isspc(s[*i]))
		++*i;
	for (from = *i; *i < n && !isspc(s[*i]) && s[*i] != '#'; )
		++*i;
	return *i - from;
}

/* A name with a dot in a line "address name..." that holds name. */
static const char *
full(const char *s, size_t n, const char *name, size_t *len)
{
	const char *dotted = 0;
	size_t i = 0, m;
	int found = 0;

	if (!word(s, n, &i))
		return 0;
	while ((m = word(s, n, &i))) {
		const char *w = s + i - m;

		if (!dotted && memchr(w, '.', m)) {
			dotted = w;
			*len = m;
		}
		found |= m == strlen(name) && !strncasecmp(w, name, m);
	}
	return found ? dotted : 0;
}

void
host_name(stralloc *sa, const char *kernel, const char *hosts, size_t n)
{
	const char *nl, *f;
	size_t len;

	if (!stralloc_cats(sa, kernel))
		report_nomem();
	if (strchr(kernel, '.'))
		return;
	for (; n; hosts = nl, n -= len) {
		nl = memchr(hosts, '\n', n);
		nl = nl ? nl + 1 : hosts + n;
		f = full(hosts, (size_t)(nl - hosts) - (nl[-1] == '\n'),
		    kernel, &len);
		if (f) {
			sa->len -= strlen(kernel);
			if (!stralloc_catb(sa, f, len))
				report_nomem();
			return;
		}
		len = (size_t)(nl - hosts);
	}
	if (!stralloc_cats(sa, ".localdomain"))
		report_nomem();
}
