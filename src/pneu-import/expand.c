#include "pneu-import/expand.h"

#include <string.h>
#include <skalibs/stralloc.h>

#include "pneu-import/str.h"

struct expansion {
	stralloc sa;
	expand_lookup *lookup;
	void *x;
};

static int put(struct expansion *e, const char *s, int depth);

static int
isname(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static const char *
skip(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* What stands between s[0], a '{' or '(', and the one that closes it; s
 * goes behind that. 0 if there is none. */
static char *
inside(const char **s)
{
	char open = **s, close = open == '{' ? '}' : ')';
	const char *p = *s + 1;
	int deep = 1;

	for (; *p; p++) {
		if (*p == open)
			deep++;
		else if (*p == close && !--deep) {
			char *t = str_keepb(*s + 1, (size_t)(p - *s) - 1);

			*s = p + 1;
			return t;
		}
	}
	return 0;
}

/* A branch behind '?' or ':': {text}, or text up to the end. */
static char *
branch(const char **s)
{
	char *t;

	*s = skip(*s);
	if (**s == '{' && (t = inside(s))) {
		*s = skip(*s);
		return str_trim(t, strlen(t));
	}
	t = str_keep(*s);
	*s += strlen(*s);
	return t;
}

/* "?yes", "?{yes}:{no}" or ":no" at s. */
static int
choose(struct expansion *e, const char *s, int yes, int depth)
{
	char *a = 0, *b = 0;

	if (*s == '?') {
		s++;
		a = branch(&s);
	}
	if (*s == ':') {
		s++;
		b = branch(&s);
	}
	if (*s)
		return 0;
	a = yes ? a : b;
	return !a || put(e, a, depth + 1);
}

/* s expanded by itself. */
static char *
whole(struct expansion *e, const char *s, int depth)
{
	struct expansion part = { STRALLOC_ZERO, e->lookup, e->x };

	if (!put(&part, s, depth + 1))
		return 0;
	return stralloc_0(&part.sa) ? part.sa.s : (str_nomem(), (char *)0);
}

static int
holds(const char *op, int cmp, int *yes)
{
	static const struct { const char *op; int lt, eq, gt; } ops[] = {
		{ "==", 0, 1, 0 }, { "!=", 1, 0, 1 }, { "<=", 1, 1, 0 },
		{ ">=", 0, 1, 1 }, { "<", 1, 0, 0 }, { ">", 0, 0, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof ops / sizeof ops[0]; i++)
		if (!strcmp(op, ops[i].op)) {
			*yes = cmp < 0 ? ops[i].lt : cmp ? ops[i].gt :
			    ops[i].eq;
			return 1;
		}
	return 0;
}

/* "{a} == {b} ? ..." */
static int
compare(struct expansion *e, const char *s, int depth)
{
	char *a = inside(&s), *b, *op;
	size_t n;
	int yes;

	s = skip(s);
	n = strspn(s, "=!<>");
	op = str_keepb(s, n);
	s = skip(s + n);
	if (!a || *s != '{' || !(b = inside(&s)))
		return 0;
	a = whole(e, str_trim(a, strlen(a)), depth);
	b = whole(e, str_trim(b, strlen(b)), depth);
	if (!a || !b || !holds(op, strcmp(a, b), &yes))
		return 0;
	return choose(e, skip(s), yes, depth);
}

/* What stands within ${...}. */
static int
braces(struct expansion *e, const char *s, int depth)
{
	const char *v;
	size_t n;

	s = skip(s);
	if (*s == '{')
		return compare(e, s, depth);
	for (n = 0; isname(s[n]); n++)
		;
	v = e->lookup(e->x, str_keepb(s, n));
	s = skip(s + n);
	if (*s == '?' || *s == ':') {
		v = v ? whole(e, v, depth) : "";
		return !v ? 0 : *s == ':' && *v ? put(e, v, depth + 1) :
		    choose(e, s, *v != 0, depth);
	}
	return n && !*s && (!v || put(e, v, depth + 1));
}

static int
dollar(struct expansion *e, const char **s, int depth)
{
	const char *v;
	char *t;
	size_t n;

	++*s;
	if (**s == '$') {
		++*s;
		return stralloc_cats(&e->sa, "$") || (str_nomem(), 0);
	}
	if (**s == '{' || **s == '(')
		return (t = inside(s)) && braces(e, t, depth);
	for (n = 0; isname((*s)[n]); n++)
		;
	if (!n)
		return 0;
	v = e->lookup(e->x, str_keepb(*s, n));
	*s += n;
	return !v || put(e, v, depth + 1);
}

static int
put(struct expansion *e, const char *s, int depth)
{
	if (depth > EXPAND_DEPTH)
		return 0;
	while (*s)
		if (*s == '$') {
			if (!dollar(e, &s, depth))
				return 0;
		} else if (!stralloc_catb(&e->sa, s++, 1))
			str_nomem();
	return 1;
}

char *
expand(const char *s, expand_lookup *lookup, void *x)
{
	struct expansion e = { STRALLOC_ZERO, lookup, x };

	if (!put(&e, s, 0))
		return 0;
	if (!stralloc_0(&e.sa))
		str_nomem();
	return e.sa.s;
}
