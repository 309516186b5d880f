#include "pneu-import/map.h"

#include <ctype.h>
#include <string.h>
#include <skalibs/stralloc.h>

/* The plain text that a pattern stands for, up to end: 1; 0 if it is more
 * than one text. A dot without a backslash is taken as the dot that its
 * author meant. */
static int
literal(stralloc *sa, const char *s, const char *end)
{
	for (; s < end; s++) {
		if (*s == '\\' && s + 1 < end && !isalnum((unsigned char)s[1]))
			s++;
		else if (!isalnum((unsigned char)*s) && !strchr("@._-=/", *s))
			return 0;
		if (!stralloc_catb(sa, s, 1))
			str_nomem();
	}
	return 1;
}

/* The "anything" before an @: its octets, or 0. *group: it is $1. */
static size_t
anything(const char *s, int *group)
{
	static const struct { const char *s; int group; } any[] = {
		{ "^(.*)@", 1 }, { "^(.+)@", 1 }, { "^([^@]+)@", 1 },
		{ "^([^@]*)@", 1 }, { "(.*)@", 1 }, { "(.+)@", 1 },
		{ "^.*@", 0 }, { "^.+@", 0 }, { ".*@", 0 }, { ".+@", 0 },
		{ "@", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof any / sizeof any[0]; i++)
		if (str_starts(s, any[i].s)) {
			*group = any[i].group;
			return strlen(any[i].s);
		}
	return 0;
}

/* The result: "$1@domain" where group allows it, or text without $. */
static const char *
result(const char *s, int group)
{
	static const char *const ones[] = { "$1@", "${1}@", "$(1)@" };
	size_t i;

	if (!strchr(s, '$'))
		return s;
	for (i = 0; group && i < 3; i++)
		if (str_starts(s, ones[i]) &&
		    !strpbrk(s + strlen(ones[i]), "$ ,@"))
			return s + strlen(ones[i]) - 1;
	return 0;
}

/* Every address, with no condition at all. */
static int
isall(const char *s, size_t n)
{
	static const char *const all[] = { "", "^", ".", ".*", "^.*$", "^.*",
	    "^(.*)$", "(.*)", "^", "/./" };
	size_t i;

	for (i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strlen(all[i]) == n && !memcmp(all[i], s, n))
			return 1;
	return 0;
}

static const char *
closing(const char *s, char slash)
{
	for (; *s && *s != slash; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s : 0;
}

int
map_pattern(const char *line, const char **key, const char **value)
{
	stralloc sa = STRALLOC_ZERO;
	const char *s = line, *end, *rest;
	size_t n;
	int group = 0;

	if (isalnum((unsigned char)*s) || *s == '!' ||
	    !(end = closing(s + 1, *s)))
		return 0;
	s++;
	rest = end + 1;
	while (*rest == 'i')
		rest++;
	if (*rest != ' ' && *rest != '\t')
		return 0;
	rest = str_trim(rest, strlen(rest));
	if (isall(s, (size_t)(end - s))) {
		*key = "";
		return (*value = result(rest, 0)) != 0;
	}
	if (end == s || end[-1] != '$')
		return 0;
	end--;
	if ((n = anything(s, &group)))
		s += n - 1;
	else if (*s++ != '^')
		return 0;
	if (!literal(&sa, s, end) || !stralloc_0(&sa) || !sa.s[0])
		return 0;
	*key = sa.s;
	return (*value = result(rest, group)) != 0;
}
