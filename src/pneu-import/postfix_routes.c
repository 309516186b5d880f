#include "pneu-import/postfix.h"

#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <arpa/inet.h>
#include <skalibs/types.h>

#include "pneu-import/map.h"

const char *
postfix_port(const char *s)
{
	static const struct { const char *name, *port; } ports[] = {
		{ "smtp", "25" }, { "submission", "587" }, { "smtps", "465" },
		{ "submissions", "465" }, { "lmtp", "24" },
	};
	struct servent *e;
	char fmt[UINT_FMT];
	size_t i;

	if (*s && !s[strspn(s, "0123456789")])
		return s;
	for (i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (!strcmp(ports[i].name, s))
			return ports[i].port;
	if (!(e = getservbyname(s, "tcp")))
		return 0;
	fmt[uint_fmt(fmt, ntohs((uint16_t)e->s_port))] = 0;
	return str_keep(fmt);
}

const char *
postfix_nexthop(const char *s)
{
	const char *end = *s == '[' ? strchr(s, ']') : s;
	const char *colon = end ? strchr(end, ':') : 0, *port;

	if (!colon || strchr(colon + 1, ':'))
		return s;
	if (!(port = postfix_port(colon + 1)))
		return 0;
	return str_cat(str_keepb(s, (size_t)(colon - s)), ":", port);
}

const char *
postfix_transport(struct postfix *x, const char *v, const char **why)
{
	const char *to = postfix_route(x, v, why);

	if (!to || str_starts(to, "lmtp:"))
		return to;
	*why = "pneu takes a next hop here, or lmtp:";
	return str_starts(to, "smtp:") && to[5] ? to + 5 : 0;
}

const char *
postfix_program(struct postfix *x, const char *transport)
{
	static const char *const own[] = { "smtp", "lmtp", "local", "virtual",
	    "error", "retry", "discard", 0 };
	const struct service *s = maincf_service(&x->m, transport, "unix");
	const char *const *p;

	if (s)
		return !strcmp(s->name, "retry") ? "retry" : s->command;
	for (p = own; *p; p++)
		if (!strcmp(*p, transport))
			return *p;
	return !strcmp(transport, "relay") ? "smtp" : 0;
}

/* "transport:nexthop" at its first colon; a value without one is a
 * transport. */
static void
divide(const char *v, const char **transport, const char **nexthop)
{
	size_t n = strcspn(v, ":");

	*transport = str_trim(v, n);
	*nexthop = v[n] ? str_trim(v + n + 1, strlen(v + n + 1)) : "";
}

/* What stands behind lmtp: a socket, from the queue's directory, or a host.
 * 0: *why. */
static const char *
lmtp_hop(struct postfix *x, const char *s, const char **why)
{
	const char *hop;

	if (str_starts(s, "unix:")) {
		s += 5;
		return str_cat("lmtp:unix:", *s == '/' ? s :
		    str_cat(maincf_value(&x->m, "queue_directory"), "/", s));
	}
	if (str_starts(s, "inet:"))
		s += 5;
	*why = "pneu does not find an LMTP server by the recipient's domain";
	if (!*s)
		return 0;
	*why = str_cat("no such port: ", s);
	return (hop = postfix_nexthop(s)) ? str_cat("lmtp:inet:", hop) : 0;
}

const char *
postfix_route(struct postfix *x, const char *v, const char **why)
{
	const char *transport, *nexthop, *program, *hop;

	divide(v, &transport, &nexthop);
	if (!*transport && !*nexthop)
		return ":";
	program = *transport ? postfix_program(x, transport) : "smtp";
	*why = str_cat("a transport that pneu does not have: ", transport);
	if (!program)
		return 0;
	if (!strcmp(program, "error") || !strcmp(program, "retry"))
		return str_cat(program, ":", nexthop);
	if (strcmp(program, "smtp") && strcmp(program, "lmtp"))
		return 0;
	if (strpbrk(nexthop, ", ")) {
		*why = "pneu takes one next hop, not a list";
		return 0;
	}
	if (!strcmp(program, "lmtp"))
		return lmtp_hop(x, nexthop, why);
	*why = str_cat("no such port: ", nexthop);
	if (!(hop = postfix_nexthop(nexthop)))
		return 0;
	return *transport ? str_cat("smtp:", hop) : hop;
}

/* Take a domain out of a class. */
static int
leave(genalloc *v, const char *domain)
{
	struct word *w = genalloc_s(struct word, v);
	size_t i, k = 0, n = genalloc_len(struct word, v);

	for (i = 0; i < n; i++)
		if (strcasecmp(w[i].s, domain))
			w[k++] = w[i];
	genalloc_setlen(struct word, v, k);
	return k < n;
}

static int
islocal(struct postfix *x, const char *v)
{
	const char *transport, *nexthop, *program;

	divide(v, &transport, &nexthop);
	program = postfix_program(x, transport);
	return program && !strcmp(program, "local");
}

/* A route of a domain that is ours makes it one that we relay for: routes
 * are not asked for the others. */
static void
domain_route(struct postfix *x, const char *key, const char *v,
    const struct origin *at, int same)
{
	struct origin line = { at->file, at->line, str_cat(key, " ", v) };
	const char *why = "", *to;

	if (islocal(x, v)) {
		if (*key == '.' || *key == '*')
			plan_lost(x->m.plan, &line, 0, "pneu delivers to "
			    "users of this host for domains of mydestination "
			    "only");
		else if (!str_findword(&x->local, key))
			str_addword(&x->local, str_lower(key), &line);
		return;
	}
	if (!(to = postfix_route(x, v, &why))) {
		plan_lost(x->m.plan, &line, 0, str_cat(why,
		    "; its mail waits"));
		to = str_cat("retry:4.3.5 not imported: ", v);
		same = 0;
	}
	if ((leave(&x->local, key) | leave(&x->mailbox, key)) &&
	    !str_findword(&x->relay, key)) {
		plan_tell(x->m.plan, &line, 0, "the domain is in "
		    "relay_domains now, as its mail leaves this host");
		str_addword(&x->relay, str_lower(key), &line);
	}
	plan_row(x->m.plan, PLAN_ROUTES, key, to, &line, same &&
	    !strcmp(to, v));
}

static void
transport_maps(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "transport_maps");
	genalloc maps = GENALLOC_ZERO, v = GENALLOC_ZERO;
	const struct pair *q;
	size_t i;

	if (!p)
		return;
	p->done = 1;
	str_words(&maps, maincf_value(&x->m, p->name), &p->at);
	for (i = 0; i < genalloc_len(struct word, &maps); i++)
		map_read(&v, genalloc_s(struct word, &maps)[i].s, &p->at,
		    x->m.src, x->m.plan);
	q = genalloc_s(struct pair, &v);
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		domain_route(x, *q[i].key ? q[i].key : "*", q[i].value,
		    &q[i].at, q[i].same);
}

/* A class whose transport is not its own goes where that says, each domain
 * for which there is no route yet. */
static void
class_transport(struct postfix *x, const char *name, const genalloc *class,
    const char *own)
{
	struct param *p = maincf_param(&x->m, name);
	genalloc copy = GENALLOC_ZERO;
	const char *transport, *nexthop, *program, *why = "", *v;
	size_t i;

	if (!p)
		return;
	p->done = 1;
	v = maincf_value(&x->m, name);
	divide(v, &transport, &nexthop);
	program = postfix_program(x, transport);
	if (program && !strcmp(program, own) && (!*nexthop ||
	    !strcmp(own, "local") || !strcmp(own, "virtual")))
		return;
	if (!genalloc_copy(struct word, &copy, class))
		str_nomem();
	if (!genalloc_len(struct word, &copy)) {
		plan_tell(x->m.plan, &p->at, 0, "of no domain");
		return;
	}
	if (!postfix_route(x, v, &why)) {
		plan_lost(x->m.plan, &p->at, 0, why);
		return;
	}
	for (i = 0; i < genalloc_len(struct word, &copy); i++) {
		const char *d = genalloc_s(struct word, &copy)[i].s;

		if (!plan_findrow(x->m.plan, PLAN_ROUTES, d))
			domain_route(x, d, v, &p->at, 0);
	}
}

/* virtual_transport that is one next hop is ours: the domains stay what they
 * are, and their tables say who there is. Returns 1 if so. */
static int
virtual_transport(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "virtual_transport");
	const char *why, *to;

	if (!p || !genalloc_len(struct word, &x->mailbox) ||
	    !(to = postfix_transport(x, maincf_value(&x->m, p->name), &why)))
		return 0;
	p->done = 1;
	plan_set(x->m.plan, p->name, to, &p->at);
	return 1;
}

/* default_transport: where the rest goes, if that is not smtp. */
static void
default_transport(struct postfix *x)
{
	struct param *p = maincf_param(&x->m, "default_transport");
	const char *why = "", *to;

	if (!p)
		return;
	p->done = 1;
	to = postfix_route(x, maincf_value(&x->m, p->name), &why);
	if (!to)
		plan_lost(x->m.plan, &p->at, 0, why);
	else if (strcmp(to, "smtp:"))
		plan_row(x->m.plan, PLAN_ROUTES, "*", to, &p->at, 0);
}

void
postfix_routes(struct postfix *x)
{
	transport_maps(x);
	class_transport(x, "local_transport", &x->local, "local");
	if (!virtual_transport(x))
		class_transport(x, "virtual_transport", &x->mailbox,
		    "virtual");
	class_transport(x, "relay_transport", &x->relay, "smtp");
	default_transport(x);
}
