#include "pneu-import/postfix.h"

#include <string.h>
#include <skalibs/stralloc.h>

#include "mail/address.h"
#include "pneu-import/map.h"

static void
list_words(struct postfix *x, genalloc *out, const char *s,
    const struct origin *at);

/* A file with the same words a list has. */
static void
list_file(struct postfix *x, genalloc *out, const char *name,
    const struct origin *at)
{
	const char *path = source_path(x->m.src, name);
	stralloc sa = STRALLOC_ZERO;
	struct lines t;
	struct line l;

	if (source_read(&sa, path) <= 0) {
		plan_lost(x->m.plan, at, name, "unable to read it");
		return;
	}
	lines_open(&t, sa.s, sa.len);
	while (lines_next(&t, &l, 1)) {
		struct origin here = { path, l.number, l.s };

		list_words(x, out, l.s, &here);
	}
}

/* The keys of a map that are domains. */
static void
list_map(struct postfix *x, genalloc *out, const char *map,
    const struct origin *at)
{
	genalloc v = GENALLOC_ZERO;
	const struct pair *q;
	size_t i;

	map_read(&v, map, at, x->m.src, x->m.plan);
	q = genalloc_s(struct pair, &v);
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		if (!strchr(q[i].key, '@') && strchr(q[i].key, '.') &&
		    address_isdomain(q[i].key, strlen(q[i].key)))
			str_addword(out, str_lower(q[i].key), &q[i].at);
}

static void
list_words(struct postfix *x, genalloc *out, const char *s,
    const struct origin *at)
{
	genalloc w = GENALLOC_ZERO;
	const struct word *q;
	size_t i;

	str_words(&w, s, at);
	q = genalloc_s(struct word, &w);
	for (i = 0; i < genalloc_len(struct word, &w); i++) {
		if (*q[i].s == '/')
			list_file(x, out, q[i].s, at);
		else if (*q[i].s == '!')
			plan_lost(x->m.plan, at, q[i].s,
			    "pneu's lists have no exceptions");
		else if (map_is(q[i].s))
			list_map(x, out, q[i].s, at);
		else
			str_addword(out, str_lower(q[i].s), at);
	}
}

static void
list(struct postfix *x, const char *name, genalloc *out)
{
	struct origin at = maincf_origin(&x->m, name);
	struct param *p = maincf_param(&x->m, name);

	list_words(x, out, maincf_value(&x->m, name), &at);
	if (p)
		p->done = 1;
}

/* ... and the domains below those. */
static void
below(genalloc *v)
{
	size_t i, n = genalloc_len(struct word, v);

	for (i = 0; i < n; i++) {
		struct word w = genalloc_s(struct word, v)[i];

		if (*w.s != '.')
			str_addword(v, str_cat(".", w.s), &w.at);
	}
}

void
postfix_classes(struct postfix *x)
{
	list(x, "mydestination", &x->local);
	list(x, "virtual_alias_domains", &x->alias);
	list(x, "virtual_mailbox_domains", &x->mailbox);
	list(x, "relay_domains", &x->relay);
	if (strstr(maincf_value(&x->m, "parent_domain_matches_subdomains"),
	    "relay_domains"))
		below(&x->relay);
}

/* Of a domain in more than one class Postfix asks them in this order. */
static char *
without(const genalloc *v, const genalloc *const *before)
{
	const struct word *w = genalloc_s(struct word, v);
	size_t i, k, n = genalloc_len(struct word, v);
	genalloc out = GENALLOC_ZERO;

	for (i = 0; i < n; i++) {
		for (k = 0; before[k]; k++)
			if (str_findword(before[k], w[i].s))
				break;
		if (!before[k] && !str_findword(&out, w[i].s))
			str_addword(&out, w[i].s, &w[i].at);
	}
	return str_joinwords(&out);
}

static void
set(struct postfix *x, const char *name, const char *value)
{
	struct origin at = maincf_origin(&x->m, name);

	if (*value || !strcmp(name, "mydestination"))
		plan_set(x->m.plan, name, value, &at);
}

void
postfix_setclasses(struct postfix *x)
{
	const genalloc *before[] = { 0, 0, 0, 0 };

	set(x, "mydestination", without(&x->local, before));
	before[0] = &x->local;
	set(x, "virtual_alias_domains", without(&x->alias, before));
	before[1] = &x->alias;
	set(x, "virtual_mailbox_domains", without(&x->mailbox, before));
	before[2] = &x->mailbox;
	set(x, "relay_domains", without(&x->relay, before));
}
