#include "pneu-import/source.h"

#include <errno.h>
#include <string.h>

#include "conf/slurp.h"
#include "pneu-import/str.h"

char *
source_path(const struct source *x, const char *name)
{
	size_t n = strlen(x->base);

	if (*name != '/')
		return str_cat(x->dir, "/", name);
	if (n && !strncmp(name, x->base, n) && name[n] == '/')
		return str_cat(x->dir, name + n);
	return str_cat(x->root, name);
}

int
source_isaliases(const struct source *x, const char *name)
{
	return !*x->root && !strcmp(name, "/etc/aliases");
}

int
source_read(stralloc *sa, const char *path)
{
	if (conf_slurp(sa, path, SOURCE_FILE_OCTETS) > 0)
		return 1;
	return errno == ENOENT || errno == ENOTDIR ||
	    errno == ENAMETOOLONG ? 0 : -1;
}

void
lines_open(struct lines *x, const char *s, size_t n)
{
	x->s = s;
	x->n = n;
	x->pos = 0;
	x->line = 1;
}

static int
isspace1(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The physical line at pos: its end goes to *end, white space at the end of
 * it left out; where the next begins to *next. */
static void
physical(const struct lines *x, size_t *end, size_t *next)
{
	const char *nl = memchr(x->s + x->pos, '\n', x->n - x->pos);

	*end = nl ? (size_t)(nl - x->s) : x->n;
	*next = nl ? *end + 1 : x->n;
	while (*end > x->pos && isspace1(x->s[*end - 1]))
		--*end;
}

/* Nothing but white space, or a comment. */
static int
isnothing(const struct lines *x, size_t end)
{
	size_t i = x->pos;

	while (i < end && isspace1(x->s[i]))
		i++;
	return i == end || x->s[i] == '#';
}

int
lines_next(struct lines *x, struct line *l, int fold)
{
	stralloc sa = STRALLOC_ZERO;
	size_t end, next;
	int some = 0;

	for (; x->pos < x->n; x->pos = next, x->line++) {
		physical(x, &end, &next);
		if (isnothing(x, end))
			continue;
		if (some && !(fold && isspace1(x->s[x->pos])))
			break;
		if (!some)
			l->number = x->line;
		some = 1;
		if (!stralloc_catb(&sa, x->s + x->pos, end - x->pos))
			str_nomem();
	}
	if (!some)
		return 0;
	if (!stralloc_0(&sa))
		str_nomem();
	l->s = sa.s;
	return 1;
}
