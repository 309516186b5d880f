#include "pneu-import/postfix.h"

#include <string.h>
#include <strings.h>

#include "pneu-import/map.h"

/* What a parameter becomes: v is its value, names replaced. */
typedef void take_param(struct postfix *x, struct param *p, const char *v);

static void
take_same(struct postfix *x, struct param *p, const char *v)
{
	plan_set(x->m.plan, p->name, v, &p->at);
}

static void
take_bind(struct postfix *x, struct param *p, const char *v)
{
	plan_addbind(x->m.plan, v, &p->at);
}

/* Times whose unit, if there is none, is not the second. */
static void
take_time(struct postfix *x, struct param *p, const char *v)
{
	const char *unit = strstr(p->name, "lifetime") ? "d" : "h";

	if (*v && !v[strspn(v, "0123456789")] && strcmp(v, "0"))
		v = str_cat(v, unit);
	plan_set(x->m.plan, p->name, v, &p->at);
}

static void
take_banner(struct postfix *x, struct param *p, const char *v)
{
	const char *s = p->value, *name;
	struct param copy = *p;

	/* our name stands before it by itself, and the program is not what
	 * it was */
	if (str_starts(s, "$myhostname"))
		s += strlen("$myhostname");
	else if (str_starts(s, "${myhostname}"))
		s += strlen("${myhostname}");
	if ((name = strstr(s, "$mail_name")))
		s = str_cat(str_keepb(s, (size_t)(name - s)), "pneu",
		    name + strlen("$mail_name"));
	copy.value = s;
	if ((v = maincf_expand(&x->m, &copy)))
		plan_set(x->m.plan, p->name, str_trim(v, strlen(v)), &p->at);
}

/* Debian: the name of a file whose first line it is. */
static void
take_origin(struct postfix *x, struct param *p, const char *v)
{
	stralloc sa = STRALLOC_ZERO;
	struct lines t;
	struct line l;

	if (*v == '/') {
		if (source_read(&sa, source_path(x->m.src, v)) <= 0) {
			plan_lost(x->m.plan, &p->at, 0, "unable to read it");
			return;
		}
		lines_open(&t, sa.s, sa.len);
		v = lines_next(&t, &l, 0) ? str_trim(l.s, strlen(l.s)) : "";
	}
	plan_set(x->m.plan, "myorigin", v, &p->at);
}

static void
take_relayhost(struct postfix *x, struct param *p, const char *v)
{
	const char *hop = postfix_nexthop(v);

	if (!hop)
		plan_lost(x->m.plan, &p->at, 0, "no such port");
	else
		plan_set(x->m.plan, "relayhost", hop, &p->at);
}

static void
take_transport(struct postfix *x, struct param *p, const char *v)
{
	const char *why = "", *to = *v ? postfix_transport(x, v, &why) : v;

	if (!to)
		plan_lost(x->m.plan, &p->at, 0, why);
	else
		plan_set(x->m.plan, p->name, to, &p->at);
}

static void
take_fallback(struct postfix *x, struct param *p, const char *v)
{
	genalloc w = GENALLOC_ZERO;
	struct word *q;
	size_t i;

	str_words(&w, v, &p->at);
	q = genalloc_s(struct word, &w);
	for (i = 0; i < genalloc_len(struct word, &w); i++)
		if (!(q[i].s = postfix_nexthop(q[i].s)))
			q[i].s = "";
	plan_set(x->m.plan, "smtp_fallback_relay", str_joinwords(&w), &p->at);
}

static void
take_protocols(struct postfix *x, struct param *p, const char *v)
{
	int four = strstr(v, "ipv4") != 0, six = strstr(v, "ipv6") != 0;

	plan_set(x->m.plan, p->name, four == six ? "all" : four ? "ipv4" :
	    "ipv6", &p->at);
}

/* virtual_uid_maps = static:5000 is whose all virtual mailboxes are. */
static void
take_owner(struct postfix *x, struct param *p, const char *v)
{
	const char *gid = maincf_value(&x->m, "virtual_gid_maps");
	struct param *g = maincf_param(&x->m, "virtual_gid_maps");

	if (!str_starts(v, "static:") || !str_starts(gid, "static:")) {
		plan_lost(x->m.plan, &p->at, 0,
		    "pneu's virtual mailboxes have one owner");
		return;
	}
	if (g)
		g->done = 1;
	plan_set(x->m.plan, "users", str_cat("pneuv=", v + 7, ":", gid + 7),
	    &p->at);
}

static int
isone(const char *s, const char *const *v)
{
	for (; *v; v++)
		if (!strcmp(*v, s))
			return 1;
	return 0;
}

/* Words that take the next one with them. */
static int
hasargument(const char *s)
{
	return str_starts(s, "check_") || strstr(s, "_rbl_") ||
	    strstr(s, "_dnswl_") || strstr(s, "_rhsbl_") ||
	    strstr(s, "_rhswl_") || !strcmp(s, "sleep");
}

/* Who may send where: the words that say what pneu does by itself. */
static void
take_restrictions(struct postfix *x, struct param *p, const char *v)
{
	static const char *const ours[] = { "permit_mynetworks", "permit",
	    "reject_unauth_destination", "defer_unauth_destination",
	    "permit_auth_destination", "reject_unlisted_recipient",
	    "reject_unauth_pipelining", 0 };
	genalloc w = GENALLOC_ZERO;
	const struct word *q;
	const char *s;
	size_t i, n, lost = 0;

	str_words(&w, v, &p->at);
	q = genalloc_s(struct word, &w);
	n = genalloc_len(struct word, &w);
	for (i = 0; i < n; i++) {
		if (isone(q[i].s, ours))
			continue;
		if (!strcmp(q[i].s, "permit_sasl_authenticated")) {
			plan_tell(x->m.plan, &p->at, str_cat(p->name, ": ",
			    q[i].s), "as pneu does where AUTH is on "
			    "(smtpd_sasl_auth_enable)");
			continue;
		}
		s = q[i].s;
		if (hasargument(s) && i + 1 < n)
			s = str_cat(s, " ", q[++i].s);
		plan_lost(x->m.plan, &p->at, str_cat(p->name, ": ", s),
		    "pneu has no such check");
		lost = 1;
	}
	if (!lost)
		plan_tell(x->m.plan, &p->at, 0, "as pneu does by itself: "
		    "clients of mynetworks may send anywhere, others to our "
		    "domains and relay_domains");
}

/* Who is known here: users and aliases, with pneu always. */
static void
take_local_recipients(struct postfix *x, struct param *p, const char *v)
{
	if (strstr(v, "unix:passwd.byname") && strstr(v,
	    maincf_value(&x->m, "alias_maps")))
		plan_tell(x->m.plan, &p->at, 0, "as pneu does by itself");
	else
		plan_lost(x->m.plan, &p->at, 0, "pneu takes mail for users "
		    "and aliases of this host, and refuses the rest");
}

/* A limit that says that there is none. */
static void
take_limit(struct postfix *x, struct param *p, const char *v)
{
	if (!strcmp(v, "0"))
		plan_tell(x->m.plan, &p->at, 0,
		    "as pneu does by itself: no limit");
	else
		plan_lost(x->m.plan, &p->at, 0, "pneu has no limit of a "
		    "mailbox: the file system's quota is one");
}

static void
take_user(struct postfix *x, struct param *p, const char *v)
{
	plan_setuser(x->m.plan, p->name, v, &p->at);
}

static void
take_none(struct postfix *x, struct param *p, const char *v)
{
	(void)x;
	(void)p;
	(void)v;
}

static const struct { const char *name; take_param *take; } takes[] = {
	{ "mydomain", take_none },
	{ "myorigin", take_origin },
	{ "relayhost", take_relayhost },
	{ "smtp_fallback_relay", take_fallback },
	{ "mailbox_transport", take_transport },
	{ "inet_protocols", take_protocols },
	{ "smtpd_banner", take_banner },
	{ "maximal_queue_lifetime", take_time },
	{ "bounce_queue_lifetime", take_time },
	{ "delay_warning_time", take_time },
	{ "virtual_uid_maps", take_owner },
	{ "smtp_bind_address", take_bind },
	{ "smtp_bind_address6", take_bind },
	{ "local_recipient_maps", take_local_recipients },
	{ "default_privs", take_user },
	{ "mailbox_size_limit", take_limit },
	{ "virtual_mailbox_limit", take_limit },
	{ "smtpd_client_restrictions", take_restrictions },
	{ "smtpd_helo_restrictions", take_restrictions },
	{ "smtpd_sender_restrictions", take_restrictions },
	{ "smtpd_relay_restrictions", take_restrictions },
	{ "smtpd_recipient_restrictions", take_restrictions },
	{ "smtpd_data_restrictions", take_restrictions },
};

/* Names that Postfix does not have are nobody's but the admin's own. */
static const char *const ours[] = { "users", "listen", "virtual_user",
    "admin_mailbox", "smtpd_processes", "smtpd_sessions", "smtp_port",
    "dns_servers", "remote_processes", "min_uid", "local_workers",
    "local_time_limit", "backoff", "local_concurrency",
    "remote_concurrency", "intake_workers", "smtp_idle_time", 0 };

static void
setting(struct postfix *x, struct param *p)
{
	const char *v = maincf_expand(&x->m, p), *why;
	size_t i, n = sizeof takes / sizeof takes[0];
	int lost;

	if (!v)
		return;
	for (i = 0; i < n; i++)
		if (!strcmp(takes[i].name, p->name)) {
			takes[i].take(x, p, v);
			return;
		}
	if (plan_has(p->name) && !isone(p->name, ours))
		take_same(x, p, v);
	else if ((why = postfix_why(p->name, &lost)))
		(lost ? plan_lost : plan_tell)(x->m.plan, &p->at, 0, why);
	else if (p->used)
		plan_tell(x->m.plan, &p->at, 0, "a name that others use: its "
		    "value is in theirs");
	else
		plan_lost(x->m.plan, &p->at, 0, "pneu has nothing like it");
}

/* What Postfix does without being told, and we would not. */
static void
defaults(struct postfix *x)
{
	static const struct { const char *name, *value; } d[] = {
		{ "recipient_delimiter", "" },
		{ "home_mailbox", "" },
		{ "mail_spool_directory", "/var/mail" },
		{ "delay_warning_time", "0" },
	};
	struct origin at = maincf_origin(&x->m, "myhostname");
	size_t i;

	if (!maincf_param(&x->m, "myhostname"))
		plan_set(x->m.plan, "myhostname", x->m.host, &at);
	for (i = 0; i < sizeof d / sizeof d[0]; i++) {
		at = maincf_origin(&x->m, d[i].name);
		if (!maincf_param(&x->m, d[i].name))
			plan_set(x->m.plan, d[i].name, d[i].value, &at);
	}
}

void
postfix_settings(struct postfix *x)
{
	struct param *p = genalloc_s(struct param, &x->m.params);
	size_t i, n = genalloc_len(struct param, &x->m.params);

	/* all values once, to know which names are used by others */
	for (i = 0; i < n; i++)
		maincf_expand(&x->m, p + i);
	for (i = 0; i < n; i++)
		if (!p[i].done) {
			p[i].done = 1;
			setting(x, p + i);
		}
	defaults(x);
}
