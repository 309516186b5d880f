#include "pneu-remote/mx-internal.h"

#include <string.h>
#include <strings.h>

#include "wire/verdict.h"

#define NOBODY 65536u			/* behind every preference */

struct host {
	const char *name;
	uint16_t pref;
};

struct hosts {
	struct host h[DNSMSG_RECORDS];
	size_t n;
	int secure;
};

static void
swap(struct host *a, struct host *b)
{
	struct host t = *a;

	*a = *b;
	*b = t;
}

/* By preference, in chance's order among equals: shuffle, then a stable
 * sort. */
static void
sort(const struct mx_env *e, struct hosts *hs)
{
	size_t i, k;

	for (i = hs->n; i > 1; i--)
		swap(hs->h + i - 1, hs->h + e->random(e->arg, (uint32_t)i));
	for (i = 1; i < hs->n; i++)
		for (k = i; k && hs->h[k].pref < hs->h[k - 1].pref; k--)
			swap(hs->h + k, hs->h + k - 1);
}

/* Our own name among them: it, and whatever is not before it, is not for us
 * to be tried (RFC 5321 5.1). */
static void
drop_self(const struct mx_env *e, struct hosts *hs)
{
	unsigned int self = NOBODY;
	size_t i;

	for (i = 0; i < hs->n; i++)
		if (!strcasecmp(hs->h[i].name, e->myname) &&
		    hs->h[i].pref < self)
			self = hs->h[i].pref;
	while (hs->n && hs->h[hs->n - 1].pref >= self)
		hs->n--;
}

static int
take_mx(const struct mx_env *e, const struct nexthop *h, struct hosts *hs,
    struct mx_fail *f)
{
	struct dns_answer a;
	size_t i;

	if (!e->get(e->arg, h->host, DNS_MX, 0, &a))
		return 0;
	hs->secure = a.secure;
	if (a.kind == DNSMSG_NODATA) {		/* implicit MX */
		hs->h[0].name = h->host;
		hs->h[0].pref = 0;
		hs->n = 1;
		return 1;
	}
	if (a.kind != DNSMSG_FOUND)
		return mx_fail_dns(f, a.kind, h->host, DNS_MX);
	if (a.n == 1 && !a.rr[0].name[0])
		return mx_fail(f, VERDICT_NEVER, "5.1.10", 0, 0, "Domain %s does "
		    "not accept mail (nullMX)", h->host);
	for (i = 0; i < a.n && hs->n < DNSMSG_RECORDS; i++) {
		if (!nexthop_ishost(a.rr[i].name, strlen(a.rr[i].name)))
			continue;
		hs->h[hs->n].name = a.rr[i].name;
		hs->h[hs->n++].pref = a.rr[i].pref;
	}
	if (!hs->n)
		return mx_fail(f, VERDICT_NEVER, "5.4.4", 0, 1, "malformed domain "
		    "name in resource data of MX record for %s", h->host);
	sort(e, hs);
	drop_self(e, hs);
	if (!hs->n)
		return mx_fail_loop(f, h);
	if (hs->n > MX_HOSTS)
		hs->n = MX_HOSTS;
	return 1;
}

static int
add(genalloc *g, const struct host *host, const struct dns_answer *a,
    const ip46 *ip, uint16_t port)
{
	struct mx_target t;

	if (genalloc_len(struct mx_target, g) >= MX_TARGETS)
		return 1;
	memset(&t, 0, sizeof t);
	strcpy(t.host, host->name);
	t.ip = *ip;
	t.port = port;
	t.pref = host->pref;
	if (a && a->secure) {
		const char *base = a->owner ? a->owner : host->name;

		t.secure = 1;
		strcpy(t.base, nexthop_ishost(base, strlen(base)) ? base :
		    host->name);
	}
	return genalloc_append(struct mx_target, g, &t);
}

/* The addresses of one host, families in turn, each in chance's order (by
 * rotation), chance saying which is first. */
static int
add_host(const struct mx_env *e, genalloc *g, const struct host *host,
    const struct dns_answer a[2], uint16_t port)
{
	uint32_t off[2], first = e->random(e->arg, 2);
	size_t i, k;

	for (k = 0; k < 2; k++)
		off[k] = a[k].n ? e->random(e->arg, (uint32_t)a[k].n) : 0;
	for (i = 0; i < a[0].n || i < a[1].n; i++)
		for (k = 0; k < 2; k++) {
			const struct dns_answer *b = a + (first ^ k);

			if (i < b->n && !add(g, host, b,
			    &b->rr[(i + off[first ^ k]) % b->n].ip, port))
				return 0;
		}
	return 1;
}

static const uint16_t types[2] = { DNS_A, DNS_AAAA };

/* Where a CNAME leads out of what is signed it may itself be: then TLSA
 * records of its own name count (RFC 7672 2.1.3, 2.2.2). 0: not known yet. */
static int
take_alias(const struct mx_env *e, const char *host, struct dns_answer *a)
{
	struct dns_answer alias;

	if (a->kind != DNSMSG_FOUND || a->secure || !a->owner)
		return 1;
	if (!e->get(e->arg, host, DNS_CNAME, 0, &alias))
		return 0;
	if (alias.kind == DNSMSG_FOUND && alias.secure) {
		a->secure = 1;
		a->owner = 0;
	} else if (alias.kind == DNSMSG_LATER)
		a->kind = DNSMSG_LATER;	/* it may have been */
	return 1;
}

/* What the DNS says of a host. 0: not known yet, but asked. */
static int
take_host(const struct mx_env *e, const char *host, int local, int secure,
    struct dns_answer a[2])
{
	int known = 1;
	size_t k;

	memset(a, 0, 2 * sizeof *a);
	for (k = 0; k < 2; k++) {
		a[k].kind = DNSMSG_NODATA;
		if (!(k ? e->v6 : e->v4))
			continue;
		if (!e->get(e->arg, host, types[k], local, &a[k]) ||
		    (secure && !take_alias(e, host, &a[k])))
			known = 0;
		if (a[k].kind != DNSMSG_FOUND)
			a[k].n = 0;
		a[k].secure = a[k].secure && secure;
	}
	return known;
}

/* Ask for all addresses before waiting for any. */
static int
take_addresses(const struct mx_env *e, const struct nexthop *h,
    const struct hosts *hs, genalloc *g, struct mx_fail *f)
{
	uint16_t port = h->port ? h->port : e->port;
	struct dns_answer a[MX_HOSTS][2];
	size_t i, k;
	int wait = 0, why = 0;

	for (i = 0; i < hs->n; i++)
		wait |= !take_host(e, hs->h[i].name, !h->mx, hs->secure, a[i]);
	if (wait)
		return 0;
	for (i = 0; i < hs->n; i++)
		if (!add_host(e, g, hs->h + i, a[i], port))
			return mx_fail(f, VERDICT_LATER, "4.3.0", 0, 0,
			    "out of memory");
	if (genalloc_len(struct mx_target, g))
		return 1;
	for (i = 0; i < hs->n; i++)
		for (k = 0; k < 2; k++)
			if (a[i][k].kind == DNSMSG_LATER ||
			    a[i][k].kind == DNSMSG_FORMERR)
				return mx_fail_dns(f, DNSMSG_LATER,
				    hs->h[i].name, types[k]);
	why = !e->v4;
	return mx_fail_dns(f, a[0][why].kind, hs->h[0].name, types[why]);
}

/* Ourselves by address: as drop_self. */
static void
drop_self_address(const struct mx_env *e, genalloc *g)
{
	struct mx_target *t = genalloc_s(struct mx_target, g);
	size_t i, n = genalloc_len(struct mx_target, g);
	unsigned int self = NOBODY;

	for (i = 0; i < n; i++)
		if (e->isself(e->arg, &t[i].ip, t[i].port) &&
		    t[i].pref < self)
			self = t[i].pref;
	while (n && t[n - 1].pref >= self)
		n--;
	genalloc_setlen(struct mx_target, g, n);
}

int
mx_find(const struct mx_env *e, const struct nexthop *h, genalloc *targets,
    struct mx_fail *f)
{
	struct host only = { h->host, 0 };
	struct hosts hs;
	int r = 1;

	genalloc_setlen(struct mx_target, targets, 0);
	hs.n = 0;
	hs.secure = 1;		/* of a host that is named itself */
	if (h->isip) {
		if (!add(targets, &only, 0, &h->ip, h->port ? h->port : e->port))
			return mx_fail(f, VERDICT_LATER, "4.3.0", 0, 0,
			    "out of memory");
	} else {
		if (h->mx)
			r = take_mx(e, h, &hs, f);
		else
			hs.h[hs.n++] = only;
		if (r > 0)
			r = take_addresses(e, h, &hs, targets, f);
		if (r <= 0)
			return r;
	}
	drop_self_address(e, targets);
	if (!genalloc_len(struct mx_target, targets))
		return mx_fail_loop(f, h);
	return 1;
}
