#include "pneu-import/postfix.h"

#include <string.h>
#include <skalibs/stralloc.h>

#include "conf/net.h"
#include "pneu-import/map.h"

static void
network(struct postfix *x, genalloc *out, const char *s,
    const struct origin *at)
{
	struct net n;

	if (*s == '!')
		plan_lost(x->m.plan, at, s, "pneu's lists have no "
		    "exceptions: name the networks without it");
	else if (net_scan(&n, s, strlen(s)) > 0)
		str_addword(out, s, at);
	else if (str_starts(s, "[::ffff:"))
		plan_tell(x->m.plan, at, s, "IPv4 networks hold clients that "
		    "come by IPv6 under such addresses, too");
	else
		plan_lost(x->m.plan, at, s,
		    "not a network (address or address/bits)");
}

static void
networks(struct postfix *x, genalloc *out, const char *s,
    const struct origin *at)
{
	genalloc w = GENALLOC_ZERO, v = GENALLOC_ZERO;
	const struct word *q;
	stralloc sa = STRALLOC_ZERO;
	size_t i, k;

	str_words(&w, s, at);
	q = genalloc_s(struct word, &w);
	for (i = 0; i < genalloc_len(struct word, &w); i++) {
		if (*q[i].s == '/') {
			struct lines t;
			struct line l;
			const char *path = source_path(x->m.src, q[i].s);

			sa.len = 0;
			if (source_read(&sa, path) <= 0)
				plan_lost(x->m.plan, at, q[i].s,
				    "unable to read it");
			lines_open(&t, sa.s, sa.len);
			while (lines_next(&t, &l, 1)) {
				struct origin here = { path, l.number, l.s };

				networks(x, out, l.s, &here);
			}
		} else if (str_starts(q[i].s, "cidr:")) {
			plan_lost(x->m.plan, at, q[i].s, "a list with "
			    "exceptions: name the networks themselves");
		} else if (map_is(q[i].s)) {
			map_read(&v, q[i].s, at, x->m.src, x->m.plan);
			for (k = 0; k < genalloc_len(struct pair, &v); k++)
				network(x, out, genalloc_s(struct pair,
				    &v)[k].key, at);
		} else
			network(x, out, q[i].s, at);
	}
}

/* Without mynetworks Postfix asks the host for its own addresses, or its
 * networks: what those were is not in its files. */
static void
mynetworks(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "mynetworks");
	struct param *style = maincf_param(&x->m, "mynetworks_style");
	struct origin at = maincf_origin(&x->m, "mynetworks");
	genalloc out = GENALLOC_ZERO;

	if (style)
		style->done = 1;
	if (p) {
		p->done = 1;
		networks(x, &out, maincf_value(&x->m, "mynetworks"), &at);
		plan_set(x->m.plan, "mynetworks", str_joinwords(&out), &at);
		return;
	}
	if (strcmp(maincf_value(&x->m, "mynetworks_style"), "host"))
		plan_lost(x->m.plan, style ? &style->at : &at, style ? 0 :
		    "mynetworks", "Postfix lets the networks of this host's "
		    "interfaces relay: name them in mynetworks");
	plan_set(x->m.plan, "mynetworks", "127.0.0.0/8 [::1]/128", &at);
}

/* The addresses that Postfix listens on, each with "%" for the port. */
static void
interfaces(struct postfix *x, genalloc *out, const struct origin *at)
{
	const char *v = maincf_value(&x->m, "inet_interfaces");
	const char *six = maincf_value(&x->m, "inet_protocols");
	genalloc w = GENALLOC_ZERO;
	const struct word *q;
	struct net n;
	size_t i;
	int v4 = !strstr(six, "ipv6") || strstr(six, "ipv4");
	int v6 = strstr(six, "ipv6") || strstr(six, "all");

	str_words(&w, v, at);
	q = genalloc_s(struct word, &w);
	for (i = 0; i < genalloc_len(struct word, &w); i++) {
		const char *s = q[i].s;
		size_t k = strlen(s);
		int all = !strcmp(s, "all");
		int lo = !strcmp(s, "loopback-only") ||
		    !strcmp(s, "localhost");

		if (all || lo) {
			if (v4)
				str_addword(out, all ? "0.0.0.0" :
				    "127.0.0.1", at);
			if (v6)
				str_addword(out, all ? "[::]" : "[::1]", at);
		} else if (*s == '[' && net_scan(&n, s, k) > 0)
			str_addword(out, s, at);
		else if (net_scan(&n, s, k) > 0)
			str_addword(out, n.is6 ? str_cat("[", s, "]") : s, at);
		else
			plan_lost(x->m.plan, at, s, "pneu listens on "
			    "addresses, not names: name those of this host");
	}
}

/* What an smtpd of master.cf is told to do other than main.cf says, that we
 * could not: 0, or the first such word. */
static const char *
overrides(const struct service *s)
{
	const struct word *w = genalloc_s(struct word, &s->args);
	size_t i, n = genalloc_len(struct word, &s->args);

	for (i = 0; i < n; i++)
		if (strcmp(w[i].s, "-v") && strcmp(w[i].s, "-o") &&
		    !str_starts(w[i].s, "syslog_name=") &&
		    !str_starts(w[i].s, "{"))
			return w[i].s;
	return 0;
}

static void
door(struct postfix *x, genalloc *out, const genalloc *addrs,
    const struct service *s)
{
	const char *colon = strrchr(s->name, ':');
	const char *port = postfix_port(colon ? colon + 1 : s->name);
	const struct word *w = genalloc_s(struct word, addrs);
	const char *more = overrides(s);
	size_t i;

	if (!port) {
		plan_lost(x->m.plan, &s->at, 0, "no such port");
		return;
	}
	if (more && strcmp(port, "25")) {
		plan_lost(x->m.plan, &s->at, 0, str_cat("pneu's doors are all "
		    "alike, it has no ", more, " for one of them"));
		return;
	}
	if (more)
		plan_lost(x->m.plan, &s->at, str_cat(s->name, " ", more),
		    "of one service: pneu has its settings for all");
	if (colon)
		str_addword(out, str_cat(str_keepb(s->name,
		    (size_t)(colon - s->name)), ":", port), &s->at);
	else
		for (i = 0; i < genalloc_len(struct word, addrs); i++)
			str_addword(out, str_cat(w[i].s, ":", port), &s->at);
}

static void
listen_on(struct postfix *x)
{
	struct origin at = maincf_origin(&x->m, "inet_interfaces");
	struct param *p = maincf_param(&x->m, "inet_interfaces");
	struct service smtp = { "smtp", "inet", "smtpd", GENALLOC_ZERO, at };
	const struct service *s = genalloc_s(struct service, &x->m.services);
	size_t i, n = genalloc_len(struct service, &x->m.services);
	genalloc addrs = GENALLOC_ZERO, out = GENALLOC_ZERO;

	if (p)
		p->done = 1;
	interfaces(x, &addrs, &at);
	if (!n)
		door(x, &out, &addrs, &smtp);
	for (i = 0; i < n; i++) {
		if (strcmp(s[i].type, "inet"))
			continue;
		if (!strcmp(s[i].command, "smtpd") ||
		    !strcmp(s[i].command, "postscreen"))
			door(x, &out, &addrs, s + i);
		else
			plan_lost(x->m.plan, &s[i].at, 0,
			    "pneu has no such service");
	}
	plan_set(x->m.plan, "listen", str_joinwords(&out), &at);
}

/* -o NAME=VALUE of the client: what main.cf does not say can be said for
 * all; the rest is lost. */
static void
client(struct postfix *x, const struct service *s)
{
	const struct word *w = genalloc_s(struct word, &s->args);
	size_t i, n = genalloc_len(struct word, &s->args);

	for (i = 0; i + 1 < n; i++) {
		const char *o = w[i + 1].s, *eq = strchr(o, '=');
		char *name;

		if (strcmp(w[i].s, "-o") || !eq ||
		    str_starts(o, "syslog_name="))
			continue;
		name = str_keepb(o, (size_t)(eq - o));
		if (str_starts(name, "smtp_bind_address") &&
		    !strcmp(s->name, "smtp")) {
			plan_addbind(x->m.plan, eq + 1, &s->at);
			i++;
			continue;
		}
		if (!(str_starts(o, "smtp_fallback_relay=") && !eq[1]))
			plan_lost(x->m.plan, &s->at, str_cat(s->name, " ", o),
			    "of one service: pneu has its settings for all");
		i++;
	}
}

void
postfix_net(struct postfix *x)
{
	const struct service *s = genalloc_s(struct service, &x->m.services);
	size_t i, n = genalloc_len(struct service, &x->m.services);

	mynetworks(x);
	listen_on(x);
	for (i = 0; i < n; i++)
		if (strcmp(s[i].type, "inet") &&
		    genalloc_len(struct word, &s[i].args) &&
		    strcmp(s[i].command, "pipe") &&
		    strcmp(s[i].command, "spawn"))
			client(x, s + i);
}
