#include "mail/header.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* An address list, and what is found: addresses, each followed by a space;
 * ~ behind those without a domain, <> null, ! behind what is none. */
static const struct {
	const char *list, *want;
} lists[] = {
	{ "a@b", "a@b " },
	{ "a@b, c@d", "a@b c@d " },
	{ "", "" },
	{ " ,, ,", "" },
	{ "a@b,", "a@b " },
	{ "a@b c@d", "\"a@b c\"@d " },
	{ ",a@b,,c@d,,", "a@b c@d " },
	{ "joe", "joe~ " },
	{ "Joe Public <joe@x.test>", "joe@x.test " },
	{ "Joe Q. Public <joe@x.test>", "joe@x.test " },
	{ "\"Public, Joe\" <joe@x.test>, bob", "joe@x.test bob~ " },
	{ "\"Joe \\\"the <a@b>\\\" P\" <joe@x.test>", "joe@x.test " },
	{ "joe@x.test (Joe, the (nested \\) one) Public)", "joe@x.test " },
	{ "(c)joe(c)@(c)x(c).(c)test(c)", "joe@x.test " },
	{ "joe . q . public @ x . test", "joe.q.public@x.test " },
	{ "Joe\n <joe@x.test>,\n\tbob@\n y.test", "joe@x.test bob@y.test " },
	/* quoted local parts */
	{ "\"joe q\"@x.test", "\"joe q\"@x.test " },
	{ "\"joe\"@x.test", "joe@x.test " },
	{ "\"joe\"", "joe~ " },
	{ "\"a\\\"b\\\\c\"@x", "\"a\\\"b\\\\c\"@x " },
	{ "\"joe\n q\"@x", "\"joe q\"@x " },
	{ "\"\"@x.test", "\"\"@x.test " },
	{ "joe\\@home@x", "\"joe@home\"@x " },
	{ "a@b@c", "\"a@b\"@c " },
	{ "a.\"b c\".d@x", "\"a.b c.d\"@x " },
	/* groups */
	{ "undisclosed-recipients:;", "" },
	{ "undisclosed recipients: ;", "" },
	{ "A Group:Ed <ed@x>,joe@y,John <j@z>;", "ed@x joe@y j@z " },
	{ "g1:a@b; , c@d, g2: e@f, g;", "a@b c@d e@f g~ " },
	{ "g1:a@b; c@d", "a@b c@d " },
	{ "\"a:b\": c@d;", "c@d " },
	/* routes */
	{ "<@r1.test,@r2.test:a@b>", "a@b " },
	{ "Joe <@r1.test:a@b>, c@d", "a@b c@d " },
	{ "<@r1.test a@b>", "\"@r1.test a\"@b " },
	/* literals, and a port that is none */
	{ "a@[192.0.2.1], b@[IPv6:2001:db8::1]",
	    "a@[192.0.2.1] b@[IPv6:2001:db8::1] " },
	{ "a@[ 192.0.2.1 ]", "a@[192.0.2.1] " },
	{ "a@[192.0.2.1, b@c", "a@[192.0.2.1 b@c " },
	{ "[List] Joe <a@b>", "a@b " },
	{ "a@b:25", "a@b:25 " },
	{ "a@b.test.", "a@b.test " },
	/* null */
	{ "<>", "<> " },
	{ "Mailer <>", "<> " },
	{ "a@b, <>", "a@b <> " },
	/* encoded words and 8-bit octets */
	{ "=?utf-8?Q?J=C3=B6rg?= <j@x>", "j@x " },
	{ "=?iso-8859-1?B?Sm9lLCA8YUBiPg==?= <j@x>, k@y", "j@x k@y " },
	{ "J\xc3\xb6rg <j@x>", "j@x " },
	{ "j\xc3\xb6rg@x", "j\xc3\xb6rg@x " },
	/* damage */
	{ "Joe <joe@x", "joe@x " },
	{ "Joe <joe@x, bob@y", "joe@x bob@y " },
	{ "Joe <joe@x>> , b@y", "joe@x b@y " },
	{ "<<joe@x>>", "joe@x " },
	{ "<joe@x> <bob@y>", "joe@x bob@y " },
	{ "<joe@x> bob@y", "joe@x bob@y " },
	{ "<joe@x> Joe, bob", "joe@x bob~ " },
	{ "<joe@x>, bob", "joe@x bob~ " },
	{ "joe@x <joe@y>", "joe@y " },
	{ "\"Joe <joe@x>, bob@y", "joe@x bob@y " },
	{ "joe@x (Joe, bob@y", "joe@x bob@y " },
	{ "(Joe <joe@x>, bob@y", "joe@x bob@y " },
	{ "joe@x ), bob@y", "joe@x bob@y " },
	{ "joe@x; bob@y", "joe@x bob@y " },
	{ "joe@x > bob, c@d", "joe@x bob! c@d " },
	{ "joe smith", "\"joe smith\"~ " },
	{ "joe@", "joe~ " },
	{ "@x.test", "@x.test! " },
	{ "joe@x y", "joe@x y! " },
	{ "joe\x01@x", "joe\x01@x! " },
	{ "a..b@x, .a@x", "\"a..b\"@x \".a\"@x " },
	{ "joe@x.test\\", "joe@x.test " },
	{ "mailto:joe@x.test", "joe@x.test " },
	{ "host!joe, joe%h@x", "host!joe~ joe%h@x " },
	{ "|/bin/sh, /etc/passwd, \"|sh -c 'x'\"",
	    "|/bin/sh~ /etc/passwd~ \"|sh -c 'x'\"~ " },
};

/* The same, where words divide. */
static const struct {
	const char *list, *want;
} words[] = {
	{ "a@b c@d", "a@b c@d " },
	{ "a b\tc@d\n e", "a~ b~ c@d e~ " },
	{ "a@b (x) c@d, e", "a@b c@d e~ " },
	{ "Joe Doe <a@b> c@d", "a@b c@d " },
	{ "joe@x via a list <a@b>", "a@b " },
	{ "joe@x (Joe <y>) z@y", "joe@x z@y " },
	{ "a b, Joe Doe <c@d>, e f", "a~ b~ c@d e~ f~ " },
	{ "a \"b, c\" <c@d>", "c@d " },
	{ "A Group: a b, c@d;", "a~ b~ c@d " },
	{ "a . b @ c . d e", "a.b@c.d e~ " },
	{ "\"a b\"@c \"d e\"@f", "\"a b\"@c \"d e\"@f " },
	{ "a@[192.0.2.1] b", "a@[192.0.2.1] b~ " },
	{ "a b (c", "a~ b~ " },
};

static void
test_list(size_t i, const char *list, const char *want, int bywords)
{
	struct header_walk w = HEADER_WALK(list, strlen(list));
	struct header_addr a;
	stralloc got = STRALLOC_ZERO;

	w.words = bywords;
	while (header_next(&w, &a) > 0) {
		stralloc_cats(&got, a.kind == HEADER_NULL ? "<>" : a.s);
		stralloc_cats(&got, a.kind == HEADER_LOCAL ? "~ " :
		    a.kind == HEADER_BAD ? "! " : " ");
	}
	stralloc_0(&got);
	ok(!strcmp(got.s, want), "list %u gives [%s], is [%s]",
	    (unsigned int)i, want, got.s);
	header_walk_free(&w);
	stralloc_free(&got);
}

/* Completion in place. */
static const struct {
	const char *list, *want;
} completions[] = {
	{ " joe\n", " joe@o\n" },
	{ " joe (Joe), Bob  <bob>,\n\tc@d\n",
	    " joe@o (Joe), Bob  <bob@o>,\n\tc@d\n" },
	{ " \"j q\" <\"j q\">", " \"j q\" <\"j q\"@o>" },
	{ " joe@ , g: a, b@c ;", " joe@o , g: a@o, b@c ;" },
	{ " joe smith", " joe smith" },
	{ " undisclosed-recipients:;\n", " undisclosed-recipients:;\n" },
	{ " <joe", " <joe@o" },
	{ " =?utf-8?Q?J=C3=B6rg?= <j>", " =?utf-8?Q?J=C3=B6rg?= <j@o>" },
	{ " j . q (x) , k", " j . q@o (x) , k@o" },
	{ "", "" },
};

/* A message, the length of its header and where its body begins. */
static const struct {
	const char *msg;
	size_t len, body;
} ends[] = {
	{ "A: b\n\nbody", 5, 6 },
	{ "A: b\n c\n\nbody\n", 8, 9 },
	{ "A: b\n \nC: d\n\n", 12, 13 },
	{ "\nbody", 0, 1 },
	{ "", 0, 0 },
	{ "body without a header\n", 0, 0 },
	{ "A: b\nbody\n", 5, 5 },
	{ "A: b", 4, 4 },
	{ "A : b\nB\t: c\n\n", 12, 13 },
	{ " lead\nA: b\n", 0, 0 },
	{ ": x\n", 0, 0 },
	{ ">From x\nA: b\n", 0, 0 },
	{ "\xc3\xb6: x\n", 0, 0 },
};

static void
test_ends(void)
{
	size_t i, cut, len, body, n;
	int whole = 1;

	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		n = strlen(ends[i].msg);
		ok(header_end(ends[i].msg, n, 1, &len, &body) == 1 &&
		    len == ends[i].len && body == ends[i].body,
		    "header %u ends at %zu, %zu", (unsigned int)i, len, body);
		for (cut = 0; cut < n; cut++)
			whole &= header_end(ends[i].msg, cut, 0, &len,
			    &body) == 0 || (len == ends[i].len &&
			    body == ends[i].body);
	}
	ok(whole, "a header cut short asks for more or is the same");
}

static void
test_limits(void)
{
	size_t n = HEADER_OCTETS + 10, len, body;
	stralloc s = STRALLOC_ZERO;
	size_t i;

	stralloc_ready(&s, n);
	memset(s.s, 'x', n);
	memcpy(s.s, "A: ", 3);
	ok(header_end(s.s, HEADER_FIELD_OCTETS + 10, 1, &len, &body) < 0,
	    "a field over its limit");
	ok(header_end(s.s, n, 0, &len, &body) < 0, "a header over its limit");
	for (i = 0; i + 4 < n; i += 4)
		memcpy(s.s + i, "A:b\n", 4);
	ok(header_end(s.s, n, 0, &len, &body) < 0,
	    "a header of many fields over its limit");
	ok(header_end(s.s, 1024, 0, &len, &body) == 0, "and one within");
	stralloc_free(&s);
}

static void
test_fields(void)
{
	static const char h[] = "To: a\n b\nCC : c\nX:\n";
	struct header_field f;
	size_t n = sizeof h - 1;
	int used;

	used = header_scan(&f, h, n);
	ok(used == 9 && f.n == 9 && f.namelen == 2 && f.at == 3 &&
	    header_is(&f, "to") && !header_is(&f, "t"), "a folded field");
	used = header_scan(&f, h + 9, n - 9);
	ok(used == 7 && header_is(&f, "cc") && f.at == 4,
	    "space before the colon");
	used = header_scan(&f, h + 16, n - 16);
	ok(used == 3 && header_is(&f, "x") && f.at == 2, "an empty one");
	ok(header_scan(&f, h, 0) == 0, "the end");
	ok(header_scan(&f, "x y\n", 4) == -1, "no field");
}

static void
test_phrases(void)
{
	static const struct {
		const char *name, *want;
	} t[] = {
		{ "Joe Public", "Joe Public" },
		{ "Joe Q. Public", "\"Joe Q. Public\"" },
		{ "a \"b\" \\c", "\"a \\\"b\\\" \\\\c\"" },
		{ "Joe\nBcc: x", "\"Joe Bcc: x\"" },
		{ "J\xc3\xb6rg", "=?utf-8?Q?J=C3=B6rg?=" },
		{ "J\xf6rg", "\"J\xf6rg\"" },
		{ "=?utf-8?Q?x?=", "\"=?utf-8?Q?x?=\"" },
		{ "J\xc3\xb6rg\nB: c", "=?utf-8?Q?J=C3=B6rg_B=3A_c?=" },
	};
	char name[201];
	stralloc s = STRALLOC_ZERO;
	size_t i, line = 0, longest = 0;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		s.len = 0;
		header_phrase(&s, t[i].name, strlen(t[i].name));
		stralloc_0(&s);
		ok(!strcmp(s.s, t[i].want), "phrase [%s]", s.s);
	}
	for (i = 0; i < 200; i += 2)
		memcpy(name + i, "\xc3\xb6", 2);
	s.len = 0;
	header_phrase(&s, name, 200);
	for (i = 0; i < s.len; i++) {
		line = s.s[i] == '\n' ? 0 : line + 1;
		longest = line > longest ? line : longest;
	}
	ok(longest <= 76, "encoded words are at most 75 long, are %zu",
	    longest);
	stralloc_free(&s);
}

static void
test_hostile(void)
{
	size_t n = 1 << 20, i;
	static const char fill[] = "(\"<[\\:;,@.";
	static const char *const pairs[] = { "a ", "a(", "a \"", "a b)" };
	char *s = malloc(n);
	struct header_addr a;
	int done = 0;

	for (i = 0; i < sizeof fill - 1; i++) {
		struct header_walk w = HEADER_WALK(s, n);

		memset(s, fill[i], n);
		while (header_next(&w, &a) > 0)
			;
		done += w.pos == n;
		header_walk_free(&w);
	}
	ok(done == sizeof fill - 1, "a mebibyte of each special is soon read");
	for (i = done = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct header_walk w = HEADER_WALK(s, n);
		size_t j, m = strlen(pairs[i]);

		for (j = 0; j < n; j++)
			s[j] = pairs[i][j % m];
		w.words = 1;
		while (header_next(&w, &a) > 0)
			;
		done += w.pos == n;
		header_walk_free(&w);
	}
	ok(done == sizeof pairs / sizeof pairs[0], "and of words");
	free(s);
}

int
main(void)
{
	stralloc out = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
		test_list(i, lists[i].list, lists[i].want, 0);
	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		test_list(i, words[i].list, words[i].want, 1);
	for (i = 0; i < sizeof completions / sizeof completions[0]; i++) {
		out.len = 0;
		header_complete(&out, completions[i].list,
		    strlen(completions[i].list), "o");
		stralloc_0(&out);
		ok(!strcmp(out.s, completions[i].want), "completion %u",
		    (unsigned int)i);
	}
	stralloc_free(&out);
	test_ends();
	test_limits();
	test_fields();
	test_phrases();
	test_hostile();
	return tap_end();
}
