#include <string.h>
#include "host.h"
#include "tap.h"

#define HELLO "EHLO c.test\r\n"

static void
begin(struct host *h, int submission)
{
	host_init(h);
	h->c.mechs = "PLAIN LOGIN X-OTHER";
	h->c.auth = 1;
	host_begin_session(h, 0);
	h->s.submission = (char)submission;
}

static void
say_(struct host *h, const char *s)
{
	h->out.len = h->asked.len = 0;
	host_feed(h, s, strlen(s));
	host_drain(h);
}

static int
said(struct host *h, const char *s)
{
	return h->out.len == strlen(s) && !memcmp(h->out.s, s, h->out.len);
}

static int
asked(struct host *h, const char *s)
{
	return h->asked.len == strlen(s) &&
	    !memcmp(h->asked.s, s, h->asked.len);
}

static void
answer(struct host *h, char kind, const char *code, const char *text)
{
	struct verdict v;

	h->out.len = 0;
	session_named(&h->s, "bob", 3);
	verdict_set(&v, kind, code, 0, text);
	session_authed(&h->s, &v, h->now);
	host_drain(h);
}

static void
test_exchange(void)
{
	struct host h;

	begin(&h, 0);
	say_(&h, HELLO);
	stralloc_0(&h.out);
	ok(strstr(h.out.s, "250-AUTH PLAIN LOGIN X-OTHER\r\n") != 0, "offered");
	say_(&h, "auth plain AGJvYgBv\r\nNOOP\r\n");
	ok(h.asked.len == 15 && !memcmp(h.asked.s, "S PLAIN \0bob\0o\n", 15) &&
	    !h.out.len, "an initial response; nothing else is heard then");
	answer(&h, 'N', "5.7.8", "no");
	ok(said(&h, "535 5.7.8 Error: authentication failed: no\r\n"), "no");
	say_(&h, "AUTH X-OTHER\r\n");
	ok(asked(&h, "S X-OTHER -\n"), "none");
	session_challenged(&h.s, "", 0, h.now);
	host_drain(&h);
	ok(said(&h, "334 \r\n"), "an empty challenge");
	say_(&h, "\r\n");
	ok(asked(&h, "R X-OTHER \n"), "an empty response");
	answer(&h, 'L', "4.7.0", "later");
	ok(said(&h, "454 4.7.0 Temporary authentication failure: later\r\n"),
	    "later");
	say_(&h, "AUTH LOGIN =\r\n");
	ok(asked(&h, "S LOGIN \n"), "an empty initial response");
	session_challenged(&h.s, "x", 1, h.now);
	say_(&h, "Zg\r\nNOOP\r\n");
	ok(asked(&h, "A - -\n"), "bad base64 ends the exchange");
	say_(&h, "AUTH LOGIN\r\n");
	session_challenged(&h.s, "x", 1, h.now);
	h.noauth = 1;
	say_(&h, "Zg==\r\n");
	stralloc_0(&h.out);
	ok(strstr(h.out.s, "454 4.7.0 Temporary authentication failure: "
	    "Connection lost to authentication server\r\n") != 0,
	    "pneu-auth has gone");
	host_free(&h);
}

/* A token as an initial response, in pieces of so many octets. */
static void
test_long(size_t piece, size_t n, int want)
{
	static char s[20000], data[15000];
	struct host h;
	size_t at, k;

	begin(&h, 0);
	say_(&h, HELLO);
	strcpy(s, "Auth\tX-OTHER ");
	k = strlen(s);
	memset(s + k, 'A', n);		/* NULs */
	strcpy(s + k + n, "\r\nNOOP\r\n");
	h.out.len = h.asked.len = 0;
	for (at = 0; s[at]; at += k) {
		k = strlen(s + at) < piece ? strlen(s + at) : piece;
		host_feed(&h, s + at, k);
	}
	host_drain(&h);
	if (!want) {
		ok(said(&h, "500 5.5.2 Error: line too long\r\n"
		    "250 2.0.0 Ok\r\n") && !h.asked.len, "too long");
		host_free(&h);
		return;
	}
	memset(data, 0, sizeof data);
	n = n / 4 * 3;
	ok(h.asked.len == n + 11 && !memcmp(h.asked.s, "S X-OTHER ", 10) &&
	    !memcmp(h.asked.s + 10, data, n) && !h.out.len,
	    "a long initial response: %d octets", (int)n);
	session_challenged(&h.s, "x", 1, h.now);
	host_drain(&h);
	ok(said(&h, "334 eA==\r\n"), "a challenge");
	host_free(&h);
}

static void
test_relay(void)
{
	struct host h;
	struct verdict v;

	begin(&h, 1);
	h.c.quota = 1;
	say_(&h, HELLO "MAIL FROM:<bob@b.test>\r\n");
	stralloc_0(&h.out);
	ok(strstr(h.out.s, "\r\n530 5.7.0 Authentication required\r\n") != 0,
	    "submission wants AUTH");
	say_(&h, "AUTH  PLAIN\t AGJvYgBv \r\n");
	answer(&h, 'D', "2.7.0", "");
	ok(said(&h, "235 2.7.0 Authentication successful\r\n"), "it is he");
	say_(&h, "AUTH PLAIN AGJvYgBv\r\nMAIL FROM:<other@b.test>\r\n"
	    "MAIL FROM:<down@b.test>\r\n");
	ok(said(&h, "503 5.5.1 Error: already authenticated\r\n"
	    "553 5.7.1 <other@b.test>: Sender address rejected: not owned by "
	    "user bob\r\n451 4.3.0 <down@b.test>: Temporary lookup "
	    "failure\r\n"), "once; not as others");
	say_(&h, "MAIL FROM:<bob@b.test> AUTH=x+2By@b.test\r\n"
	    "RCPT TO:<a@far.test>\r\nDATA\r\nBcc: z\r\nTo: a\r\n\r\nhi\r\n.\r\n");
	stralloc_0(&h.asked);
	ok(strstr(h.asked.s, "Q bob 1\n") != 0 && !h.letters.len,
	    "is he within his limits?");
	verdict_set(&v, 'D', "2.0.0", 0, "");
	session_allowed(&h.s, &v, h.now);
	host_end(&h);
	stralloc_0(&h.letters);
	stralloc_0(&h.log);
	ok(strstr(h.letters.s, "proto=ESMTPA\nlogin=bob\nmethod=PLAIN\nauth=x+2By@b.test\n"
	    "sender=bob@b.test\n") != 0, "his name is in the envelope");
	ok(!strstr(h.letters.s, "Bcc") && strstr(h.letters.s, "\nFrom: "
	    "bob@b.test\nDate: Thu, 1 Jan 1970 00:00:01 +0000 (UTC)\n"
	    "Message-ID: <1000000.7.pneu@") && strstr(h.letters.s,
	    "\n\nhi\n}"), "the header is complete");
	ok(strstr(h.log.s, "client=unknown[192.0.2.9], sasl_method=PLAIN, "
	    "sasl_username=bob\n") != 0, "and in the log");
	host_free(&h);
}

static void
test_refused(void)
{
	struct host h;
	struct verdict v;

	begin(&h, 0);
	h.c.quota = 1;
	h.c.tlsauth = 1;
	say_(&h, HELLO "AUTH PLAIN AGJvYgBv\r\n");
	stralloc_0(&h.out);
	ok(!strstr(h.out.s, "250-AUTH") && strstr(h.out.s, "\r\n538 5.7.11 "),
	    "not in clear");
	h.c.tlsauth = 0;
	say_(&h, "MAIL FROM:<a@b.test> AUTH=<>\r\nRSET\r\n"
	    "MAIL FROM:<a@b.test> AUTH=a=b\r\nAUTH PLAIN AGJvYgBv\r\n");
	answer(&h, 'D', "2.7.0", "");
	say_(&h, "MAIL FROM:<a@b.test>\r\nRCPT TO:<a@far.test>\r\nDATA\r\n"
	    "x\r\n.\r\n");
	verdict_set(&v, 'L', "4.7.1", 60, "too much mail");
	h.out.len = 0;
	session_allowed(&h.s, &v, h.now);
	host_drain(&h);
	ok(said(&h, "450 4.7.1 Error: too much mail from "
	    "unknown[192.0.2.9]\r\n"), "too much");
	say_(&h, "MAIL FROM:<a@b.test>\r\nRCPT TO:<a@far.test>\r\nBDAT 2 LAST\r\n"
	    "x\n");
	h.out.len = 0;
	session_allowed(&h.s, 0, h.now);
	host_drain(&h);
	ok(said(&h, "451 4.3.0 Error: temporary lookup failure\r\n") &&
	    !h.letters.len, "in chunks, too");
	host_free(&h);
}

int
main(void)
{
	test_exchange();
	test_long(20000, 1200, 1);
	test_long(100, 8000, 1);
	test_long(1, 12000, 1);
	test_long(1000, 12400, 0);
	test_long(20000, 13000, 0);
	test_relay();
	test_refused();
	return tap_end();
}
