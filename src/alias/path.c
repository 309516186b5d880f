#include "alias/path.h"

#include <string.h>

/* Is x the address number i? */
static int
is(const struct path *p, size_t i, const struct step_addr *x)
{
	const char *s = p->s.s + p->at[i];

	return !strncmp(s, x->local, x->locallen) && s[x->locallen] == '@' &&
	    !strcmp(s + x->locallen + 1, x->domain);
}

static int
put(stralloc *sa, const struct step_addr *x)
{
	return stralloc_catb(sa, x->local, x->locallen) &&
	    stralloc_append(sa, '@') &&
	    stralloc_catb(sa, x->domain, x->domainlen);
}

int
path_push(struct path *p, const struct step_addr *x)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (is(p, i, x))
			return 0;
	if (p->n == PATH_DEPTH)
		return 0;
	p->at[p->n] = p->s.len;
	if (!put(&p->s, x) || !stralloc_0(&p->s))
		return -1;
	p->n++;
	return 1;
}

void
path_cut(struct path *p, size_t n)
{
	if (n < p->n) {
		p->s.len = p->at[n];
		p->n = n;
	}
}

int
path_loop(const struct path *p, const struct step_addr *x, size_t max,
    stralloc *sa)
{
	size_t i = 0, from = sa->len;

	while (i < p->n && !is(p, i, x))
		i++;
	if (i == p->n)		/* too deep: all of it */
		i = 0;
	for (; i < p->n; i++)
		if (!stralloc_cats(sa, p->s.s + p->at[i]) ||
		    !stralloc_cats(sa, " -> "))
			return 0;
	if (!put(sa, x))
		return 0;
	if (sa->len - from > max) {
		sa->len = from + max - 4;
		return stralloc_cats(sa, " ...");
	}
	return 1;
}
