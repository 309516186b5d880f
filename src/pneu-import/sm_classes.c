#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>

/* MASQUERADE_AS: senders at our own domains, and at those of class M, are
 * at that one; users of class E stay, and so do domains of class N. */
static void
masquerade(struct sm *x, const struct word *w)
{
	const struct word *e = genalloc_s(struct word, &x->exposed);
	size_t i, n = genalloc_len(struct word, &x->exposed);

	if (!strcasecmp(w->s, x->masq.value) || sm_has(&x->unmasqued, w->s))
		return;
	for (i = 0; i < n; i++)
		plan_row(x->plan, PLAN_SENDER_CANONICAL, str_cat(e[i].s, "@",
		    w->s), str_cat(e[i].s, "@", w->s), &e[i].at, 0);
	plan_row(x->plan, PLAN_SENDER_CANONICAL, str_cat("@", w->s),
	    str_cat("@", x->masq.value), &x->masq.at, 0);
}

static void
entire(struct sm *x, const struct word *w)
{
	if (sm_feature(x, "masquerade_entire_domain"))
		plan_row(x->plan, PLAN_SENDER_CANONICAL, str_cat("@.", w->s),
		    str_cat("@", x->masq.value), &x->masq.at, 0);
}

void
sm_masquerade(struct sm *x)
{
	size_t i;

	if (!x->masq.value)
		return;
	if (!sm_feature(x, "masquerade_envelope"))
		plan_tell(x->plan, &x->masq.at, 0, "pneu rewrites the "
		    "envelope's sender, too (as masquerade_envelope)");
	for (i = 0; i < genalloc_len(struct word, &x->masqued); i++) {
		const struct word *w = genalloc_s(struct word, &x->masqued);

		masquerade(x, w + i);
		entire(x, w + i);
	}
	if (sm_feature(x, "limited_masquerade"))
		return;
	for (i = 0; i < genalloc_len(struct word, &x->local); i++)
		masquerade(x, genalloc_s(struct word, &x->local) + i);
}

static void
set(struct sm *x, const char *name, const genalloc *v, const char *value)
{
	struct origin at = { "Sendmail's class w", 0, 0 };

	if (genalloc_len(struct word, v)) {
		at = genalloc_s(struct word, v)[0].at;
		if (genalloc_len(struct word, v) > 1) {
			at.line = 0;
			at.text = 0;
		}
	}
	plan_set(x->plan, name, value, &at);
}

void
sm_domains(struct sm *x)
{
	const struct word *w;
	genalloc out = GENALLOC_ZERO, none = GENALLOC_ZERO;
	size_t i;

	if (sm_feature(x, "nullclient")) {
		set(x, "mydestination", &none, "");
		return;
	}
	set(x, "mydestination", &x->local, str_joinwords(&x->local));
	if (genalloc_len(struct word, &x->valias))
		set(x, "virtual_alias_domains", &x->valias,
		    str_joinwords(&x->valias));
	w = genalloc_s(struct word, &x->relay);
	for (i = 0; i < genalloc_len(struct word, &x->relay); i++) {
		if (!sm_has(&x->local, w[i].s) && !sm_has(&x->valias, w[i].s))
			str_addword(&out, w[i].s, &w[i].at);
		/* Sendmail relays for those below, too */
		if (!sm_feature(x, "relay_hosts_only") && *w[i].s != '.')
			str_addword(&out, str_cat(".", w[i].s), &w[i].at);
	}
	if (genalloc_len(struct word, &out))
		set(x, "relay_domains", &out, str_joinwords(&out));
}
