#include "smtp/reply.h"

#include <string.h>

#include "tap.h"

static const struct {
	const char *in;
	int event;
	unsigned int code;
	const char *dsn, *text;
} cases[] = {
	{ "250 Ok\r\n", SMTP_REPLY_END, 250, "", "Ok" },
	{ "250 2.1.0 Ok\r\n", SMTP_REPLY_END, 250, "2.1.0", "2.1.0 Ok" },
	{ "250\r\n", SMTP_REPLY_END, 250, "", "" },
	{ "250 \r\n", SMTP_REPLY_END, 250, "", "" },
	{ "250 Ok\n", SMTP_REPLY_END, 250, "", "Ok" },
	{ "250-a\r\n250-b\r\n250 c\r\n", SMTP_REPLY_END, 250, "", "a b c" },
	{ "550-5.1.1 a\r\n550 5.1.1 b\r\n", SMTP_REPLY_END, 550, "5.1.1",
	  "5.1.1 a 5.1.1 b" },
	{ "550-5.1.1 a\r\n550 b\r\n", SMTP_REPLY_END, 550, "",
	  "5.1.1 a b" },
	{ "250-a\r\n550 b\r\n", SMTP_REPLY_END, 550, "", "a b" },
	{ "450 5.1.1 a\r\n", SMTP_REPLY_END, 450, "", "5.1.1 a" },
	{ "450 4.1 a\r\n", SMTP_REPLY_END, 450, "", "4.1 a" },
	{ "450 4.1.1\r\n", SMTP_REPLY_END, 450, "4.1.1", "4.1.1" },
	{ "450 4.1.1x\r\n", SMTP_REPLY_END, 450, "", "4.1.1x" },
	{ "450 4.1000.1 x\r\n", SMTP_REPLY_END, 450, "", "4.1000.1 x" },
	{ "220 a\tb\x01\xff\r\n", SMTP_REPLY_END, 220, "", "a b??" },
	{ "220 a\rb\r\r\n", SMTP_REPLY_END, 220, "", "a?b?" },
	{ "hello\x01\r\n", SMTP_REPLY_BAD, 0, 0, "hello?" },
	{ "199 x\r\n", SMTP_REPLY_BAD, 0, 0, "199 x" },
	{ "600 x\r\n", SMTP_REPLY_BAD, 0, 0, 0 },
	{ "25\r\n", SMTP_REPLY_BAD, 0, 0, "25" },
	{ "\r\n", SMTP_REPLY_BAD, 0, 0, "" },
	{ "250x\r\n", SMTP_REPLY_BAD, 0, 0, "250x" },
	{ "250-a\r\nb\r\n", SMTP_REPLY_BAD, 0, 0, 0 },
	{ "250-a\r\n250", SMTP_REPLY_MORE, 0, 0, 0 },
};

/* Feed s[0..n) over its lines. */
static int
feed(struct smtp_reply *r, const char *s, size_t n)
{
	size_t used, i = 0;
	int e = SMTP_REPLY_MORE;

	while (i < n) {
		e = smtp_reply_feed(r, s + i, n - i, &used);
		i += used;
		if (e == SMTP_REPLY_END || e == SMTP_REPLY_BAD)
			return e;
	}
	return e == SMTP_REPLY_LINE ? SMTP_REPLY_MORE : e;
}

static void
test_cases(void)
{
	size_t i, cut, n;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int fine = 1;

		n = strlen(cases[i].in);
		for (cut = 0; cut <= n; cut++) {
			struct smtp_reply r;
			int e;

			smtp_reply_init(&r);
			e = feed(&r, cases[i].in, cut);
			if (e == SMTP_REPLY_MORE)
				e = feed(&r, cases[i].in + cut, n - cut);
			if (cut == n && e == SMTP_REPLY_MORE)
				fine &= cases[i].event == e;
			else if (cut < n)
				fine &= e == cases[i].event;
			if (e == SMTP_REPLY_BAD && cut == n && cases[i].text)
				fine &= !strcmp(r.line, cases[i].text);
			if (e == SMTP_REPLY_END)
				fine &= r.code == cases[i].code &&
				    !strcmp(r.dsn, cases[i].dsn) &&
				    !strcmp(r.text, cases[i].text) &&
				    r.textlen == strlen(r.text);
		}
		ok(fine, "reply %zu: %.*s", i, (int)strcspn(cases[i].in,
		    "\t\r\n"), cases[i].in);
	}
}

static void
test_size(void)
{
	struct smtp_reply r;
	size_t i, used;
	int e = SMTP_REPLY_MORE;

	smtp_reply_init(&r);
	ok(feed(&r, "550-the first line\r\n", 20) == SMTP_REPLY_MORE, "first");
	for (i = 0; i < 10000; i++)
		e = feed(&r, "550-and another\r\n", 17);
	ok(e == SMTP_REPLY_MORE, "10000 lines");
	ok(feed(&r, "550 5.7.1 the last line\r\n", 25) == SMTP_REPLY_END &&
	    r.textlen <= SMTP_REPLY_TEXT_OCTETS &&
	    !strncmp(r.text, "the first line and another", 26) &&
	    strstr(r.text, " ... 5.7.1 the last line") &&
	    !strcmp(r.dsn, "5.7.1"), "first and last are kept: %s", r.text);

	smtp_reply_init(&r);
	feed(&r, "250 ", 4);
	for (i = 0; i < 10000; i++)
		feed(&r, "xxxxxxxxxx", 10);
	ok(feed(&r, "\r\n", 2) == SMTP_REPLY_END &&
	    r.linelen == SMTP_REPLY_TEXT_OCTETS &&
	    r.textlen <= SMTP_REPLY_TEXT_OCTETS, "a line of 100000");

	smtp_reply_init(&r);
	for (i = 0; i < 10000 * 51; i++)
		e = feed(&r, i % 51 ? "yyyyyyyyyy" : "\r\n250-yyyyy" +
		    (i ? 0 : 2), i % 51 || !i ? 10 : 12);
	ok(feed(&r, "\r\n250 x\r\n", 9) == SMTP_REPLY_END,
	    "10000 lines of 512 octets");

	smtp_reply_init(&r);
	for (i = 0; i < SMTP_REPLY_OCTETS / 10 + 2; i++) {
		e = smtp_reply_feed(&r, "250-xxxx\r\n", 10, &used);
		if (e == SMTP_REPLY_BAD)
			break;
	}
	ok(e == SMTP_REPLY_BAD, "one without end");
}

static void
test_put(void)
{
	stralloc sa = STRALLOC_ZERO;
	char text[1000];

	smtp_reply_put(&sa, 250, "2.1.0", "Ok", 2);
	smtp_reply_put(&sa, 220, 0, "a\nb\n", 4);
	smtp_reply_put(&sa, 220, "", "x\ty\r\1", 5);
	ok(sa.len == 45 && !memcmp(sa.s, "250 2.1.0 Ok\r\n"
	    "220-a\r\n220-b\r\n220 \r\n220 x y??\r\n", 45), "put");
	sa.len = 0;
	memset(text, 'x', sizeof text);
	smtp_reply_put(&sa, 550, "5.0.0", text, sizeof text);
	ok(sa.len == SMTP_LINE_OUT_OCTETS && !memcmp(sa.s + sa.len - 3,
	    "x\r\n", 3), "cut at 512");
	stralloc_free(&sa);
}

int
main(void)
{
	test_cases();
	test_size();
	test_put();
	return tap_end();
}
