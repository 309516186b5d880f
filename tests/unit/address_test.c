#include "mail/address.h"

#include <string.h>

#include "mail/verp.h"
#include "tap.h"

#define L64 "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffgggggggghhhhhhhh"
#define L63 "aaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffgggggggghhhhhhhh"

static const struct {
	const char *path;
	int used;		/* or the error */
	const char *want;
} paths[] = {
	{ "<a@b.test>", 10, "a@b.test" },
	{ "<a@b.test> SIZE=1", 10, "a@b.test" },
	{ "a@b.test", 8, "a@b.test" },
	{ "a@b.test SIZE=1", 8, "a@b.test" },
	{ "< a@b.test >", 12, "a@b.test" },
	{ "<>", 2, "" },
	{ "< >", 3, "" },
	{ "<postmaster>", 12, "postmaster" },
	{ "<A.B+c=d@B.Test>", 16, "A.B+c=d@B.Test" },
	{ "<!#$%&'*+-/=?^_`{|}~@b.test>", 28, "!#$%&'*+-/=?^_`{|}~@b.test" },
	/* quoted: only where it must be */
	{ "<\"a\"@b.test>", 12, "a@b.test" },
	{ "<\"a\\b\"@b.test>", 14, "ab@b.test" },
	{ "<\"a b\"@b.test>", 14, "\"a b\"@b.test" },
	{ "<\"a@c\"@b.test>", 14, "\"a@c\"@b.test" },
	{ "<\"a\\\"c\\\\\"@b.test>", 17, "\"a\\\"c\\\\\"@b.test" },
	{ "<\">\"@b.test>", 12, "\">\"@b.test" },
	{ "\" \"@b.test x", 10, "\" \"@b.test" },
	{ "<\"\"@b.test>", 11, "\"\"@b.test" },
	{ "<\"a..b\"@b.test>", 15, "\"a..b\"@b.test" },
	{ "<\"a@b\">", 7, "\"a@b\"" },
	/* dots as real mail has them */
	{ "<a@b.test.>", 11, "a@b.test" }, { "a@b.test. X", 9, "a@b.test" },
	{ "<a..b.@c.test>", 14, "a..b.@c.test" },
	{ "<.a@c.test>", 11, ".a@c.test" },
	/* source routes */
	{ "<@x.test:a@b.test>", 18, "a@b.test" },
	{ "<@x.test,@[192.0.2.1]:a@b.test>", 31, "a@b.test" },
	{ "<@[IPv6:::1]:a@b.test>", 22, "a@b.test" },
	{ "<@x.test>", -1, 0 },
	{ "<@x.test:>", -1, 0 },
	{ "<@x.test,a@b.test>", -1, 0 },
	{ "<@:a@b.test>", -1, 0 },
	/* literals */
	{ "<a@[192.0.2.1]>", 15, "a@[192.0.2.1]" },
	{ "<a@[IPv6:2001:db8::1]>", 22, "a@[IPv6:2001:db8::1]" },
	{ "<a@[ipv6:::ffff:192.0.2.1]>", 27, "a@[ipv6:::ffff:192.0.2.1]" },
	{ "<a@[192.0.2.256]>", -1, 0 },
	{ "<a@[192.0.2]>", -1, 0 },
	{ "<a@[::1]>", -1, 0 },
	{ "<a@[IPv6:192.0.2.1]>", -1, 0 },
	{ "<a@[x:y]>", -1, 0 },
	{ "<a@[]>", -1, 0 },
	{ "<a@[192.0.2.1>", -1, 0 },
	{ "<a@[192.0.2.1]x>", -1, 0 },
	/* no addresses */
	{ "", -1, 0 }, { "<", -1, 0 }, { "<a@b.test", -1, 0 },
	{ "<@>", -1, 0 }, { "<a@>", -1, 0 }, { "<@b.test>", -1, 0 },
	{ "<a b@c.test>", -1, 0 }, { "<a@b@c.test>", -1, 0 },
	{ "<a@b..test>", -1, 0 }, { "<a@b.test..>", -1, 0 },
	{ "<a@.>", -1, 0 }, { "<.>", 3, "." }, { "<a.>", 4, "a." },
	{ "<a@.b.test>", -1, 0 }, { "<a@-b.test>", -1, 0 },
	{ "<a@b-.test>", -1, 0 }, { "<a@b.test->", -1, 0 },
	{ "<a@b c>", -1, 0 }, { "<a@b/c>", -1, 0 },
	{ "<a\tb@c.test>", -1, 0 }, { "<\"a\nb\"@c.test>", -1, 0 },
	{ "<\"a@b.test>", -1, 0 }, { "<\"a\"b@c.test>", -1, 0 },
	{ "<a\"b\"@c.test>", -1, 0 }, { "<a<b@c.test>", -1, 0 },
	{ "<a,b@c.test>", -1, 0 }, { "<a:b@c.test>", -1, 0 },
	{ "<\xc3\xa4@b.test>", ADDRESS_ASCII, 0 },
	/* lengths */
	{ "<" L64 "@b.test>", 73, L64 "@b.test" },
	{ "<" L64 "x@b.test>", 74, L64 "x@b.test" },
	{ "<a@" L63 ".test>", 72, "a@" L63 ".test" },
	{ "<a@" L64 ".test>", -1, 0 },
	{ "<" L64 "@" L63 "." L63 "." L63 ">", ADDRESS_LONG, 0 },
	{ "<" L64 "@" L63 "." L63 "." "abcdefghijklmnopqrstuvwxyz"
	  "abcdefghijklmnopqrstuvwxyz0123456789>", ADDRESS_LONG, 0 },
	{ "<" L64 "@" L63 "." L63 "." "abcdefghijklmnopqrstuvwxyz"
	  "abcdefghijklmnopqrstuvwxyz012345678>", 256, L64 "@" L63 "." L63 "."
	  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz012345678" },
};

static void
test_paths(void)
{
	struct address a;
	size_t i;

	for (i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		const char *s = paths[i].path;
		int r = address_path_scan(&a, s, strlen(s));

		ok(r == paths[i].used && (r < 0 || (!strcmp(a.s,
		    paths[i].want) && strlen(a.s) == a.len)),
		    "%.*s: %d", (int)strcspn(s, "\n"), s, r);
	}
	ok(address_path_scan(&a, "<a\0b@c>", 7) == -1, "a NUL");
	ok(address_path_scan(&a, "<a@[IPv6:::1\0]>", 15) == -1,
	    "a NUL behind a literal");
	ok(address_path_scan(&a, "<\"a@b\"@c>", 9) == 9 && a.at == 5 &&
	    address_at(a.s, a.len) == 5, "the last @ divides");
	ok(address_path_scan(&a, "<\"a@b\">", 7) == 7 && a.at == a.len &&
	    address_at(a.s, a.len) == a.len, "none in quotes does");
	ok(address_scan(&a, "a@b.test", 8) == 1 && a.at == 1, "bare");
	ok(address_scan(&a, "<a@b.test>", 10) == -1, "not so bare");
}

static void
test_put(void)
{
	stralloc sa = STRALLOC_ZERO;

	ok(address_put(&sa, "a", 1, "b", 1) == 1 && sa.len == 3 &&
	    !memcmp(sa.s, "a@b", 3), "put");
	sa.len = 0;
	ok(address_put(&sa, "a\"b c", 5, "d", 1) == 1 && sa.len == 10 &&
	    !memcmp(sa.s, "\"a\\\"b c\"@d", 10), "put with quotes");
	ok(address_put(&sa, "a\nb", 3, "d", 1) == -1, "not with control");
	sa.len = 0;
	ok(address_local(&sa, "\"a\\\"b c\"@d", 8) && sa.len == 5 &&
	    !memcmp(sa.s, "a\"b c", 5), "as it is meant");
	stralloc_free(&sa);
}

/* Senders of lists, and what they are for a recipient. */
static const struct {
	const char *list, *rcpt, *owner, *each, *one;
} verps[] = {
	{ "ann-l@h.test", "joe@x.test", "ann-l-owner@h.test",
	    "ann-l-owner-@h.test-@[]", "ann-l-owner-joe=x.test@h.test" },
	{ "ann", "joe", "ann-owner", "ann-owner--@[]", "ann-owner-joe" },
	{ "\"a b\"@h", "\"c@d\"@x.test", "\"a b-owner\"@h",
	    "\"a b-owner-\"@h-@[]", "\"a b-owner-c@d=x.test\"@h" },
	{ "l@h", "\"a.\\\"b\"@x", "l-owner@h", "l-owner-@h-@[]",
	    "\"l-owner-a.\\\"b=x\"@h" },
};

static void
senders(void)
{
	stralloc sa = STRALLOC_ZERO, to = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof verps / sizeof verps[0]; i++) {
		sa.len = to.len = 0;
		ok(verp_owner(&sa, verps[i].list, 0) && stralloc_0(&sa) &&
		    !strcmp(sa.s, verps[i].owner) && !verp_is(sa.s),
		    "owner: %s", sa.s);
		sa.len = 0;
		ok(verp_owner(&sa, verps[i].list, 1) && stralloc_0(&sa) &&
		    !strcmp(sa.s, verps[i].each) && verp_is(sa.s),
		    "of each: %s", sa.s);
		ok(verp_for(&to, sa.s, verps[i].rcpt) && stralloc_0(&to) &&
		    !strcmp(to.s, verps[i].one), "to one: %s", to.s);
		to.len = 0;
		ok(verp_for(&to, sa.s, 0) && to.len == sa.len - 5 &&
		    !memcmp(to.s, sa.s, to.len), "for a notification");
	}
	ok(!verp_is("") && !verp_is("-@[]") && !verp_is("a@b") &&
	    !verp_is("a-@b.test"), "others are what they are");
	stralloc_free(&sa);
	stralloc_free(&to);
}

int
main(void)
{
	char ip[16];

	test_paths();
	test_put();
	ok(address_literal_scan(ip, "[192.0.2.7]", 11) == 4 && ip[3] == 7,
	    "literal");
	ok(address_literal_scan(ip, "[IPv6:::1]", 10) == 16 && ip[15] == 1,
	    "literal of IPv6");
	ok(address_isdomain("a_b.c-d.test", 12) && !address_isdomain("", 0) &&
	    !address_isdomain("a b", 3), "domains");
	senders();
	return tap_end();
}
