#include "mail/headmap.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

/* Addresses at old.test become those at new.test, "bob" becomes a quoted
 * one; senders become s@. */

static int broken;

static int
map(void *x, stralloc *to, const struct header_addr *a, enum headmap_kind k)
{
	const char *at = strchr(a->s, '@');

	(void)x;
	if (broken)
		return (errno = EIO, -1);
	if (!strcmp(a->s, "bob"))
		return stralloc_cats(to, "\"b b\"@x.test");
	if (!at || strcmp(at, "@old.test"))
		return 0;
	if (k == HEADMAP_SENDER)
		return stralloc_cats(to, "s@new.test");
	return stralloc_catb(to, a->s, (size_t)(at - a->s)) &&
	    stralloc_cats(to, "@new.test");
}

static const struct {
	const char *in, *out;	/* 0: the same */
} lists[] = {
	{ " a@old.test\n", " a@new.test\n" },
	{ " A <a@old.test>,\n\tb@other.test (B)\n",
	    " A <a@new.test>,\n\tb@other.test (B)\n" },
	{ " a@other.test  ,  b@other.test;;\n", 0 },
	{ " =?utf-8?q?J=C3=B6?= <j@old.test>\n",
	    " =?utf-8?q?J=C3=B6?= <j@new.test>\n" },
	{ " \"a@old.test, x\" <b@other.test>\n", 0 },
	{ " \"old\" <\"q q\"@old.test> (c)\n",
	    " \"old\" <\"q q\"@new.test> (c)\n" },
	{ " a (one (two)) @ (three)\n old.test (four)\n",
	    " a@new.test (one (two)) (three) (four)\n" },
	{ " \"a(b\"@old.test\n", " \"a(b\"@new.test\n" },
	{ " friends: a@old.test, bob;, c@old.test\n",
	    " friends: a@new.test, \"b b\"@x.test;, c@new.test\n" },
	{ " undisclosed-recipients:;\n", 0 },
	{ " <@relay.test:a@old.test>\n", " <@relay.test:a@new.test>\n" },
	{ " <>\n", 0 },
	{ " john doe a@old.test\n", 0 },
	{ " Bob <bob>, bob (Bob)\n",
	    " Bob <\"b b\"@x.test>, \"b b\"@x.test (Bob)\n" },
	{ " \"never closed <a@old.test>\n", 0 },
	{ "a@old.test", "a@new.test" },
	{ "", 0 },
};

static void
test_lists(void)
{
	stralloc out = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		const char *in = lists[i].in, *want = lists[i].out;

		/* of a damaged one its addresses as the walk sees them */
		out.len = 0;
		if (headmap_list(&out, in, strlen(in), HEADMAP_RECIPIENT, map,
		    0) < 0 || !stralloc_0(&out))
			return;
		if (strstr(in, "never"))
			want = " \"never closed <a@new.test>\n";
		if (!want)
			want = in;
		ok(!strcmp(out.s, want), "%.*s -> %.*s",
		    (int)strcspn(in, "\n"), in, (int)strcspn(out.s, "\n"),
		    out.s);
	}
	stralloc_free(&out);
}

static const char in[] =
"Received: from a@old.test\n"
"FROM : a@old.test\n"
"To: b@old.test,\n"
"  c@old.test\n"
"Resent-Cc: d@old.test\n"
"Tox: e@old.test\n"
"X-Long: x\n"
"\tTo: f@old.test\n"
"Reply-To:g@old.test\n"
"Subject: h@old.test\n"
"\n"
"To: i@old.test\n";

static const char out[] =
"Received: from a@old.test\n"
"FROM : s@new.test\n"
"To: b@new.test,\n"
"  c@new.test\n"
"Resent-Cc: d@new.test\n"
"Tox: e@old.test\n"
"X-Long: x\n"
"\tTo: f@old.test\n"
"Reply-To:s@new.test\n"
"Subject: h@old.test\n"
"\n"
"To: i@old.test\n";

static const char *
stream(const char *s, size_t n, size_t part)
{
	static stralloc sa = STRALLOC_ZERO;
	static struct headmap m = HEADMAP_ZERO;
	size_t i;

	sa.len = 0;
	headmap_init(&m, map, 0);
	for (i = 0; i < n; i += part)
		if (headmap_feed(&m, &sa, s + i,
		    n - i < part ? n - i : part) < 0)
			return "error";
	if (headmap_end(&m, &sa) < 0 || !stralloc_0(&sa))
		return "error";
	return sa.s;
}

static void
test_stream(void)
{
	static char big[HEADMAP_FIELD_OCTETS + 1000];
	size_t part;

	for (part = 1; part < 9; part++)
		ok(!strcmp(stream(in, sizeof in - 1, part), out),
		    "a message in parts of %u", (unsigned int)part);
	ok(!strcmp(stream(in, sizeof in - 1, sizeof in), out), "as a whole");
	ok(!strcmp(stream("To: b@old.test", 14, 3), "To: b@new.test"),
	    "without its last newline");
	ok(!strcmp(stream("no field\nTo: b@old.test\n", 24, 5),
	    "no field\nTo: b@old.test\n"), "a body at once");
	ok(!strcmp(stream(" x\nTo: b@old.test\n", 18, 5),
	    " x\nTo: b@old.test\n"), "a space is no field");
	ok(!strcmp(stream("", 0, 1), ""), "nothing");
	memset(big, ',', sizeof big - 1);
	memcpy(big, "To: b@old.test", 14);
	big[sizeof big - 2] = '\n';
	ok(!strcmp(stream(big, sizeof big - 1, 777), big),
	    "a field that is too long stays");
	broken = 1;
	ok(!strcmp(stream(in, sizeof in - 1, 5), "error") && errno == EIO,
	    "a map that cannot tell");
}

int
main(void)
{
	test_lists();
	test_stream();
	return tap_end();
}
