#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>
#include <skalibs/stralloc.h>

#include "pneu-import/map.h"

/* Of a domain whose row "@domain" is an error nobody is known but who has a
 * row: it is a virtual domain, even if it is in class w. */
static void
nobody_else(struct sm *x, const char *domain, const struct pair *q)
{
	struct word *w = genalloc_s(struct word, &x->local);
	size_t i, k = 0, n = genalloc_len(struct word, &x->local);

	if (!strcasecmp(domain, x->host) || !strcasecmp(domain, "localhost")) {
		plan_lost(x->plan, &q->at, 0, "this host's own domain: its "
		    "users are known there");
		return;
	}
	for (i = 0; i < n; i++)
		if (strcasecmp(w[i].s, domain))
			w[k++] = w[i];
	genalloc_setlen(struct word, &x->local, k);
	if (!sm_has(&x->valias, domain))
		str_addword(&x->valias, str_lower(domain), &q->at);
}

/* The value with %1, the user that was found, as ours: * in a row of a
 * domain. 0 if it has another part of the address. */
static const char *
substitute(const char *s, const char *user)
{
	stralloc sa = STRALLOC_ZERO;

	for (; *s; s++) {
		if (*s != '%') {
			if (!stralloc_catb(&sa, s, 1))
				str_nomem();
			continue;
		}
		if (*++s != '1')
			return 0;
		if (!stralloc_cats(&sa, user))
			str_nomem();
	}
	if (!stralloc_0(&sa))
		str_nomem();
	return sa.s;
}

static void
row(struct sm *x, const struct pair *q)
{
	const char *at = strrchr(q->key, '@'), *user, *to;

	if (!at) {
		plan_lost(x->plan, &q->at, 0, "neither an address nor "
		    "@domain");
		return;
	}
	if (!sm_has(&x->local, at + 1) && !sm_has(&x->virthost, at + 1) &&
	    !sm_has(&x->valias, at + 1)) {
		plan_tell(x->plan, &q->at, 0, "the domain is neither in "
		    "class w nor a VIRTUSER_DOMAIN: never used");
		return;
	}
	if (!strncasecmp(q->value, "error:", 6)) {
		if (at > q->key)
			plan_lost(x->plan, &q->at, 0,
			    "pneu's table virtual does not refuse");
		return;
	}
	user = at == q->key ? "*" : str_keepb(q->key, (size_t)(at - q->key));
	if (at > q->key && at - q->key > 2 && !strncmp(at - 2, "+*", 2)) {
		plan_lost(x->plan, &q->at, 0, "a row for any extension: the "
		    "row of the user himself is pneu's for them");
		return;
	}
	to = substitute(q->value, user);
	if (!to)
		plan_lost(x->plan, &q->at, 0,
		    "pneu has no counterpart of %2 and %3");
	else
		plan_row(x->plan, PLAN_VIRTUAL, q->key, to, &q->at, 0);
}

void
sm_virtuser(struct sm *x, const struct sm_map *map)
{
	const struct word *w = genalloc_s(struct word, &x->virthost);
	genalloc v = GENALLOC_ZERO;
	const struct pair *q;
	size_t i, n;

	if (!sm_rows(x, map, &v))
		return;
	for (i = 0; i < genalloc_len(struct word, &x->virthost); i++)
		if (!sm_has(&x->local, w[i].s) && !sm_has(&x->valias, w[i].s))
			str_addword(&x->valias, w[i].s, &w[i].at);
	q = genalloc_s(struct pair, &v);
	n = genalloc_len(struct pair, &v);
	for (i = 0; i < n; i++)
		if (*q[i].key == '@' && !strncasecmp(q[i].value, "error:", 6))
			nobody_else(x, q[i].key + 1, q + i);
	for (i = 0; i < n; i++)
		row(x, q + i);
}
