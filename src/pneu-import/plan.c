#include "pneu-import/plan.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <skalibs/stralloc.h>

#include "conf/net.h"
#include "conf/value.h"
#include "mail/address.h"

#define PLAN_MIN_UID 1000	/* the default of min_uid */

const char *const plan_tables[PLAN_TABLES] = {
	"routes", "virtual_mailboxes", "relay_recipients", "aliases",
	"virtual", "canonical", "sender_canonical", "recipient_canonical",
	"generic", "bcc", "tls_policy", "sasl_passwd"
};

/* A file that is read for two settings is told of once. */
static int
istold(const struct plan *p, const struct plan_note *x)
{
	const struct plan_note *q = genalloc_s(struct plan_note, &p->notes);
	size_t i, n = genalloc_len(struct plan_note, &p->notes);

	for (i = 0; i < n; i++)
		if (q[i].at.line == x->at.line && !strcmp(q[i].why, x->why) &&
		    !strcmp(q[i].at.file, x->at.file) &&
		    !strcmp(q[i].what ? q[i].what : "",
		    x->what ? x->what : ""))
			return 1;
	return 0;
}

static void
note(struct plan *p, enum plan_kind kind, const struct origin *at,
    const char *what, const char *why)
{
	struct plan_note x = { kind, *at, what, why };

	if (!x.what)
		x.what = at->text;
	if (istold(p, &x))
		return;
	if (!genalloc_append(struct plan_note, &p->notes, &x))
		str_nomem();
	p->lost += kind == PLAN_LOST;
}

void
plan_lost(struct plan *p, const struct origin *at, const char *what,
    const char *why)
{
	note(p, PLAN_LOST, at, what, why);
}

void
plan_tell(struct plan *p, const struct origin *at, const char *what,
    const char *why)
{
	note(p, PLAN_TOLD, at, what, why);
}

int
plan_has(const char *name)
{
	return conf_find(name, strlen(name)) >= 0;
}

static int
isitem(const char *unit, const char *s)
{
	struct address a;
	struct net x;
	int r = net_scan(&x, s, strlen(s));

	if (!strcmp(unit, "domains") && *s == '.')
		s++;
	if (!strcmp(unit, "domain") || !strcmp(unit, "domains"))
		return address_isdomain(s, strlen(s));
	if (!strcmp(unit, "name"))
		return address_isdomain(s, strlen(s));
	if (!strcmp(unit, "address"))
		return address_scan(&a, s, strlen(s)) >= 0 && a.at;
	if (!strcmp(unit, "nexthop") || !strcmp(unit, "nexthops"))
		return plan_isnexthop(s);
	if (!strcmp(unit, "networks"))
		return r > 0;
	if (!strcmp(unit, "addresses"))
		return r > 0 && x.bits == (x.is6 ? 128 : 32);
	return 1;
}

/* The value with what its items may not be left out, and told. */
static const char *
items(struct plan *p, const struct conf_setting *c, const char *value,
    const struct origin *at)
{
	genalloc all = GENALLOC_ZERO, good = GENALLOC_ZERO;
	const struct word *w;
	size_t i;

	str_words(&all, value, at);
	w = genalloc_s(struct word, &all);
	for (i = 0; i < genalloc_len(struct word, &all); i++)
		if (str_starts(w[i].s, "$myhostname") ||
		    isitem(c->unit, w[i].s)) {
			if (!str_findword(&good, w[i].s))
				str_addword(&good, w[i].s, at);
		} else
			plan_lost(p, at, str_cat(c->name, ": ", w[i].s),
			    str_cat("not one of ", c->unit));
	return str_joinwords(&good);
}

/* A number out of our range becomes the nearest within. */
static const char *
nearest(struct plan *p, const struct conf_setting *c, const char *value,
    const struct origin *at)
{
	stralloc sa = STRALLOC_ZERO;
	const char *digits = value + strspn(value, "0123456789");
	size_t big = (size_t)(digits - value);
	uint64_t u = c->max;

	if (c->type != CONF_NUMBER && c->type != CONF_TIME &&
	    c->type != CONF_SIZE)
		return 0;
	/* what is too small for min is a short number */
	if (big < 9 && c->min && strtoul(value, 0, 10) < c->min)
		u = c->min;
	if (!conf_write(c->type, u, &sa) || !stralloc_0(&sa))
		str_nomem();
	plan_lost(p, at, 0, str_cat("pneu's ", c->name,
	    u == c->min ? " is at least " : " is at most ", sa.s,
	    ", and now that"));
	return sa.s;
}

/* The value in a form that pneu-conf takes, or 0: then it is told. */
static const char *
valid(struct plan *p, const char *name, const char *value,
    const struct origin *at)
{
	int k = conf_find(name, strlen(name));
	const struct conf_setting *c;
	stralloc sa = STRALLOC_ZERO;
	uint64_t u;
	size_t bad;

	if (k < 0) {
		plan_lost(p, at, 0, str_cat("pneu has no setting ", name));
		return 0;
	}
	c = conf_settings + k;
	if (c->type != CONF_TEXT && strchr(value, '$') &&
	    conf_expand(&sa, value, strlen(value), "h", &bad) < 0) {
		plan_lost(p, at, 0, "has a $, which pneu's has not");
		return 0;
	}
	sa.len = 0;
	if (c->type == CONF_LIST)
		value = items(p, c, value, at);
	if (conf_value((enum conf_key)k, value, strlen(value), &u, &sa,
	    &bad) < 0) {
		if (errno == ENOMEM)
			str_nomem();
		if (errno == ERANGE && (value = nearest(p, c, value, at)))
			return value;
	} else if (c->type != CONF_STRING || !*value || *value == '$' ||
	    isitem(c->unit, value))
		return value;
	sa.len = 0;
	if (!conf_expected((enum conf_key)k, &sa) || !stralloc_0(&sa))
		str_nomem();
	plan_lost(p, at, 0, str_cat("pneu's ", name, " is ", sa.s));
	return 0;
}

const struct plan_setting *
plan_find(const struct plan *p, const char *name)
{
	const struct plan_setting *x = genalloc_s(struct plan_setting,
	    &p->settings);
	size_t i, n = genalloc_len(struct plan_setting, &p->settings);

	for (i = 0; i < n; i++)
		if (!strcmp(x[i].name, name))
			return x + i;
	return 0;
}

int
plan_set(struct plan *p, const char *name, const char *value,
    const struct origin *at)
{
	struct plan_setting x = { name, valid(p, name, value, at), *at };
	struct plan_setting *old = (struct plan_setting *)plan_find(p, name);

	if (!x.value)
		return 0;
	if (old)
		*old = x;
	else if (!genalloc_append(struct plan_setting, &p->settings, &x))
		str_nomem();
	return 1;
}

int
plan_setuser(struct plan *p, const char *name, const char *user,
    const struct origin *at)
{
	struct passwd *pw = getpwnam(user);

	if (pw && pw->pw_uid >= PLAN_MIN_UID)
		return plan_set(p, name, user, at);
	plan_lost(p, at, at->text ? 0 : user, str_cat(user, pw ?
	    " is below min_uid" : " is no user here", ": commands and files "
	    "of aliases run as nobody"));
	return 0;
}

void
plan_row(struct plan *p, enum plan_table t, const char *key,
    const char *value, const struct origin *at, int same)
{
	struct plan_row x = { t, str_lower(key), value, *at, same,
	    genalloc_len(struct plan_row, &p->rows) };
	const char *why = plan_wrong(t, x.key, value);

	if (why)
		plan_lost(p, at, t == PLAN_LOGINS ? key : at->text ? 0 :
		    str_cat(key, " ", value), why);
	else if (!genalloc_append(struct plan_row, &p->rows, &x))
		str_nomem();
}

void
plan_addbind(struct plan *p, const char *address, const struct origin *at)
{
	static const char name[] = "smtp_bind_address";
	static const unsigned char any[16];
	const struct plan_setting *x = plan_find(p, name);
	genalloc w = GENALLOC_ZERO, new = GENALLOC_ZERO;
	struct net net, old;
	size_t i;

	if (!*address || (net_scan(&net, address, strlen(address)) > 0 &&
	    !memcmp(net.ip, any, sizeof any)))
		return;
	if (net_scan(&net, address, strlen(address)) < 0)
		net.is6 = -1;		/* plan_set will tell */
	str_words(&w, x ? x->value : "", at);
	for (i = 0; i < genalloc_len(struct word, &w); i++) {
		const char *s = genalloc_s(struct word, &w)[i].s;

		if (net_scan(&old, s, strlen(s)) > 0 && old.is6 != net.is6)
			str_addword(&new, s, at);
	}
	str_addword(&new, address, at);
	plan_set(p, name, str_joinwords(&new), at);
}

size_t
plan_rows(const struct plan *p, enum plan_table t)
{
	const struct plan_row *x = genalloc_s(struct plan_row, &p->rows);
	size_t i, k = 0, n = genalloc_len(struct plan_row, &p->rows);

	for (i = 0; i < n; i++)
		k += x[i].table == t;
	return k;
}

const struct plan_row *
plan_findrow(const struct plan *p, enum plan_table t, const char *key)
{
	const struct plan_row *x = genalloc_s(struct plan_row, &p->rows);
	size_t i, n = genalloc_len(struct plan_row, &p->rows);

	for (i = 0; i < n; i++)
		if (x[i].table == t && !strcmp(x[i].key, key))
			return x + i;
	return 0;
}

void
plan_setaliases(struct plan *p, int referred, const struct origin *at)
{
	size_t n = plan_rows(p, PLAN_ALIASES);

	plan_set(p, "alias_maps", referred ? n ? "/etc/aliases etc/aliases" :
	    "/etc/aliases" : n ? "etc/aliases" : "", at);
}
