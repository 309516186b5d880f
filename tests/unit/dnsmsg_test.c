/* Answers of DNS servers, good and hostile. */
#include "dns/dnsmsg.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* A message in the making. */
static struct { char s[4096]; size_t n; } b;
static struct dnsmsg m;

static void
bytes(const char *s, size_t n)
{
	memcpy(b.s + b.n, s, n);
	b.n += n;
}

static void
num(unsigned long u, int octets)
{
	while (octets--)
		b.s[b.n++] = (char)(u >> 8 * octets);
}

static void
name(const char *s)
{
	while (*s) {
		size_t n = strcspn(s, ".");

		num(n, 1);
		bytes(s, n);
		s += n + (s[n] == '.');
	}
	num(0, 1);
}

static void
head(int flags, int answers, int authority)
{
	b.n = 0;
	num(0x1234, 2);
	num((unsigned long)flags, 2);
	num(1, 2);
	num((unsigned long)answers, 2);
	num((unsigned long)authority, 2);
	num(0, 2);
}

static void
question(const char *s, int type)
{
	name(s);
	num((unsigned long)type, 2);
	num(1, 2);
}

/* A record; owner 0: a pointer to the question. Its data follows. */
static void
record(const char *owner, int type, unsigned long ttl, size_t len)
{
	if (owner)
		name(owner);
	else
		num(0xc00c, 2);
	num((unsigned long)type, 2);
	num(1, 2);
	num(ttl, 4);
	num(len, 2);
}

/* Scan exactly the message, so that ASan sees what is read behind it. */
static int
scan(const char *s, int type)
{
	char *copy = malloc(b.n ? b.n : 1);
	int r;

	memcpy(copy, b.s, b.n);
	r = dnsmsg_scan(&m, copy, b.n, s, (uint16_t)type);
	free(copy);
	return r;
}

static void
try_good(void)
{
	size_t k;

	head(0x8180, 2, 0);
	question("Example.test", DNS_MX);
	record(0, DNS_MX, 300, 2 + 4 + 2);
	num(10, 2);
	num(3, 1);
	bytes("MX1", 3);
	num(0xc00c, 2);
	record(0, DNS_MX, 60, 3);
	num(0, 2);
	num(0, 1);
	ok(scan("example.test", DNS_MX) == 1, "MX");
	ok(m.kind == DNSMSG_FOUND && m.n == 2 && m.rr[0].pref == 10 &&
	    !strcmp(m.rr[0].name, "mx1.example.test") && m.ttl == 60 &&
	    !m.rr[1].name[0] && !m.ad, "its records");

	head(0x81a0, 3, 0);
	question("a.test", DNS_A);
	record("b.test", DNS_A, 5, 4);
	bytes("\300\0\2\1", 4);
	record("c.test", DNS_A, 5, 4);
	bytes("\300\0\2\2", 4);
	record(0, DNS_CNAME, 3, 8);
	name("B.test");
	ok(scan("a.test", DNS_A) == 1 && m.n == 1 && m.ttl == 3 && m.ad &&
	    !memcmp(m.rr[0].ip.ip, "\300\0\2\1", 4), "CNAME, in any order");

	ok(!strcmp(m.owner, "b.test"), "where the CNAME led: %s", m.owner);
	b.s[12 + 8 + 1] = DNS_CNAME;
	ok(scan("a.test", DNS_CNAME) == 1 && m.kind == DNSMSG_FOUND &&
	    m.n == 1 && !strcmp(m.rr[0].name, "b.test") &&
	    !strcmp(m.owner, "a.test"), "the CNAME itself");

	head(0x81a0, 3, 0);
	question("_25._tcp.a.test", DNS_TLSA);
	record(0, DNS_TLSA, 7, 3 + 4);
	bytes("\3\1\1abcd", 7);
	record(0, DNS_TLSA, 7, 3);
	bytes("\2\0\2", 3);
	record(0, DNS_TLSA, 9, 3 + 2);
	bytes("\377\376\375xy", 5);
	ok(scan("_25._tcp.a.test", DNS_TLSA) == 1 && m.kind == DNSMSG_FOUND &&
	    m.n == 3 && m.ad && m.ttl == 7 && m.datalen == 6, "TLSA");
	ok(m.rr[0].usage == 3 && m.rr[0].selector == 1 && m.rr[0].match == 1 &&
	    m.rr[0].len == 4 && !memcmp(m.data + m.rr[0].at, "abcd", 4) &&
	    m.rr[1].usage == 2 && !m.rr[1].len && m.rr[2].usage == 255 &&
	    m.rr[2].len == 2 && !memcmp(m.data + m.rr[2].at, "xy", 2),
	    "its records");
	ok(!strcmp(m.owner, "_25._tcp.a.test"), "and whose");

	head(0x8180, 3, 0);
	question("_mta-sts.a.test", DNS_TXT);
	record(0, DNS_TXT, 7, 4 + 1 + 3);
	bytes("\3v=S\0\2TS", 8);
	record(0, DNS_TXT, 7, 0);
	record(0, DNS_TXT, 7, 2);
	bytes("\1x", 2);
	ok(scan("_mta-sts.a.test", DNS_TXT) == 1 && m.n == 3 &&
	    m.rr[0].len == 5 && !memcmp(m.data + m.rr[0].at, "v=STS", 5) &&
	    !m.rr[1].len && m.rr[2].len == 1 && m.data[m.rr[2].at] == 'x',
	    "TXT, its strings joined");
	head(0x8180, 1, 0);
	question("a.test", DNS_TXT);
	record(0, DNS_TXT, 7, 3);
	bytes("\3ab", 3);
	ok(scan("a.test", DNS_TXT) < 0, "TXT, a string cut short");
	head(0x8180, 1, 0);
	question("a.test", DNS_TXT);
	record(0, DNS_TXT, 7, 17 * 200);
	for (k = 0; k < 17; k++) {
		char s[200];

		memset(s, 'a', sizeof s);
		s[0] = (char)199;
		bytes(s, sizeof s);
	}
	ok(scan("a.test", DNS_TXT) == 1 && m.rr[0].len == 17 * 199,
	    "a long one");

	head(0x8180, 1, 0);
	question("a.test", DNS_AAAA);
	record(0, DNS_AAAA, 5, 16);
	bytes("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	ok(scan("a.test", DNS_AAAA) == 1 && m.n == 1 &&
	    ip46_is6(&m.rr[0].ip), "AAAA");
}

static void
try_negative(void)
{
	head(0x8183, 0, 1);
	question("a.test", DNS_A);
	record("test", DNS_SOA, 900, 22);
	num(0, 2);
	num(1, 4), num(2, 4), num(3, 4), num(4, 4), num(77, 4);
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_NXDOMAIN &&
	    m.ttl == 77, "NXDOMAIN, for as long as SOA says");
	b.s[3] = (char)0x80;
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_NODATA, "NODATA");
	b.s[3] = (char)0x82;
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_LATER, "SERVFAIL");
	b.s[3] = (char)0x85;
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_LATER, "REFUSED");
	head(0x8181, 0, 0);
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_FORMERR,
	    "FORMERR without a question");

	head(0x8180, 1, 0);
	question("a.test", DNS_A);
	record(0, DNS_CNAME, 3, 2);
	num(0xc00c, 2);
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_LOOP, "CNAME loop");
	head(0x8180, 1, 0);
	question("a.test", DNS_A);
	record(0, DNS_CNAME, 3, 3);
	name("b");
	ok(scan("a.test", DNS_A) == 1 && m.kind == DNSMSG_NODATA,
	    "CNAME to what has none");
}

static void
try_hostile(void)
{
	size_t n, k;
	int good = 1;

	head(0x8180, 1, 0);
	question("a.test", DNS_A);
	record(0, DNS_A, 5, 4);
	bytes("\300\0\2\1", 4);
	n = b.n;
	for (k = 0; k < n; k++) {
		b.n = k;
		good &= scan("a.test", DNS_A) < 0;
	}
	ok(good, "cut short anywhere");
	b.n = n;
	ok(scan("b.test", DNS_A) < 0, "another name's");
	ok(scan("a.test", DNS_AAAA) < 0, "another type's");
	b.s[2] = 1;
	ok(scan("a.test", DNS_A) < 0, "a question, no answer");

	head(0x8180, 1, 0);
	num(0xc00c, 2);
	num(DNS_A, 2), num(1, 2);
	ok(scan("a.test", DNS_A) < 0, "a pointer to itself");
	head(0x8180, 1, 0);
	num(1, 1), bytes("a", 1), num(0xc00c, 2);
	num(DNS_A, 2), num(1, 2);
	ok(scan("a", DNS_A) < 0, "a pointer to where its name begins");
	head(0x8180, 1, 0);
	num(0xc0ff, 2);
	num(DNS_A, 2), num(1, 2);
	ok(scan("a", DNS_A) < 0, "a pointer forward");
	head(0x8180, 1, 0);
	num(0x41, 1), bytes("a", 1), num(0, 1);
	num(DNS_A, 2), num(1, 2);
	ok(scan("a", DNS_A) < 0, "a label of unknown type");

	/* a name of 63 pointers, each a label longer: over 255 octets */
	head(0x8180, 1, 0);
	question("a", DNS_A);
	for (k = 0; k < 60; k++) {
		size_t at = b.n;

		num(4, 1), bytes("long", 4);
		if (k)
			num(0xc000 | (at - 7), 2);
		else
			num(0xc00c, 2);
	}
	n = b.n - 7;
	num(0xc000 | n, 2);
	num(DNS_A, 2), num(1, 2), num(5, 4), num(4, 2), num(0, 4);
	b.s[7] = 60;
	ok(scan("a", DNS_A) < 0, "a name that grows too long");

	head(0x8180, 1, 0);
	question("a.test", DNS_A);
	record(0, DNS_A, 5, 5);
	bytes("\300\0\2\1x", 5);
	ok(scan("a.test", DNS_A) < 0, "A of 5 octets");
	head(0x8180, 1, 0);
	question("a.test", DNS_MX);
	record(0, DNS_MX, 5, 6);
	num(1, 2), num(1, 1), bytes("b", 1), num(0, 1), bytes("!", 1);
	ok(scan("a.test", DNS_MX) < 0, "MX with something behind it");
	head(0x8180, 1, 0);
	question("a.test", DNS_MX);
	record(0, DNS_MX, 5, 2);
	num(1, 2);
	ok(scan("a.test", DNS_MX) < 0, "MX without a name");
	head(0x8180, 1, 0);
	question("a.test", DNS_MX);
	record(0, DNS_MX, 0xffffffff, 7);
	num(1, 2), num(3, 1), bytes("x\n.", 3), num(0, 1);
	ok(scan("a.test", DNS_MX) == 1 && !strcmp(m.rr[0].name, "x??") &&
	    m.ttl == 0, "octets that no host name has; a TTL below zero");

	head(0x8180, 100, 0);
	question("a.test", DNS_A);
	for (k = 0; k < 100; k++) {
		record(0, DNS_A, 5, 4);
		num(k, 4);
	}
	ok(scan("a.test", DNS_A) == 1 && m.n == DNSMSG_RECORDS,
	    "more records than are taken");
	head(0x8180, 200, 0);
	question("a.test", DNS_MX);
	for (k = 0; k < 200; k++) {
		record(0, DNS_MX, 5, 5);
		num(200 - k, 2);
		name("b");
	}
	ok(scan("a.test", DNS_MX) == 1 && m.n == DNSMSG_RECORDS, "200 MX");
	for (k = n = 0; k < m.n; k++)
		n += m.rr[k].pref <= DNSMSG_RECORDS;
	ok(n == DNSMSG_RECORDS, "of which the first are kept: %zu", n);
}

int
main(void)
{
	try_good();
	try_negative();
	try_hostile();
	return tap_end();
}
