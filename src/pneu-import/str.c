#include "pneu-import/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <skalibs/bytestr.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

void
str_nomem(void)
{
	strerr_dief(111, "out of memory");
}

char *
str_keepb(const char *s, size_t n)
{
	char *t = malloc(n + 1);

	if (!t)
		str_nomem();
	if (n)
		memcpy(t, s, n);
	t[n] = 0;
	return t;
}

char *
str_keep(const char *s)
{
	return str_keepb(s, strlen(s));
}

char *
str_join(const char *s, ...)
{
	stralloc sa = STRALLOC_ZERO;
	va_list ap;

	va_start(ap, s);
	for (; s; s = va_arg(ap, const char *))
		if (!stralloc_cats(&sa, s))
			str_nomem();
	va_end(ap);
	if (!stralloc_0(&sa))
		str_nomem();
	return sa.s;
}

char *
str_lower(const char *s)
{
	char *t = str_keep(s);

	case_lowers(t);
	return t;
}

static int
isblank1(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *
str_trim(const char *s, size_t n)
{
	while (n && isblank1(*s)) {
		s++;
		n--;
	}
	while (n && isblank1(s[n - 1]))
		n--;
	return str_keepb(s, n);
}

int
str_starts(const char *s, const char *word)
{
	return !strncmp(s, word, strlen(word));
}

void
str_addword(genalloc *w, const char *s, const struct origin *at)
{
	struct word x = { s, *at };

	if (!genalloc_append(struct word, w, &x))
		str_nomem();
}

/* Octets of the word at s: up to white space or a comma outside of braces
 * and quotes. */
static size_t
wordlen(const char *s)
{
	size_t i;
	int deep = 0, quoted = 0;

	for (i = 0; s[i]; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (s[i] == '{')
			deep++;
		else if (s[i] == '}' && deep)
			deep--;
		else if (!deep && (isblank1(s[i]) || s[i] == ','))
			break;
	}
	return i;
}

void
str_words(genalloc *w, const char *s, const struct origin *at)
{
	size_t n;

	for (;;) {
		while (isblank1(*s) || *s == ',')
			s++;
		if (!*s)
			return;
		n = wordlen(s);
		str_addword(w, str_keepb(s, n), at);
		s += n;
	}
}

const struct word *
str_findword(const genalloc *w, const char *s)
{
	const struct word *x = genalloc_s(struct word, w);
	size_t i, n = genalloc_len(struct word, w);

	for (i = 0; i < n; i++)
		if (!strcasecmp(x[i].s, s))
			return x + i;
	return 0;
}

char *
str_joinwords(const genalloc *w)
{
	const struct word *x = genalloc_s(struct word, w);
	size_t i, n = genalloc_len(struct word, w);
	stralloc sa = STRALLOC_ZERO;

	for (i = 0; i < n; i++)
		if ((i && !stralloc_cats(&sa, " ")) ||
		    !stralloc_cats(&sa, x[i].s))
			str_nomem();
	if (!stralloc_0(&sa))
		str_nomem();
	return sa.s;
}
