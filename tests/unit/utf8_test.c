#include "mail/utf8.h"

#include <string.h>

#include "mail/address.h"
#include "tap.h"

static int
same(const stralloc *sa, const char *s)
{
	return sa->len == strlen(s) && !memcmp(sa->s, s, sa->len);
}

/* RFC 3492 section 7.1 (those of which no capital is to stay), and names that
 * are registered. */
static void
test_domain(void)
{
	static const struct {
		const char *u, *a;	/* a 0: none */
	} v[] = {
		{ "\xd9\x84\xd9\x8a\xd9\x87\xd9\x85\xd8\xa7\xd8\xa8\xd8\xaa"
		  "\xd9\x83\xd9\x84\xd9\x85\xd9\x88\xd8\xb4\xd8\xb9\xd8\xb1"
		  "\xd8\xa8\xd9\x8a\xd8\x9f", "xn--egbpdaj6bu4bxfgehfvwxn" },
		{ "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9"
		  "\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
		  "xn--ihqwcrb4cv8a8dqg056pqjye" },
		{ "3\xe5\xb9\xb4""b\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5"
		  "\x85\x88\xe7\x94\x9f", "xn--3b-ww4c5e180e575a65lsy2b" },
		{ "\xe3\x81\xb2\xe3\x81\xa8\xe3\x81\xa4\xe5\xb1\x8b\xe6\xa0"
		  "\xb9\xe3\x81\xae\xe4\xb8\x8b""2",
		  "xn--2-u9tlzr9756bt3uc0v" },
		{ "\xe3\x81\x9d\xe3\x81\xae\xe3\x82\xb9\xe3\x83\x94\xe3\x83"
		  "\xbc\xe3\x83\x89\xe3\x81\xa7", "xn--d9juau41awczczp" },
		{ "b\xc3\xbc""cher.example", "xn--bcher-kva.example" },
		{ "M\xc3\x9cNCHEN.DE", "xn--mnchen-3ya.DE" },
		{ "stra\xc3\x9f""e.de", "xn--strae-oqa.de" },
		{ "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9c\xd0\x95\xd0\xa0.\xd1\x80"
		  "\xd1\x84", "xn--e1afmkfd.xn--p1ai" },
		{ "\xce\x94\xcf\x80\xce\xb8.gr", "xn--pxaix.gr" },
		{ "plain.example", "plain.example" }, { "", "" },
		{ "\xff.example", 0 }, { "\xc3.example", 0 },
		{ "\xc2\x80.example", 0 },
	};
	stralloc sa = STRALLOC_ZERO;
	size_t i;
	int r;

	for (i = 0; i < sizeof v / sizeof v[0]; i++) {
		sa.len = 0;
		r = utf8_domain(&sa, v[i].u, strlen(v[i].u));
		ok(v[i].a ? r > 0 && same(&sa, v[i].a) : r < 0, "%s: %.*s",
		    v[i].a ? v[i].a : "none", (int)sa.len, sa.len ? sa.s : "");
	}
	stralloc_free(&sa);
}

static void
test_is(void)
{
	static const struct {
		const char *s;
		int is;
	} v[] = {
		{ "a", 1 }, { "", 1 }, { "\xc3\xb6", 1 },
		{ "\xf0\x9f\x93\xa8", 1 }, { "\xc0\x80", 0 },
		{ "\xc1\xbf", 0 }, { "\xe0\x80\x80", 0 },
		{ "\xed\xa0\x80", 0 }, { "\xf4\x90\x80\x80", 0 },
		{ "\xf8\x88\x80\x80\x80", 0 }, { "\x80", 0 },
		{ "\xe2\x82", 0 }, { "\xc2\x85", 0 }, { "\xef\xbf\xbf", 1 },
	};
	size_t i;

	for (i = 0; i < sizeof v / sizeof v[0]; i++)
		ok(utf8_is(v[i].s, strlen(v[i].s)) == v[i].is, "UTF-8 %zu", i);
}

static void
test_xtext(void)
{
	static const struct {
		const char *plain, *x;
	} v[] = {
		{ "j\xc3\xb6rg@x.test", "j\\x{F6}rg@x.test" },
		{ "a+b=c\\d e@x", "a\\x{2B}b\\x{3D}c\\x{5C}d\\x{20}e@x" },
		{ "\xf0\x9f\x93\xa8@x", "\\x{1F4E8}@x" },
		{ "\xe6\x9d\x8e@x", "\\x{674E}@x" },
	};
	static const char *const bad[] = { "\\x{}", "\\x{A}", "\\x{D800}",
		"\\x{110000}", "\\x{0A}", "\\x{41", "\\x", "\\x{G0}",
		"\\x{85}", "\\x{7F}", "\\x{0000041}" };
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof v / sizeof v[0]; i++) {
		sa.len = 0;
		utf8_xtext(&sa, v[i].plain, strlen(v[i].plain));
		ok(same(&sa, v[i].x), "%s", v[i].x);
		sa.len = 0;
		utf8_unxtext(&sa, v[i].x, strlen(v[i].x));
		ok(same(&sa, v[i].plain), "and back");
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		sa.len = 0;
		utf8_unxtext(&sa, bad[i], strlen(bad[i]));
		ok(same(&sa, bad[i]), "%s stays", bad[i]);
	}
	stralloc_free(&sa);
}

static void
test_address(void)
{
	static const struct {
		const char *s, *want;	/* 0: refused */
		int ascii;
	} v[] = {
		{ "j\xc3\xb6rg@x.test", "j\xc3\xb6rg@x.test", ADDRESS_ASCII },
		{ "a@b\xc3\xbc""cher.test", "a@xn--bcher-kva.test",
		  ADDRESS_ASCII },
		{ "\"j\xc3\xb6 rg\"@x.test", "\"j\xc3\xb6 rg\"@x.test",
		  ADDRESS_ASCII },
		{ "\"j\xc3\xb6rg\"@x.test", "j\xc3\xb6rg@x.test",
		  ADDRESS_ASCII },
		{ "a@x.test", "a@x.test", 1 },
		{ "j\xf6rg@x.test", 0, ADDRESS_ASCII },
		{ "a@b\xfc.test", 0, ADDRESS_ASCII },
		{ "a@-\xc3\xbc.test.", 0, ADDRESS_ASCII },
		{ "a@\xc3\xbc..test", 0, ADDRESS_ASCII },
		{ "a@\xc3\xbc b.test", 0, ADDRESS_ASCII },
		{ "a\xc2\x85@x.test", 0, ADDRESS_ASCII },
	};
	struct address a;
	size_t i;
	int r;

	for (i = 0; i < sizeof v / sizeof v[0]; i++) {
		r = address_scan(&a, v[i].s, strlen(v[i].s));
		ok(r == v[i].ascii, "only ASCII: %d", r);
		r = address_scan8(&a, v[i].s, strlen(v[i].s));
		ok(v[i].want ? r > 0 && !strcmp(a.s, v[i].want) : r < 0,
		    "UTF-8: %s", r > 0 ? a.s : "refused");
		ok(r < 0 || (a.len == strlen(a.s) && a.s[a.at] == '@'),
		    "divided");
	}
}

int
main(void)
{
	test_domain();
	test_is();
	test_xtext();
	test_address();
	return tap_end();
}
