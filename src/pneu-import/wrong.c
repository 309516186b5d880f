#include "pneu-import/plan.h"

#include <string.h>
#include <strings.h>

#include "alias/target.h"
#include "logins/logins.h"
#include "mail/address.h"
#include "smtp/nexthop.h"
#include "tlspolicy/tlspolicy.h"

int
plan_isnexthop(const char *s)
{
	struct nexthop h;

	return nexthop_scan(&h, s, strlen(s)) > 0;
}

static const char *
wrong_route(const char *k, const char *v)
{
	if (strchr(k, '@'))
		return "routes are by domain, not by address";
	if (strcmp(k, "*") && !address_isdomain(k + (*k == '.'),
	    strlen(k) - (*k == '.')))
		return "a route is for a domain, .domain or *";
	if (!*v || !strcmp(v, ":") || !strncasecmp(v, "error:", 6) ||
	    !strncasecmp(v, "retry:", 6))
		return 0;
	if (!strncasecmp(v, "smtp:", 5) || !strncasecmp(v, "relay:", 6)) {
		v = strchr(v, ':') + 1;
		if (!*v)
			return 0;
	}
	return plan_isnexthop(v) ? 0 :
	    "a next hop is host, [host] or [address], with :port or not, or "
	    "lmtp:unix:/path or lmtp:inet:host";
}

static const char *
wrong_login(const char *k, const char *v)
{
	const char *s = str_cat(k, " ", v);
	struct logins_words w;
	size_t at;

	return logins_words(&w, s, strlen(s), &at);
}

static const char *
wrong_address(const char *k)
{
	struct address a;

	if (*k == '@')
		return address_isdomain(k + 1, strlen(k + 1)) ? 0 :
		    "not a domain after the @";
	if (address_scan(&a, k, strlen(k)) < 0 || !a.at || a.at >= a.len)
		return "neither an address nor @domain";
	return 0;
}

static const char *
wrong_mailbox(const char *k, const char *v)
{
	size_t n;

	if (wrong_address(k))
		return wrong_address(k);
	while (*v == '/')
		v++;
	if (!*v)
		return "no path of a mailbox";
	for (; *v; v += n + (v[n] == '/')) {
		n = strcspn(v, "/");
		if (n == 2 && !memcmp(v, "..", 2))
			return "the path of a mailbox may not hold ..";
	}
	return 0;
}

/* Targets as in aliases(5). */
static const char *
wrong_targets(const char *v)
{
	struct target_walk w = TARGET_WALK(v, strlen(v), TARGET_DOMAIN);
	struct target t;
	const char *why = 0;
	int r, n = 0;

	while ((r = target_next(&w, &t)) > 0)
		n++;
	if (r < 0) {
		if (!w.error)
			str_nomem();
		why = str_keep(w.error);
	}
	target_walk_free(&w);
	return why ? why : n ? 0 : "no target";
}

/* user@domain, user, @domain, @.domain: tables that rewrite. */
static const char *
wrong_rewrite(const char *k, const char *v)
{
	struct address a;

	if (*k == '@') {
		k += k[1] == '.' ? 2 : 1;
		if (!address_isdomain(k, strlen(k)))
			return "not a domain after the @";
	} else if (address_scan(&a, k, strlen(k)) < 0 || !a.len)
		return "not a key: user@domain, user or @domain";
	return *v ? 0 : "no target";
}

/* One address, with a domain or without. */
static const char *
wrong_one(const char *v)
{
	struct address a;

	return address_scan(&a, v, strlen(v)) < 0 || !a.len ?
	    "not one address" : 0;
}

/* canonical and its kin: one address, or @domain. */
static const char *
wrong_map(const char *k, const char *v)
{
	const char *why = wrong_rewrite(k, v);

	if (why)
		return why;
	if (*v == '@')
		return address_isdomain(v + 1, strlen(v + 1)) ? 0 :
		    "not a domain after the @";
	return wrong_one(v);
}

/* "always ADDRESS", "sender KEY ADDRESS": the key of the row is the word. */
static const char *
wrong_bcc(const char *k, const char *v)
{
	const char *to = strrchr(v, ' '), *why;

	if (strcmp(k, "always") && !to)
		return "no target";
	if (!strcmp(k, "always"))
		return wrong_one(v);
	why = wrong_rewrite(str_keepb(v, (size_t)(to - v)), to + 1);
	return why ? why : wrong_one(to + 1);
}

/* A destination, and what TLS it is asked for. */
static const char *
wrong_tls(const char *k, const char *v)
{
	struct tlspolicy p;
	const char *why;
	size_t at;

	if (!tlspolicy_iskey(k, strlen(k)))
		return "not a destination";
	return tlspolicy_scan(&p, v, strlen(v), &why, &at) < 0 ? why : 0;
}

const char *
plan_wrong(enum plan_table t, const char *k, const char *v)
{
	const char *why;

	switch (t) {
	case PLAN_ROUTES: return wrong_route(k, v);
	case PLAN_MAILBOXES: return wrong_mailbox(k, v);
	case PLAN_RECIPIENTS: return wrong_address(k);
	case PLAN_ALIASES:
	case PLAN_VIRTUAL:
		why = wrong_rewrite(k, v);
		return why ? why : wrong_targets(v);
	case PLAN_BCC: return wrong_bcc(k, v);
	case PLAN_TLS: return wrong_tls(k, v);
	case PLAN_LOGINS: return wrong_login(k, v);
	default: return wrong_map(k, v);
	}
}
