#include "pneu-import/qmail.h"

#include <string.h>

/* "domain:prefix": box@domain is prefix-box here. A prefix "alias-x" is the
 * alias user's x: we have his files as aliases x-box. */
static void
virtual(struct qmail *q, const struct word *w)
{
	const char *colon = strchr(w->s, ':'), *key, *prefix, *at;

	if (!colon) {
		plan_lost(q->plan, &w->at, 0, "not a line domain:prefix");
		return;
	}
	key = str_lower(str_keepb(w->s, (size_t)(colon - w->s)));
	prefix = colon + 1;
	if (str_starts(prefix, "alias-"))
		prefix += 6;
	if (!*key) {
		plan_lost(q->plan, &w->at, 0, "of all domains that are in no "
		    "other list: pneu's tables have rows for domains by name");
		return;
	}
	if (!*prefix) {
		plan_tell(q->plan, &w->at, 0, "not virtual: goes where "
		    "routes send it");
		return;
	}
	at = strrchr(key, '@');
	if (str_findword(&q->local, at ? at + 1 : key)) {
		plan_tell(q->plan, &w->at, 0, "the domain is in locals, which "
		    "qmail asks first: never used");
		return;
	}
	if (at) {
		plan_row(q->plan, PLAN_VIRTUAL, key, str_cat(prefix, "-",
		    str_keepb(key, (size_t)(at - key)), "@", q->me), &w->at,
		    0);
		return;
	}
	if (!str_findword(&q->virtual, key))
		str_addword(&q->virtual, key, &w->at);
	plan_row(q->plan, PLAN_VIRTUAL, str_cat("@", key), str_cat(prefix,
	    "-*@", q->me), &w->at, 0);
}

/* What is in a list that is asked before. */
static void
without(genalloc *v, const genalloc *before)
{
	struct word *w = genalloc_s(struct word, v);
	size_t i, k = 0, n = genalloc_len(struct word, v);

	for (i = 0; i < n; i++)
		if (!str_findword(before, w[i].s))
			w[k++] = w[i];
	genalloc_setlen(struct word, v, k);
}

static void
set(struct qmail *q, const char *name, const genalloc *v,
    const struct origin *at)
{
	struct origin here = *at;

	if (genalloc_len(struct word, v)) {
		here.file = genalloc_s(struct word, v)[0].at.file;
		here.line = 0;
		here.text = 0;
	}
	plan_set(q->plan, name, str_joinwords(v), &here);
}

void
qmail_domains(struct qmail *q)
{
	struct origin at = { "qmail's default", 0, 0 };
	genalloc v = GENALLOC_ZERO;
	size_t i;

	if (!qmail_lines(q, "locals", &q->local))
		str_addword(&q->local, q->me, &at);
	set(q, "mydestination", &q->local, &at);
	qmail_lines(q, "virtualdomains", &v);
	for (i = 0; i < genalloc_len(struct word, &v); i++)
		virtual(q, genalloc_s(struct word, &v) + i);
	without(&q->virtual, &q->local);
	if (genalloc_len(struct word, &q->virtual))
		set(q, "virtual_alias_domains", &q->virtual, &at);
	if (!qmail_lines(q, "rcpthosts", &q->relay)) {
		at.file = source_path(q->src, "control/rcpthosts");
		plan_lost(q->plan, &at, "rcpthosts", "there is none: qmail "
		    "takes mail from everybody for everybody, pneu does not");
		return;
	}
	qmail_lines(q, "morercpthosts", &q->relay);
	without(&q->relay, &q->local);
	without(&q->relay, &q->virtual);
	if (genalloc_len(struct word, &q->relay))
		set(q, "relay_domains", &q->relay, &at);
}
