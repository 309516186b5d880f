#include "rewrite/rewrite.h"

#include <string.h>

#include "wire/route.h"

/* Which addresses in brackets are ours depends on the interfaces; for maps
 * they are all as if they were. */
static char
domain_class(void *x, const char *domain, size_t n)
{
	const struct conf *c = x;
	const char *p = domain, *end = domain + n;

	if (*domain == '[' || conf_has(c, CONF_mydestination, domain, n))
		return ROUTE_LOCAL;
	while (p < end && (p = memchr(p + 1, '.', (size_t)(end - p - 1))))
		if (conf_has(c, CONF_mydestination, p, (size_t)(end - p)))
			return ROUTE_LOCAL;
	return ROUTE_OTHER;
}

static int
no_user(void *x, const char *name)
{
	(void)x;
	(void)name;
	return 0;
}

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	return conf_lookup(x, table, key, keylen, v, n);
}

void
rewrite_facts(struct facts *f, const struct conf *c)
{
	f->origin = conf_str(c, myorigin);
	f->delimiters = conf_str(c, recipient_delimiter);
	f->domain = domain_class;
	f->user = no_user;
	f->lookup = lookup;
	f->x = (void *)(uintptr_t)c;
}

int
rewrite_has(const struct conf *c, const char *table)
{
	const char *v;
	size_t n;

	return conf_lookup(c, table, "", 0, &v, &n) > 0;
}
