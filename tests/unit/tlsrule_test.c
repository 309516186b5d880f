/* What is done about TLS with a host, by a table of what is known. */
#include "pneu-remote/tlsrule.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

/* Facts as letters: s secure, l lookup of TLSA fails, t TLSA, u usable, e no
 * engine, f TLS has failed; the MTA-STS policy: E enforced, T testing, L names
 * the host; 1 TLS from the first octet. */
static const struct {
	enum tlspolicy_level level;
	const char *facts, *want;
} cases[] = {
	{ TLSPOLICY_NONE, "", "clear" },
	{ TLSPOLICY_NONE, "stue", "clear" },
	{ TLSPOLICY_MAY, "", "may may" },
	{ TLSPOLICY_MAY, "stu", "may may" },
	{ TLSPOLICY_MAY, "f", "clear (TLS with it has failed)" },
	{ TLSPOLICY_MAY, "e", "clear (pneu-tls does not answer)" },
	{ TLSPOLICY_ENCRYPT, "", "must encrypt" },
	{ TLSPOLICY_ENCRYPT, "f", "must encrypt" },
	{ TLSPOLICY_ENCRYPT, "e", "later (TLS is required, but our TLS "
	    "engine is unavailable)" },
	{ TLSPOLICY_VERIFY, "", "must verify" },
	{ TLSPOLICY_VERIFY, "f", "must verify" },
	{ TLSPOLICY_SECURE, "stu", "must secure" },
	{ TLSPOLICY_FINGERPRINT, "", "must fingerprint" },
	{ TLSPOLICY_FINGERPRINT, "e", "later (TLS is required, but our TLS "
	    "engine is unavailable)" },
	{ TLSPOLICY_DANE, "", "may may" },
	{ TLSPOLICY_DANE, "tu", "may may" },	/* not signed: no TLSA */
	{ TLSPOLICY_DANE, "l", "may may" },
	{ TLSPOLICY_DANE, "f", "clear (TLS with it has failed)" },
	{ TLSPOLICY_DANE, "e", "clear (pneu-tls does not answer)" },
	{ TLSPOLICY_DANE, "s", "may may" },
	{ TLSPOLICY_DANE, "sf", "clear (TLS with it has failed)" },
	{ TLSPOLICY_DANE, "sl", "later site (TLSA lookup error)" },
	{ TLSPOLICY_DANE, "slf", "later site (TLSA lookup error)" },
	{ TLSPOLICY_DANE, "st", "must encrypt" },
	{ TLSPOLICY_DANE, "stf", "must encrypt" },
	{ TLSPOLICY_DANE, "stu", "must dane" },
	{ TLSPOLICY_DANE, "stuf", "must dane" },
	{ TLSPOLICY_DANE, "stue", "later (TLS is required, but our TLS "
	    "engine is unavailable)" },
	{ TLSPOLICY_DANE_ONLY, "", "later site (non DNSSEC destination)" },
	{ TLSPOLICY_DANE_ONLY, "e", "later site (non DNSSEC destination)" },
	{ TLSPOLICY_DANE_ONLY, "s", "later site (no TLSA records found)" },
	{ TLSPOLICY_DANE_ONLY, "sl", "later site (TLSA lookup error)" },
	{ TLSPOLICY_DANE_ONLY, "st", "later site (TLSA records unusable)" },
	{ TLSPOLICY_DANE_ONLY, "stu", "must dane" },
	{ TLSPOLICY_MAY, "EL", "must secure [enforce]" },
	{ TLSPOLICY_MAY, "ELf", "must secure [enforce]" },
	{ TLSPOLICY_MAY, "ELe", "later (TLS is required, but our TLS "
	    "engine is unavailable) [enforce]" },
	{ TLSPOLICY_MAY, "E", "later site (the domain's MTA-STS policy does "
	    "not name the host) [enforce]" },
	{ TLSPOLICY_MAY, "TL", "may may [testing, named]" },
	{ TLSPOLICY_MAY, "T", "may may [testing]" },
	{ TLSPOLICY_MAY, "TLf", "clear (TLS with it has failed) "
	    "[testing, named]" },
	{ TLSPOLICY_DANE, "EL", "must secure [enforce]" },
	{ TLSPOLICY_DANE, "sEL", "must secure [enforce]" },
	{ TLSPOLICY_DANE, "stEL", "must secure [enforce]" },
	{ TLSPOLICY_DANE, "stT", "must encrypt [testing]" },
	{ TLSPOLICY_DANE, "stuEL", "must dane" },
	{ TLSPOLICY_DANE, "stuE", "must dane" },
	{ TLSPOLICY_DANE, "stuT", "must dane" },
	{ TLSPOLICY_DANE, "slEL", "later site (TLSA lookup error)" },
	{ TLSPOLICY_DANE_ONLY, "EL", "later site (non DNSSEC destination)" },
	{ TLSPOLICY_NONE, "E", "clear" },
	{ TLSPOLICY_ENCRYPT, "E", "must encrypt" },
	{ TLSPOLICY_VERIFY, "T", "must verify" },
	{ TLSPOLICY_NONE, "1", "clear" },
	{ TLSPOLICY_MAY, "1", "must encrypt" },
	{ TLSPOLICY_MAY, "1f", "must encrypt" },
	{ TLSPOLICY_MAY, "1e", "later (TLS is required, but our TLS engine "
	    "is unavailable)" },
	{ TLSPOLICY_DANE, "1", "must encrypt" },
	{ TLSPOLICY_DANE, "s1f", "must encrypt" },
	{ TLSPOLICY_DANE, "stu1", "must dane" },
	{ TLSPOLICY_SECURE, "1", "must secure" },
};

static const char *
decide(enum tlspolicy_level l, const char *facts)
{
	static const char *const acts[] = { "clear", "may", "must", "later" };
	static char s[200];
	struct tlsrule_facts f = { .engine = 1 };
	struct tlsrule r;
	int n;

	for (; *facts; facts++)
		switch (*facts) {
		case 's': f.secure = 1; break;
		case 'l': f.tlsafail = 1; break;
		case 't': f.tlsa = 1; break;
		case 'u': f.usable = 1; break;
		case 'e': f.engine = 0; break;
		case 'f': f.failed = 1; break;
		case 'E': f.sts = STS_ENFORCE; break;
		case 'T': f.sts = STS_TESTING; break;
		case 'L': f.listed = 1; break;
		case '1': f.first = 1; break;
		}
	tlsrule(&r, l, &f);
	n = sprintf(s, "%s", acts[r.act]);
	if (r.act == TLSRULE_MAY || r.act == TLSRULE_MUST)
		n += sprintf(s + n, " %s", tls_level_word(r.level));
	if (r.site)
		n += sprintf(s + n, " site");
	if (r.why)
		n += sprintf(s + n, " (%s)", r.why);
	if (r.sts)
		sprintf(s + n, " [%s%s]", sts_mode_word(r.sts),
		    r.listed ? ", named" : "");
	return s;
}

/* Whatever happens, a level that must have TLS never goes in clear, and one
 * that is dane does not once signed TLSA records were seen, nor one that is
 * may or dane if a policy is enforced. */
static void
try_all(void)
{
	int l, bits, bad = 0;
	struct tlsrule r;

	for (l = TLSPOLICY_NONE; l <= TLSPOLICY_SECURE; l++)
	for (bits = 0; bits < 512; bits++) {
		struct tlsrule_facts f = { bits & 1, bits >> 1 & 1,
		    bits >> 2 & 1, bits >> 3 & 1, bits >> 4 & 1,
		    bits >> 5 & 1, bits >> 6 & 1 ? STS_ENFORCE : STS_NONE,
		    bits >> 7 & 1, bits >> 8 & 1 };
		int must = tlspolicy_must((enum tlspolicy_level)l) ||
		    (l == TLSPOLICY_DANE && f.secure && (f.tlsa ||
		    f.tlsafail)) || (f.sts && (l == TLSPOLICY_MAY ||
		    l == TLSPOLICY_DANE)) ||
		    (l != TLSPOLICY_NONE && f.first);

		tlsrule(&r, (enum tlspolicy_level)l, &f);
		bad += must && (r.act == TLSRULE_CLEAR ||
		    r.act == TLSRULE_MAY);
		bad += l == TLSPOLICY_NONE && r.act != TLSRULE_CLEAR;
		bad += r.act == TLSRULE_LATER && !r.why;
	}
	ok(!bad, "of all facts, %d wrong", bad);
}

static const struct {
	const char *word, *nexthop, *want;
} names[] = {
	{ "hostname", "a.test", "mx.a.test" },
	{ "NextHop", "a.test", "a.test" },
	{ "dot-nexthop", "a.test", ".a.test" },
	{ "nexthop", "", 0 },
	{ "dot-nexthop", "", 0 },
	{ ".x.test", "a.test", ".x.test" },
	{ "x.test", "", "x.test" },
};

int
main(void)
{
	char to[NEXTHOP_HOST_OCTETS + 2];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *s = decide(cases[i].level, cases[i].facts);

		ok(!strcmp(s, cases[i].want), "%s, %s: %s, wanted %s",
		    tlspolicy_name(cases[i].level), cases[i].facts, s,
		    cases[i].want);
	}
	try_all();
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct tlspolicy_word w = { names[i].word,
		    strlen(names[i].word) };
		int r = tlsrule_name(to, &w, "mx.a.test", names[i].nexthop);

		ok(r == (names[i].want != 0) && (!r || !strcmp(to,
		    names[i].want)), "name %s of \"%s\"", names[i].word,
		    names[i].nexthop);
	}
	return tap_end();
}
