#include "pneu-import/postfix.h"

#include <string.h>
#include <skalibs/stralloc.h>

#include "pneu-import/map.h"

/* What a pair of a map becomes. */
typedef void take_pair(struct postfix *x, const struct pair *q);

/* All pairs of the maps that a parameter names. */
static void
each(struct postfix *x, const char *name, int aliases, genalloc *v)
{
	struct param *p = maincf_param(&x->m, name);
	struct origin at = maincf_origin(&x->m, name);
	genalloc maps = GENALLOC_ZERO;
	const struct word *w;
	size_t i;

	str_words(&maps, maincf_value(&x->m, name), &at);
	w = genalloc_s(struct word, &maps);
	for (i = 0; i < genalloc_len(struct word, &maps); i++) {
		if (!map_is(w[i].s))
			plan_lost(x->m.plan, &at, w[i].s, "not a table");
		else if (aliases)
			map_read_aliases(v, w[i].s, &at, x->m.src, x->m.plan);
		else
			map_read(v, w[i].s, &at, x->m.src, x->m.plan);
	}
	if (p)
		p->done = 1;
}

static void
rows(struct postfix *x, const char *name, take_pair *take)
{
	genalloc v = GENALLOC_ZERO;
	size_t i;

	if (!maincf_param(&x->m, name))
		return;
	each(x, name, 0, &v);
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		take(x, genalloc_s(struct pair, &v) + i);
}

static void
any_key(struct postfix *x, const struct pair *q)
{
	plan_lost(x->m.plan, &q->at, 0,
	    "of any address: pneu's tables have rows for addresses and "
	    "domains");
}

/* "example.org anything": not a row, but a domain. What such a key with an
 * address behind it is can not be told from "john.doe jd@example.org": it is
 * taken for both, as Postfix does. */
static int
isdomain(struct postfix *x, const struct pair *q)
{
	return !strchr(q->key, '@') && !strchr(q->value, '@') &&
	    str_findword(&x->alias, q->key) != 0;
}

static void
take_virtual(struct postfix *x, const struct pair *q)
{
	if (!*q->key)
		any_key(x, q);
	else if (!isdomain(x, q))
		plan_row(x->m.plan, PLAN_VIRTUAL, q->key, q->value, &q->at,
		    q->same);
}

static void
take_mailbox(struct postfix *x, const struct pair *q)
{
	const char *at = strrchr(q->key, '@');
	size_t n = strlen(q->value);

	if (!at) {
		if (!str_findword(&x->mailbox, q->key))
			plan_lost(x->m.plan, &q->at, str_cat(q->key, " ",
			    q->value), "neither an address nor @domain");
		return;
	}
	if (str_findword(&x->relay, at + 1)) {
		plan_row(x->m.plan, PLAN_RECIPIENTS, q->key, "", &q->at, 0);
		return;
	}
	if (n && q->value[n - 1] != '/')
		plan_lost(x->m.plan, &q->at, str_cat(q->key, " ", q->value),
		    "an mbox with Postfix, a Maildir with pneu: convert it, "
		    "and its readers' settings");
	plan_row(x->m.plan, PLAN_MAILBOXES, q->key, q->value, &q->at,
	    q->same);
}

static void
take_recipient(struct postfix *x, const struct pair *q)
{
	if (*q->key)
		plan_row(x->m.plan, PLAN_RECIPIENTS, q->key, "", &q->at,
		    q->same && !*q->value);
}

#define TAKE(name, table) \
static void \
name(struct postfix *x, const struct pair *q) \
{ \
	if (*q->key) \
		plan_row(x->m.plan, table, q->key, q->value, &q->at, q->same); \
	else \
		any_key(x, q); \
}
TAKE(take_canonical, PLAN_CANONICAL)
TAKE(take_sender_canonical, PLAN_SENDER_CANONICAL)
TAKE(take_recipient_canonical, PLAN_RECIPIENT_CANONICAL)
TAKE(take_generic, PLAN_GENERIC)
TAKE(take_tls, PLAN_TLS)

/* A password: no line that has one is ever told. */
static void
take_login(struct postfix *x, const struct pair *q)
{
	struct origin at = q->at;
	/* ports are numbers with us */
	const char *key = strchr(q->key, '@') ? q->key :
	    postfix_nexthop(q->key);

	at.text = 0;
	if (strcmp(maincf_value(&x->m, "smtp_sasl_auth_enable"), "yes"))
		plan_tell(x->m.plan, &at, *q->key ? q->key : "static:",
		    "not used there (smtp_sasl_auth_enable), so not here");
	else if (*q->key)
		plan_row(x->m.plan, PLAN_LOGINS, key ? key : q->key,
		    q->value, &at, 1);
	else
		plan_lost(x->m.plan, &at, "static:", "of any host: pneu logs "
		    "in at hosts by name (etc/sasl_passwd)");
}

static void
bcc(struct postfix *x, const char *which, const struct pair *q)
{
	const char *key = q->key;

	if (!*key) {
		any_key(x, q);
		return;
	}
	if (!strchr(key, '@'))
		key = str_cat(key, "@", maincf_value(&x->m, "myorigin"));
	plan_row(x->m.plan, PLAN_BCC, which, str_cat(key, " ", q->value),
	    &q->at, 0);
}

static void
take_sender_bcc(struct postfix *x, const struct pair *q)
{
	bcc(x, "sender", q);
}

static void
take_recipient_bcc(struct postfix *x, const struct pair *q)
{
	bcc(x, "recipient", q);
}

static void
always_bcc(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "always_bcc");
	const char *v = maincf_value(&x->m, "always_bcc");

	if (!p)
		return;
	p->done = 1;
	if (*v)
		plan_row(x->m.plan, PLAN_BCC, "always", v, &p->at, 0);
}

/* luser_relay: who gets mail for unknown users; $user and $local are the
 * name that was asked for. */
static void
unknown_users(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "luser_relay");
	const struct word *w = genalloc_s(struct word, &x->local);
	const char *s = p ? p->value : "", *to = "";
	size_t i;

	if (!p)
		return;
	p->done = 1;
	while (*s)
		if (str_starts(s, "$user") || str_starts(s, "$local")) {
			to = str_cat(to, "*");
			s += s[1] == 'u' ? 5 : 6;
		} else
			to = str_cat(to, str_keepb(s++, 1));
	if (strchr(to, '$')) {
		plan_lost(x->m.plan, &p->at, 0,
		    "pneu has $user and $local (as *) of these only");
		return;
	}
	for (i = 0; *to && i < genalloc_len(struct word, &x->local); i++)
		plan_row(x->m.plan, PLAN_ALIASES, str_cat("@", w[i].s), to,
		    &p->at, 0);
}

/* alias_maps is what is looked up in; alias_database what newaliases makes,
 * all of which newaliases makes with us. */
static void
aliases(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "alias_database");
	struct origin at = maincf_origin(&x->m, "alias_maps");
	const char *maps = maincf_value(&x->m, "alias_maps"), *file;
	genalloc v = GENALLOC_ZERO, w = GENALLOC_ZERO;
	stralloc sa = STRALLOC_ZERO;
	const struct pair *q;
	size_t i, n;
	int referred = 0;

	if (p)
		p->done = 1;
	str_words(&w, maps, &at);
	n = genalloc_len(struct word, &w);
	file = n ? strchr(genalloc_s(struct word, &w)[0].s, ':') : 0;
	if (file && source_isaliases(x->m.src, file + 1))
		referred = 1;
	if (!maincf_param(&x->m, "alias_maps") &&
	    !source_read(&sa, source_path(x->m.src, "/etc/aliases")))
		n = 0;
	if (n > (size_t)referred)
		each(x, "alias_maps", 1, &v);
	else if ((p = maincf_param(&x->m, "alias_maps")))
		p->done = 1;
	q = genalloc_s(struct pair, &v);
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		if (!referred || strcmp(q[i].at.file, "/etc/aliases"))
			plan_row(x->m.plan, PLAN_ALIASES, q[i].key,
			    q[i].value, &q[i].at, q[i].same);
	unknown_users(x);
	plan_setaliases(x->m.plan, referred, &at);
}

void
postfix_tables(struct postfix *x)
{
	static const struct { const char *name; take_pair *take; } t[] = {
		{ "virtual_alias_maps", take_virtual },
		{ "virtual_maps", take_virtual },
		{ "virtual_mailbox_maps", take_mailbox },
		{ "relay_recipient_maps", take_recipient },
		{ "canonical_maps", take_canonical },
		{ "sender_canonical_maps", take_sender_canonical },
		{ "recipient_canonical_maps", take_recipient_canonical },
		{ "smtp_generic_maps", take_generic },
		{ "smtp_tls_policy_maps", take_tls },
		{ "smtp_sasl_password_maps", take_login },
		{ "sender_bcc_maps", take_sender_bcc },
		{ "recipient_bcc_maps", take_recipient_bcc },
	};
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		rows(x, t[i].name, t[i].take);
	always_bcc(x);
	aliases(x);
}
