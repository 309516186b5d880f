#include "submit/caller.h"
#include "submit/compose.h"
#include "submit/rcpts.h"
#include "submit/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

/* text.h: input, dot, and what it means. */
static const struct {
	const char *in;
	int dot;
	const char *want;
} texts[] = {
	{ "", 0, "" },
	{ "a\nb\n", 1, "a\nb\n" },
	{ "a\nb", 1, "a\nb" },
	{ "a\r\nb\r\n", 1, "a\nb\n" },
	{ "a\r\r\nb\r\rc\n", 1, "a\nb\r\rc\n" },
	{ "a\rb\n", 1, "a\rb\n" },
	{ "a\r", 1, "a\r" },
	{ "a\n.\nb\n", 1, "a\n" },
	{ "a\n.\nb\n", 0, "a\n.\nb\n" },
	{ "a\r\n.\r\nb\r\n", 1, "a\n" },
	{ "a\n.", 1, "a\n" },
	{ "a\n.\r", 1, "a\n" },
	{ "a\n..\n.b\n. \nc\n", 1, "a\n..\n.b\n. \nc\n" },
	{ "a.\n.\n", 1, "a.\n" },
	{ ".\na\n", 1, "" },
	{ "From a b\nTo: c\n", 1, "To: c\n" },
	{ "From a b\r\n.\r\nTo: c\n", 1, "" },
	{ "From: a\n", 1, "From: a\n" },
	{ "From", 1, "From" },
	{ "From ", 1, "" },
	{ ">From a\nb\n", 1, "b\n" },
	{ ">>>From a\n>Fro\nb\n", 1, ">Fro\nb\n" },
	{ ">a\n>From b\n", 1, ">a\n>From b\n" },
	{ ">From", 1, ">From" },
	{ "a\nFrom b\n", 1, "a\nFrom b\n" },
	{ "From a\nFrom b\nc\nFrom d\n", 1, "c\nFrom d\n" },
	{ "\r\n\r\n", 1, "\n\n" },
};

/* Feed s in pieces of at most step octets. */
static void
feed(stralloc *out, const char *s, size_t n, size_t step, int dot)
{
	struct text t = TEXT_ZERO;
	stralloc raw = STRALLOC_ZERO;
	size_t i, used;
	int eof;

	stralloc_ready(&raw, 1);
	t.dot = dot;
	out->len = 0;
	for (i = 0; i <= n && !t.ended; i += step) {
		size_t part = n - i < step ? n - i : step;

		stralloc_catb(&raw, s + i, part);
		eof = i + part == n;
		text_take(&t, out, raw.s, raw.len, eof, &used);
		raw.len -= used;
		memmove(raw.s, raw.s + used, raw.len);
		if (eof)
			break;
	}
	stralloc_free(&raw);
}

static void
test_texts(void)
{
	stralloc out = STRALLOC_ZERO;
	size_t i, step, n, m;

	stralloc_ready(&out, 1);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		int same = 1;

		n = strlen(texts[i].in);
		m = strlen(texts[i].want);
		for (step = 1; step <= n + 1; step++) {
			feed(&out, texts[i].in, n, step, texts[i].dot);
			same &= out.len == m &&
			    !memcmp(out.s, texts[i].want, m);
		}
		ok(same, "text %u, however it is cut", (unsigned int)i);
	}
	stralloc_free(&out);
}

static void
test_many_cr(void)
{
	static char s[5 * TEXT_CR_OCTETS + 2];
	stralloc out = STRALLOC_ZERO;

	memset(s, '\r', sizeof s);
	s[0] = 'a';
	s[sizeof s - 1] = 'b';
	feed(&out, s, sizeof s, 100, 1);
	ok(out.len == sizeof s, "many CR are not kept back for ever");
	stralloc_free(&out);
}

static void
test_rcpts(void)
{
	struct rcpts r = RCPTS_ZERO;
	char addr[32];
	int i, good = 1;

	ok(rcpts_add(&r, "a@b", 0) == 1 && rcpts_add(&r, "a", "b") == 2 &&
	    rcpts_add(&r, "A@B", 0) == 2 && rcpts_len(&r) == 1,
	    "each recipient once");
	for (i = 1; i < 50000; i++) {
		snprintf(addr, sizeof addr, "u%d@x.test", i);
		good &= rcpts_add(&r, addr, 0) == 1;
	}
	ok(good && rcpts_len(&r) == 50000, "50000 of them");
	ok(rcpts_add(&r, "u77@x.test", 0) == 2 &&
	    !strcmp(rcpts_at(&r, 77), "u77@x.test"), "found again");
	ok(rcpts_add(&r, "one@more", 0) == 0 && errno == E2BIG,
	    "but no more");
	rcpts_free(&r);
}

/* compose.h: a header, and what becomes of it; recipients with a space
 * behind each. */
static const struct {
	const char *in, *head, *rcpts;
	int lacks;
} headers[] = {
	{ "", "", "", 7 },
	{ "To: a\nSubject: x\n", "To: a@o\nSubject: x\n", "a@o ", 7 },
	{ "From: me\nDate: now\nMessage-Id: <x>\nTo: a@b\n",
	    "From: me@o\nDate: now\nMessage-Id: <x>\nTo: a@b\n", "a@b ", 0 },
	{ "To: a@b\nBcc: c@d,\n e@f\nCC: g@h\n", "To: a@b\nCC: g@h\n",
	    "a@b c@d e@f g@h ", 7 },
	{ "To: a@b\nResent-To: c@d\n", "To: a@b\nResent-To: c@d\n", "c@d ",
	    7 },
	{ "To: a@b\nResent-Bcc: c@d\nBcc: e@f\nFrom: g\n",
	    "To: a@b\nFrom: g@o\n", "c@d ", 7 },
	{ "Resent-From: x\nResent-To: c@d\nTo: a@b",
	    "Resent-From: x@o\nResent-To: c@d\nTo: a@b\n", "c@d ", 6 },
	{ "Return-Path: <a@b>\nContent-Length: 7\nX-Bcc: c\n", "X-Bcc: c\n",
	    "", 7 },
	{ "To: undisclosed-recipients:;\nBcc: a@b\n",
	    "To: undisclosed-recipients:;\n", "a@b ", 7 },
	{ "Apparently-To: a@b\n", "Apparently-To: a@b\n", "a@b ", 7 },
	{ "to:a\nTo :\tb\n", "to:a@o\nTo :\tb@o\n", "a@o b@o ", 7 },
	{ "Subject: To: a\n b\nReply-To: c\n",
	    "Subject: To: a\n b\nReply-To: c@o\n", "", 7 },
	{ "To: <>, @x, a@b\n", "To: <>, @x, a@b\n", "a@b !@x ", 7 },
};

static void
test_headers(void)
{
	stralloc got = STRALLOC_ZERO;
	size_t i, k;

	for (i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		struct compose c = COMPOSE_ZERO;

		c.origin = "o";
		c.collect = 1;
		compose_fields(&c, headers[i].in, strlen(headers[i].in));
		stralloc_0(&c.head);
		got.len = 0;
		for (k = 0; k < rcpts_len(compose_rcpts(&c)); k++) {
			stralloc_cats(&got, rcpts_at(compose_rcpts(&c), k));
			stralloc_append(&got, ' ');
		}
		if (c.bad.len) {
			stralloc_append(&got, '!');
			stralloc_cats(&got, c.bad.s);
			stralloc_append(&got, ' ');
		}
		stralloc_0(&got);
		ok(!strcmp(c.head.s, headers[i].head) &&
		    !strcmp(got.s, headers[i].rcpts) &&
		    compose_lacks(&c) == headers[i].lacks,
		    "header %u, to [%s]", (unsigned int)i, got.s);
		rcpts_free(&c.rcpts);
		rcpts_free(&c.resent_rcpts);
		stralloc_free(&c.head);
		stralloc_free(&c.bad);
		stralloc_free(&c.path);
	}
	stralloc_free(&got);
}

static void
test_missing(void)
{
	static const struct {
		const char *in, *name, *want;
	} t[] = {
		{ "To: a@b\n", 0, "To: a@b\nFrom: me@o\n"
		    "Date: Thu, 1 Jan 1970 00:00:01 +0000 (UTC)\n"
		    "Message-ID: <1000002.77.pneu@h>\n" },
		{ "Date: x\nMessage-ID: y\n", "Me\nBcc: x@y",
		    "Date: x\nMessage-ID: y\nFrom: \"Me Bcc: x@y\" <me@o>\n" },
		{ "From: x@y\nResent-Date: z\n", "M",
		    "Resent-From: M <me@o>\n"
		    "Resent-Message-ID: <1000002.77.pneu@h>\n"
		    "From: x@y\nResent-Date: z\n" },
	};
	struct compose_who w = { "me@o", 0, "h", 1000002, 77, 0, "UTC" };
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct compose c = COMPOSE_ZERO;

		c.origin = "o";
		w.name = t[i].name;
		compose_fields(&c, t[i].in, strlen(t[i].in));
		compose_missing(&c, &w);
		stralloc_0(&c.head);
		ok(!strcmp(c.head.s, t[i].want), "missing fields %u",
		    (unsigned int)i);
		stralloc_free(&c.head);
	}
}

static void
test_args(void)
{
	static const struct {
		const char *arg;
		int want;
		const char *addr;
	} t[] = {
		{ "", 1, "" }, { "<>", 1, "" }, { "a", 1, "a@o" },
		{ "a@b", 1, "a@b" }, { "Joe <a@b>", 1, "a@b" },
		{ "a@b (Joe)", 1, "a@b" }, { "@b", -1, 0 },
		{ "a@b\nBcc: c", -1, 0 }, { "\"a\nb\"@c", -1, 0 },
		{ "a\nb: c@d", -1, 0 },
		{ "a\x01@b", -1, 0 },
	};
	struct rcpts r = RCPTS_ZERO;
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		int got = compose_sender(&sa, t[i].arg, "o");

		ok(got == t[i].want && (got < 0 || !strcmp(sa.s, t[i].addr)),
		    "sender %u is [%s]", (unsigned int)i, got < 0 ? "-" : sa.s);
	}
	ok(compose_arg(&r, "a, b@c", "o") == 1 && rcpts_len(&r) == 2,
	    "an argument with two addresses");
	ok(compose_arg(&r, "", "o") == -1 && compose_arg(&r, "<>", "o") == -1 &&
	    compose_arg(&r, "x@y z", "o") == 1 && rcpts_len(&r) == 4,
	    "bad ones, and two by a space");
	rcpts_free(&r);
	stralloc_free(&sa);
}

static void
test_caller(void)
{
	static const char joe[] =
	    "joe:x:1000:100:& Public,Room 1:/home:/bin/sh";
	struct caller c;

	ok(caller_scan(&c, joe, sizeof joe - 1, 1000) &&
	    !strcmp(c.login, "joe") && !strcmp(c.name, "Joe Public"),
	    "a line of passwd: %s", c.name);
	ok(!caller_scan(&c, joe, sizeof joe - 1, 100) &&
	    !caller_scan(&c, joe, sizeof joe - 1, 10) &&
	    !caller_scan(&c, joe, 12, 1000) &&
	    !caller_scan(&c, "x:x:1000x:1:n:h:s", 17, 1000) &&
	    !caller_scan(&c, ":x:1000:1:n:h:s", 15, 1000) &&
	    !caller_scan(&c, "", 0, 0), "others are not his");
	ok(caller_lookup(&c, 0) == 1 && !strcmp(c.login, "root"), "uid 0");
	ok(caller_lookup(&c, 3999999999u) == 0 &&
	    !strcmp(c.login, "3999999999"), "a uid without a name");
}

int
main(void)
{
	test_texts();
	test_many_cr();
	test_rcpts();
	test_headers();
	test_missing();
	test_args();
	test_caller();
	return tap_end();
}
