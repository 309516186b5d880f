/* XCLIENT and XFORWARD. */
#include <string.h>
#include "host.h"
#include "tap.h"

#define GREET "220 mx.us.test ESMTP pneu\r\n"

static void
begin(struct host *h, unsigned int rights)
{
	host_init(h);
	h->c.mechs = "PLAIN";
	h->c.auth = 1;
	host_begin_session(h, rights);
	host_drain(h);
}

/* Feed; the replies with a NUL. */
static const char *
talk(struct host *h, const char *s)
{
	h->out.len = h->log.len = 0;
	host_feed(h, s, strlen(s));
	while (host_event(h))
		;
	stralloc_0(&h->log);
	stralloc_0(&h->out);
	return h->out.s;
}

static void
says(struct host *h, const char *in, const char *out, const char *what)
{
	const char *got = talk(h, in);

	ok(!strcmp(got, out), "%s", what);
	if (strcmp(got, out))
		printf("# got: %s\n", got);
}

static void
test_refused(void)
{
	struct host h;

	begin(&h, SESSION_LOCAL);
	ok(!strstr(talk(&h, "EHLO c.test\r\n"), "XCLIENT") &&
	    !strstr(h.out.s, "XFORWARD"), "not offered to others");
	says(&h, "XCLIENT ADDR=127.0.0.1\r\nXFORWARD NAME=a.test\r\n",
	    "550 5.7.0 Error: insufficient authorization\r\n"
	    "550 5.7.0 Error: insufficient authorization\r\n", "nor taken");
	host_free(&h);
	begin(&h, SESSION_XCLIENT);
	ok(strstr(talk(&h, "EHLO c.test\r\n"), "\r\n250-XCLIENT NAME ADDR PORT "
	    "PROTO HELO LOGIN DESTADDR DESTPORT\r\n250-XFORWARD NAME ADDR "
	    "PORT PROTO HELO IDENT SOURCE\r\n250 HELP\r\n") != 0, "offered");
	says(&h, "XCLIENT\r\nXFORWARD \r\nXCLIENT NAME\r\nXCLIENT FOO=b\r\n"
	    "XCLIENT NAME=a.test ADDR=x\r\nXFORWARD SOURCE=x\r\n",
	    "501 5.5.4 Syntax: XCLIENT attribute=value...\r\n"
	    "501 5.5.4 Syntax: XFORWARD attribute=value...\r\n"
	    "501 5.5.4 Error: attribute=value expected\r\n"
	    "501 5.5.4 Bad XCLIENT attribute name: FOO\r\n"
	    "501 5.5.4 Bad ADDR syntax: x\r\n"
	    "501 5.5.4 Bad SOURCE syntax: x\r\n", "errors of syntax");
	ok(!strcmp(h.s.client, "unknown[192.0.2.9]"), "which change nothing");
	says(&h, "MAIL FROM:<a@b.test>\r\nXCLIENT NAME=a.test\r\n"
	    "XFORWARD NAME=a.test\r\n", "250 2.1.0 Ok\r\n"
	    "503 5.5.1 Error: MAIL transaction in progress\r\n"
	    "503 5.5.1 Error: MAIL transaction in progress\r\n",
	    "not in a transaction");
	host_free(&h);
}

static void
test_xclient(void)
{
	struct host h;

	begin(&h, SESSION_LOCAL | SESSION_XCLIENT);
	says(&h, "HELO c.test\r\nXCLIENT NAME=[UNAVAILABLE] ADDR=127.0.0.2 "
	    "PORT=1 DESTADDR=192.0.2.1 DESTPORT=25\r\nMAIL FROM:<>\r\n",
	    "250 mx.us.test\r\n" GREET
	    "503 5.5.1 Error: send HELO/EHLO first\r\n", "a new beginning");
	ok(strstr(h.log.s, "XCLIENT from unknown[192.0.2.9]: the client is "
	    "unknown[127.0.0.2]\n") != 0, "is logged");
	says(&h, "XCLIENT HELO=h.test PROTO=ESMTP ADDR=IPv6:2001:db8::1 "
	    "NAME=s.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<x@far.test>\r\n"
	    "RCPT TO:<u@us.test>\r\nDATA\r\n\r\nhi\r\n.\r\n"
	    "XCLIENT NAME=a.test\r\n", GREET
	    "250 2.1.0 Ok\r\n554 5.7.1 <x@far.test>: Relay access denied\r\n"
	    "250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n"
	    "250 2.0.0 Ok: queued as A1B2\r\n"
	    "550 5.7.0 Error: insufficient authorization\r\n",
	    "another may not relay, nor XCLIENT");
	stralloc_0(&h.letters);
	ok(strstr(h.letters.s, "client=s.test[2001:db8::1]\nhelo=h.test\n"
	    "proto=ESMTP\n") != 0, "the envelope is the client's");
	ok(strstr(h.log.s, "NOQUEUE: reject: RCPT from s.test[2001:db8::1]: "
	    "554 ") && strstr(h.log.s, "\nA1B2: client=s.test[2001:db8::1]\n"),
	    "and the log");
	host_free(&h);
	begin(&h, SESSION_XCLIENT);
	says(&h, "XCLIENT ADDR=127.0.0.1\r\nHELO c.test\r\nMAIL FROM:<>\r\n"
	    "RCPT TO:<x@far.test>\r\n", GREET "250 mx.us.test\r\n"
	    "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n", "one of mynetworks may relay");
	host_free(&h);
	begin(&h, SESSION_XCLIENT);
	says(&h, "XCLIENT ADDR=[UNAVAILABLE]\r\n", GREET, "nobody");
	ok(!strcmp(h.s.client, "unknown[unknown]"), "is unknown");
	host_free(&h);
}

static void
test_login(void)
{
	struct host h;
	struct verdict v;

	begin(&h, SESSION_XCLIENT);
	says(&h, "XCLIENT LOGIN=bob+40b.test\r\nXCLIENT ADDR=127.0.0.3 "
	    "HELO=h.test PROTO=ESMTP\r\nAUTH PLAIN eA==\r\n"
	    "MAIL FROM:<a@b.test>\r\nRCPT TO:<x@far.test>\r\nDATA\r\n"
	    "a: b\r\n.\r\n", GREET GREET
	    "503 5.5.1 Error: already authenticated\r\n250 2.1.0 Ok\r\n"
	    "250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n"
	    "250 2.0.0 Ok: queued as A1B2\r\n", "LOGIN stays");
	stralloc_0(&h.letters);
	ok(strstr(h.letters.s, "proto=ESMTPA\nlogin=bob@b.test\n") &&
	    strstr(h.log.s, "sasl_method=XCLIENT, sasl_username=bob@b.test\n"),
	    "and is told");
	host_free(&h);
	begin(&h, SESSION_XCLIENT);
	talk(&h, "XCLIENT LOGIN=bob\r\nXCLIENT LOGIN=[UNAVAILABLE]\r\n");
	ok(!h.s.login.len && !h.s.trusted, "until it is taken back");
	talk(&h, "EHLO p.test\r\nAUTH PLAIN AGJvYgBv\r\n");
	session_named(&h.s, "proxy", 5);
	verdict_set(&v, 'D', "2.7.0", 0, "");
	session_authed(&h.s, &v, h.now);
	ok(h.s.trusted && h.s.login.len, "the proxy authenticates");
	says(&h, "XCLIENT ADDR=127.0.0.3\r\n", "235 2.7.0 Authentication "
	    "successful\r\n" GREET, "and speaks for another");
	ok(!h.s.trusted && !h.s.login.len, "who has not");
	host_free(&h);
}

static void
test_xforward(void)
{
	struct host h;

	begin(&h, SESSION_XCLIENT);
	talk(&h, "EHLO f.test\r\n");
	says(&h, "XFORWARD NAME=s.test ADDR=192.0.2.7 PORT=4000\r\n"
	    "XFORWARD PROTO=ESMTP HELO=h.test IDENT=4Bx SOURCE=REMOTE\r\n"
	    "MAIL FROM:<a@b.test>\r\nRCPT TO:<u@us.test>\r\nDATA\r\n"
	    "a: b\r\n.\r\n", "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n"
	    "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
	    "354 End data with <CR><LF>.<CR><LF>\r\n"
	    "250 2.0.0 Ok: queued as A1B2\r\n", "XFORWARD");
	stralloc_0(&h.letters);
	ok(strstr(h.log.s, "A1B2: client=unknown[192.0.2.9], orig_queue_id=4Bx"
	    ", orig_client=s.test[192.0.2.7]\n") != 0, "is logged");
	ok(strstr(h.letters.s, "client=unknown[192.0.2.9]\nhelo=f.test\n") != 0,
	    "but the client is who it is");
	talk(&h, "MAIL FROM:<a@b.test>\r\nRCPT TO:<u@us.test>\r\nDATA\r\n"
	    "a: b\r\n.\r\n");
	ok(strstr(h.log.s, "A1B2: client=unknown[192.0.2.9]\n") != 0,
	    "and it is for one letter");
	talk(&h, "XFORWARD NAME=s.test IDENT=[UNAVAILABLE]\r\nRSET\r\n"
	    "XFORWARD IDENT=x\r\n");
	ok(h.s.forward && !h.s.forward->client[0] &&
	    !strcmp(h.s.forward->ident, "x"), "RSET forgets it");
	talk(&h, "XFORWARD NAME=s.test\r\n");
	ok(!strcmp(h.s.forward->client, "s.test[unknown]"),
	    "nothing is mixed");
	host_end(&h);
	host_free(&h);
}

static void
test_etrn(void)
{
	struct host h;

	begin(&h, SESSION_LOCAL);
	ok(!strstr(talk(&h, "EHLO c.test\r\n"), "ETRN"), "no relay_domains");
	h.c.etrn = 1;
	ok(strstr(talk(&h, "EHLO c.test\r\n"), "\r\n250-ETRN\r\n") != 0,
	    "offered");
	says(&h, "ETRN\r\nETRN a b\r\nETRN -x\r\nETRN @\r\n",
	    "500 5.5.4 Syntax: ETRN domain\r\n"
	    "500 5.5.4 Syntax: ETRN domain\r\n"
	    "501 5.5.4 Error: invalid parameter syntax\r\n"
	    "501 5.5.4 Error: invalid parameter syntax\r\n", "syntax");
	says(&h, "ETRN x.test\r\nETRN @later.test\r\nETRN #later.test\r\n",
	    "459 4.7.1 <x.test>: service unavailable\r\n"
	    "459 4.7.1 <@later.test>: service unavailable\r\n"
	    "459 4.7.1 <#later.test>: service unavailable\r\n", "not this");
	ok(strstr(h.log.s, "warning: reject: ETRN @later.test from "
	    "unknown[192.0.2.9]\n") != 0, "is logged");
	says(&h, "ETRN mx.test\r\n", "458 4.3.2 Unable to queue messages\r\n",
	    "nobody to ask");
	says(&h, "ETRN later.test\r\nNOOP\r\n", "250 2.0.0 Queuing started"
	    "\r\n250 2.0.0 Ok\r\n", "what is behind it waits");
	h.kind = 'L';
	says(&h, "ETRN later.test\r\n",
	    "458 4.3.2 Unable to queue messages\r\n", "too often");
	says(&h, "MAIL FROM:<>\r\nETRN later.test\r\n", "250 2.1.0 Ok\r\n"
	    "503 5.5.1 Error: MAIL transaction in progress\r\n",
	    "not in a transaction");
	host_free(&h);
	begin(&h, 0);
	h.c.etrn = 1;
	says(&h, "ETRN later.test\r\n",
	    "503 5.5.1 Error: send HELO/EHLO first\r\n", "before HELO");
	talk(&h, "HELO c.test\r\n");
	says(&h, "ETRN later.test\r\n", "554 5.7.1 <later.test>: Etrn command "
	    "rejected: Access denied\r\n", "a stranger");
	host_free(&h);
}

int
main(void)
{
	test_refused();
	test_xclient();
	test_login();
	test_xforward();
	test_etrn();
	return tap_end();
}
