/* From next hops to addresses, by a table of what the DNS says. */
#include "pneu-remote/mx.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "wire/verdict.h"

struct zone {
	const char *name;
	uint16_t type;
	enum dnsmsg_kind kind;
	const char *records;	/* "pref name" or address, by ';' */
	int secure;
	const char *owner;	/* if a CNAME led elsewhere */
};

static const struct zone zone[] = {
	{ "one.test", DNS_MX, DNSMSG_FOUND, "10 a.test", 0, 0 },
	{ "two.test", DNS_MX, DNSMSG_FOUND, "20 b.test;10 a.test", 0, 0 },
	{ "equal.test", DNS_MX, DNSMSG_FOUND, "5 a.test;5 b.test;9 c.test", 0, 0 },
	{ "null.test", DNS_MX, DNSMSG_FOUND, "0 ", 0, 0 },
	{ "null2.test", DNS_MX, DNSMSG_FOUND, "0 ;10 a.test", 0, 0 },
	{ "bad.test", DNS_MX, DNSMSG_FOUND, "10 a?b", 0, 0 },
	{ "none.test", DNS_MX, DNSMSG_NXDOMAIN, "", 0, 0 },
	{ "sick.test", DNS_MX, DNSMSG_LATER, "", 0, 0 },
	{ "loop.test", DNS_MX, DNSMSG_LOOP, "", 0, 0 },
	{ "self.test", DNS_MX, DNSMSG_FOUND, "10 a.test;20 ME.test;20 b.test;"
	    "30 c.test", 0, 0 },
	{ "onlyself.test", DNS_MX, DNSMSG_FOUND, "10 me.test", 0, 0 },
	{ "selfip.test", DNS_MX, DNSMSG_FOUND, "10 a.test;20 s.test;"
	    "30 c.test", 0, 0 },
	{ "onlyselfip.test", DNS_MX, DNSMSG_FOUND, "20 s.test", 0, 0 },
	{ "gone.test", DNS_MX, DNSMSG_FOUND, "10 x.test;20 y.test", 0, 0 },
	{ "half.test", DNS_MX, DNSMSG_FOUND, "10 x.test;20 b.test", 0, 0 },
	{ "sickhost.test", DNS_MX, DNSMSG_FOUND, "10 x.test;20 z.test", 0, 0 },
	{ "dual.test", DNS_MX, DNSMSG_FOUND, "10 d.test", 0, 0 },
	{ "a.test", DNS_A, DNSMSG_FOUND, "192.0.2.1", 0, 0 },
	{ "b.test", DNS_A, DNSMSG_FOUND, "192.0.2.2", 0, 0 },
	{ "c.test", DNS_A, DNSMSG_FOUND, "192.0.2.3", 0, 0 },
	{ "s.test", DNS_A, DNSMSG_FOUND, "192.0.2.99", 0, 0 },
	{ "me.test", DNS_A, DNSMSG_FOUND, "192.0.2.98", 0, 0 },
	{ "d.test", DNS_A, DNSMSG_FOUND, "192.0.2.4;192.0.2.5", 0, 0 },
	{ "d.test", DNS_AAAA, DNSMSG_FOUND, "2001:db8::1;2001:db8::2", 0, 0 },
	{ "implicit.test", DNS_A, DNSMSG_FOUND, "192.0.2.6", 0, 0 },
	{ "x.test", DNS_A, DNSMSG_NXDOMAIN, "", 0, 0 },
	{ "x.test", DNS_AAAA, DNSMSG_NXDOMAIN, "", 0, 0 },
	{ "y.test", DNS_A, DNSMSG_NODATA, "", 0, 0 },
	{ "z.test", DNS_A, DNSMSG_LATER, "", 0, 0 },
	{ "safe.test", DNS_MX, DNSMSG_FOUND, "10 sa.test;20 un.test;30 "
	    "sal.test", 1, 0 },
	{ "sa.test", DNS_A, DNSMSG_FOUND, "192.0.2.11", 1, 0 },
	{ "un.test", DNS_A, DNSMSG_FOUND, "192.0.2.12", 0, 0 },
	{ "sal.test", DNS_A, DNSMSG_FOUND, "192.0.2.13", 1, "to.test" },
	/* CNAMEs that lead out of what is signed; the third is not to be had */
	{ "away.test", DNS_MX, DNSMSG_FOUND, "10 c1.test;20 c2.test;30 "
	    "c3.test", 1, 0 },
	{ "c1.test", DNS_A, DNSMSG_FOUND, "192.0.2.15", 0, "far.test" },
	{ "c1.test", DNS_CNAME, DNSMSG_FOUND, "far.test", 1, 0 },
	{ "c2.test", DNS_A, DNSMSG_FOUND, "192.0.2.16", 0, "far.test" },
	{ "c2.test", DNS_CNAME, DNSMSG_FOUND, "far.test", 0, 0 },
	{ "c3.test", DNS_A, DNSMSG_FOUND, "192.0.2.17", 0, "far.test" },
	{ "c3.test", DNS_CNAME, DNSMSG_LATER, "", 0, 0 },
	{ "outside.test", DNS_MX, DNSMSG_FOUND, "10 c1.test", 0, 0 },
	{ "unsafe.test", DNS_MX, DNSMSG_FOUND, "10 sa.test", 0, 0 },
	{ "safeimp.test", DNS_MX, DNSMSG_NODATA, "", 1, 0 },
	{ "safeimp.test", DNS_A, DNSMSG_FOUND, "192.0.2.14", 1, 0 },
	{ "halfimp.test", DNS_A, DNSMSG_FOUND, "192.0.2.14", 1, 0 },
};

struct world {
	struct dnsmsg_record rr[64][8];
	size_t n;
	int pending;		/* answers come one at a time */
	char asked[64][64];
	uint16_t askedtype[64];
	size_t nasked;
	uint32_t chance;
};

static size_t
records(struct dnsmsg_record *rr, const struct zone *z)
{
	const char *s = z->records;
	size_t n = 0;

	for (; z->kind == DNSMSG_FOUND; s++) {
		size_t len = strcspn(s, ";");
		char t[100];

		memcpy(t, s, len);
		t[len] = 0;
		memset(rr + n, 0, sizeof *rr);
		if (z->type == DNS_MX) {
			char *sp = strchr(t, ' ');

			*sp = 0;
			rr[n].pref = (uint16_t)atoi(t);
			strcpy(rr[n].name, sp + 1);
		} else if (z->type != DNS_CNAME)
			ip46_scan(t, &rr[n].ip);
		n++;
		s += len;
		if (!*s)
			break;
	}
	return n;
}

static int
get(void *arg, const char *name, uint16_t type, int local,
    struct dns_answer *a)
{
	struct world *w = arg;
	size_t i;

	for (i = 0; i < w->nasked; i++)
		if (w->askedtype[i] == type && !strcmp(w->asked[i], name))
			break;
	if (i == w->nasked && w->pending) {
		strcpy(w->asked[i], name);
		w->askedtype[i] = type;
		w->nasked++;
		return 0;
	}
	memset(a, 0, sizeof *a);
	a->kind = DNSMSG_NODATA;
	for (i = 0; i < sizeof zone / sizeof zone[0]; i++)
		if (zone[i].type == type && !strcmp(zone[i].name, name)) {
			a->kind = zone[i].kind;
			a->secure = zone[i].secure;
			a->owner = zone[i].owner;
			a->rr = w->rr[i];
			a->n = records(w->rr[i], zone + i);
		}
	return 1;
}

static int
isself(void *arg, const ip46 *ip, uint16_t port)
{
	return !ip46_is6(ip) && !memcmp(ip->ip, "\300\0\2\143", 4) &&
	    port == 25;
}

static uint32_t
chance(void *arg, uint32_t below)
{
	struct world *w = arg;

	w->chance = w->chance * 1103515245 + 12345;
	return (w->chance >> 16) % below;
}

static struct world w;
static struct mx_env env = { get, isself, chance, &w, "me.test", 25, 1, 1 };

/* The targets as text: "host address:port ...", or the failure. */
static const char *
found(const char *hop)
{
	static char s[2000];
	genalloc g = GENALLOC_ZERO;
	struct nexthop h;
	struct mx_fail f;
	size_t i;
	int r, turns = 0;

	s[0] = 0;
	if (nexthop_scan(&h, hop, strlen(hop)) < 0)
		return "malformed";
	while (!(r = mx_find(&env, &h, &g, &f)) && turns++ < 50)
		;
	if (r < 0)
		snprintf(s, sizeof s, "%c %s%s%s", f.kind, f.code,
		    f.site ? " site" : "", f.fallback ? " fallback" : "");
	for (i = 0; r > 0 && i < genalloc_len(struct mx_target, &g); i++) {
		struct mx_target *t = genalloc_s(struct mx_target, &g) + i;
		char ip[IP46_FMT + 1];

		ip[ip46_fmt(ip, &t->ip)] = 0;
		sprintf(s + strlen(s), "%s%s %s:%u%s%s", i ? ", " : "",
		    t->host, ip, t->port, t->secure ? " by " : "", t->base);
	}
	genalloc_free(struct mx_target, &g);
	return s;
}

static const struct {
	const char *hop, *want;
} cases[] = {
	{ "one.test", "a.test 192.0.2.1:25" },
	{ "ONE.Test.:2525", "a.test 192.0.2.1:2525" },
	{ "two.test", "a.test 192.0.2.1:25, b.test 192.0.2.2:25" },
	{ "implicit.test", "implicit.test 192.0.2.6:25" },
	{ "[a.test]", "a.test 192.0.2.1:25" },
	{ "[one.test]", "N 5.4.4 fallback" },
	{ "[192.0.2.7]:26", "192.0.2.7 192.0.2.7:26" },
	{ "192.0.2.7:26", "192.0.2.7 192.0.2.7:26" },
	{ "[IPv6:2001:db8::9]", "2001:db8::9 2001:db8::9:25" },
	{ "[2001:db8::9]:24", "2001:db8::9 2001:db8::9:24" },
	{ "lmtp:inet:two.test:2424", "N 5.4.4 fallback" },
	{ "LMTP:inet:a.test", "a.test 192.0.2.1:24" },
	{ "lmtp:[192.0.2.7]:26", "192.0.2.7 192.0.2.7:26" },
	{ "lmtp:unix:relative", "malformed" },
	{ "lmtp:unix:/", "malformed" },
	{ "lmtp:unix:/a b", "malformed" },
	{ "lmtp:", "malformed" },
	{ "null.test", "N 5.1.10" },
	{ "null2.test", "a.test 192.0.2.1:25" },
	{ "bad.test", "N 5.4.4 fallback" },
	{ "none.test", "N 5.1.2 fallback" },
	{ "loop.test", "N 5.4.4 fallback" },
	{ "sick.test", "L 4.4.3 site fallback" },
	{ "self.test", "a.test 192.0.2.1:25" },
	{ "onlyself.test", "N 5.4.6" },
	{ "selfip.test", "a.test 192.0.2.1:25" },
	{ "onlyselfip.test", "N 5.4.6" },
	{ "onlyselfip.test:26", "s.test 192.0.2.99:26" },
	{ "[s.test]", "N 5.4.6" },
	{ "[192.0.2.99]", "N 5.4.6" },
	{ "gone.test", "N 5.4.4 fallback" },
	{ "half.test", "b.test 192.0.2.2:25" },
	{ "safe.test", "sa.test 192.0.2.11:25 by sa.test, un.test "
	    "192.0.2.12:25, sal.test 192.0.2.13:25 by to.test" },
	{ "unsafe.test", "sa.test 192.0.2.11:25" },
	{ "away.test", "c1.test 192.0.2.15:25 by c1.test, c2.test "
	    "192.0.2.16:25" },
	{ "outside.test", "c1.test 192.0.2.15:25" },
	{ "[c1.test]", "c1.test 192.0.2.15:25 by c1.test" },
	{ "safeimp.test", "safeimp.test 192.0.2.14:25 by safeimp.test" },
	{ "halfimp.test", "halfimp.test 192.0.2.14:25" },
	{ "[sal.test]", "sal.test 192.0.2.13:25 by to.test" },
	{ "sickhost.test", "L 4.4.3 site fallback" },
	{ "nothing.test", "N 5.4.4 fallback" },
	{ "", "malformed" }, { "a..b", "malformed" }, { ".a", "malformed" },
	{ "a:0", "malformed" }, { "a:65536", "malformed" },
	{ "a:", "malformed" }, { "[a", "malformed" }, { "[a]b", "malformed" },
	{ "[]", "malformed" }, { "a b", "malformed" }, { "a:25x", "malformed" },
	{ "[IPv6:192.0.2.1]", "malformed" }, { "[IPv6:zz]", "malformed" },
	{ "a\303\244.test", "malformed" },
};

static void
try_chance(void)
{
	int a = 0, b = 0, last = 1, six = 0, turns = 0, i;

	for (i = 0; i < 200; i++) {
		const char *s = found("equal.test");

		a += !strncmp(s, "a.test", 6);
		b += !strncmp(s, "b.test", 6);
		last &= strlen(s) > 19 &&
		    !strcmp(s + strlen(s) - 19, "c.test 192.0.2.3:25");
		s = found("dual.test");
		six += strncmp(s, "d.test 2001", 11) == 0;
		/* no two of a family side by side */
		turns += !strstr(s, ":25, d.test 192.0.2.4:25, d.test "
		    "192.0.2.5") && !strstr(s, "192.0.2.5:25, d.test 192") &&
		    !strstr(s, "::1:25, d.test 2001") &&
		    !strstr(s, "::2:25, d.test 2001");
	}
	ok(a > 50 && b > 50 && a + b == 200, "equals by chance: %d, %d", a, b);
	ok(last, "the less preferred one last");
	ok(six > 50 && six < 150, "either family first: %d", six);
	ok(turns == 200, "families take turns");
	env.v6 = 0;
	ok(!strstr(found("dual.test"), "2001"), "IPv4 only");
	env.v6 = 1;
	env.v4 = 0;
	ok(!strstr(found("dual.test"), "192."), "IPv6 only");
	ok(!strcmp(found("one.test"), "N 5.4.4 fallback"), "of what has none");
	env.v4 = 1;
}

int
main(void)
{
	size_t i;
	char host[260];

	for (w.pending = 0; w.pending < 2; w.pending++)
		for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
			const char *s;

			w.nasked = 0;
			s = found(cases[i].hop);
			ok(!strcmp(s, cases[i].want), "%s: %s, wanted %s%s",
			    cases[i].hop, s, cases[i].want,
			    w.pending ? " (answers later)" : "");
		}
	w.pending = 0;
	try_chance();
	memset(host, 'a', sizeof host);
	host[63] = host[127] = host[191] = '.';
	host[253] = 0;
	ok(nexthop_ishost(host, 253), "253 octets");
	host[253] = 'a';
	ok(!nexthop_ishost(host, 254), "254 octets");
	host[63] = 'a';
	ok(!nexthop_ishost(host, 253), "a label of 127");
	return tap_end();
}
