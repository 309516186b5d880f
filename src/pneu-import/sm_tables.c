#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>
#include <skalibs/stralloc.h>

#include "pneu-import/map.h"

int
sm_rows(struct sm *x, const struct sm_map *map, genalloc *v)
{
	const char *path = source_path(x->src, map->file);
	stralloc sa = STRALLOC_ZERO;
	struct lines t;
	struct line l;

	if (source_read(&sa, path) <= 0) {
		plan_tell(x->plan, &map->at, 0, str_cat("there is no ",
		    path));
		return 0;
	}
	lines_open(&t, sa.s, sa.len);
	while (lines_next(&t, &l, 0)) {
		size_t n = strcspn(l.s, " \t");
		struct pair p = { str_keepb(l.s, n), str_trim(l.s + n,
		    strlen(l.s + n)), { path, l.number, l.s }, 0 };

		if (!genalloc_append(struct pair, v, &p))
			str_nomem();
	}
	return 1;
}

/* "mailer:host": those that speak SMTP. */
const char *
sm_route(const char *s)
{
	static const char *const smtp[] = { "smtp:", "esmtp:", "smtp8:",
	    "dsmtp:", "relay:", 0 };
	const char *const *m, *host;

	for (m = smtp; *m && strncasecmp(s, *m, strlen(*m)); m++)
		;
	host = *m ? s + strlen(*m) : s;
	if (!*m && strchr(s, ':') && *s != '[')
		return 0;
	return str_cat("smtp:", host);
}

/* "error:5.1.2:550 text", "error:nohost text" as "error:5.1.2 text". */
static const char *
refusal(const char *s)
{
	static const struct { const char *word, *code; } words[] = {
		{ "nouser", "5.1.1" }, { "nohost", "5.1.2" },
		{ "tempfail", "4.3.0" }, { "unavailable", "5.3.0" },
		{ "usage", "5.5.4" }, { "protocol", "5.5.1" },
		{ "config", "5.3.5" },
	};
	const char *code = "5.3.0", *text = strchr(s, ' ');
	size_t i, n = strcspn(s, ": ");

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i].word) == n &&
		    !strncasecmp(words[i].word, s, n))
			code = words[i].code;
	if (n && (*s == '4' || *s == '5') && s[1] == '.')
		code = str_keepb(s, n);
	text = text ? str_trim(text, strlen(text)) : "refused";
	return str_cat(*code == '4' ? "retry:" : "error:", code, " ", text);
}

/* Mail for a domain that goes to local users, or to one. */
static void
to_local(struct sm *x, const char *key, const char *user,
    const struct origin *at)
{
	if (*key == '.' && !*user) {
		str_addword(&x->local, str_lower(key), at);
		return;
	}
	if (!*user) {
		str_addword(&x->local, str_lower(key), at);
		return;
	}
	if (!sm_has(&x->local, key))
		str_addword(&x->valias, str_lower(key), at);
	plan_row(x->plan, PLAN_VIRTUAL, str_cat("@", key), user, at, 0);
}

static void
mailertable(struct sm *x, const struct pair *q)
{
	const char *key = strcmp(q->key, ".") ? q->key : "*";
	const char *to = 0, *why = "pneu has no such mailer";

	if (sm_has(&x->local, key)) {
		plan_tell(x->plan, &q->at, 0,
		    "the domain is local, which is asked first: never used");
		return;
	}
	if (!strncasecmp(q->value, "local:", 6) && *key != '*') {
		to_local(x, key, q->value + 6, &q->at);
		return;
	}
	if (!strncasecmp(q->value, "error:", 6))
		to = refusal(q->value + 6);
	else
		to = sm_route(q->value);
	if (to && strchr(to, '%')) {
		to = 0;
		why = "pneu's routes do not put parts of the domain into the "
		    "next hop";
	}
	if (to && !str_starts(to, "error:") && !str_starts(to, "retry:") &&
	    to[5] && !plan_isnexthop(to + 5)) {
		to = 0;
		why = "pneu takes one next hop, not a list";
	}
	if (!to) {
		plan_lost(x->plan, &q->at, 0, str_cat(why,
		    "; its mail waits"));
		to = str_cat("retry:4.3.5 not imported: ", q->value);
	}
	plan_row(x->plan, PLAN_ROUTES, key, to, &q->at, 0);
}

/* domaintable: old names of domains. */
static void
domaintable(struct sm *x, const struct pair *q)
{
	plan_row(x->plan, PLAN_CANONICAL, str_cat("@", q->key),
	    str_cat("@", q->value), &q->at, 0);
}

/* genericstable: where senders are masqueraded, too, what it says must be
 * done first. */
static void
generics(struct sm *x, const struct pair *q)
{
	plan_row(x->plan, x->masq.value ? PLAN_SENDER_CANONICAL :
	    PLAN_GENERIC, q->key, strchr(q->value, '@') ? q->value :
	    str_cat(q->value, "@", x->masq.value ? x->masq.value : x->host),
	    &q->at, 0);
}

static void
each(struct sm *x, const char *name,
    void (*take)(struct sm *, const struct pair *))
{
	const struct sm_map *map = sm_findmap(x, name);
	genalloc v = GENALLOC_ZERO;
	size_t i;

	if (!map || !sm_rows(x, map, &v))
		return;
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		take(x, genalloc_s(struct pair, &v) + i);
}

/* SMART_HOST, MAIL_HUB, LUSER_RELAY. */
static void
relays(struct sm *x)
{
	const struct word *w = genalloc_s(struct word, &x->local);
	size_t i, n = genalloc_len(struct word, &x->local);
	const char *to;

	if (x->smart.value) {
		to = sm_route(x->smart.value);
		if (to)
			plan_set(x->plan, "relayhost", to + 5, &x->smart.at);
		else
			plan_lost(x->plan, &x->smart.at, 0,
			    "pneu has no such mailer");
	}
	if (x->hub.value) {
		if (!(to = sm_route(x->hub.value))) {
			plan_lost(x->plan, &x->hub.at, 0,
			    "pneu has no such mailer");
			return;
		}
		for (i = 0; i < n; i++) {
			plan_row(x->plan, PLAN_ROUTES, w[i].s, to,
			    &x->hub.at, 0);
			str_addword(&x->relay, w[i].s, &w[i].at);
		}
		genalloc_setlen(struct word, &x->local, 0);
	}
	if (x->luser.value && !strncasecmp(x->luser.value, "local:", 6))
		for (i = 0; i < n; i++)
			plan_row(x->plan, PLAN_ALIASES, str_cat("@", w[i].s),
			    x->luser.value + 6, &x->luser.at, 0);
	else if (x->luser.value && strncasecmp(x->luser.value, "error:", 6))
		plan_lost(x->plan, &x->luser.at, 0, "pneu refuses mail for "
		    "unknown users");
}

void
sm_tables(struct sm *x)
{
	const struct sm_map *m = genalloc_s(struct sm_map, &x->maps);
	static const char *const known[] = { "mailertable", "virtuser",
	    "generics", "access", "domaintable", 0 };
	const char *const *k;
	size_t i;

	each(x, "mailertable", mailertable);
	if (sm_findmap(x, "virtuser"))
		sm_virtuser(x, sm_findmap(x, "virtuser"));
	each(x, "domaintable", domaintable);
	each(x, "generics", generics);
	relays(x);
	for (i = 0; i < genalloc_len(struct sm_map, &x->maps); i++) {
		for (k = known; *k && strcmp(*k, m[i].name); k++)
			;
		if (!*k)
			plan_lost(x->plan, &m[i].at, 0,
			    "a table that pneu has no use for");
	}
}
