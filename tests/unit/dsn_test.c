#include <skalibs/nonposix.h>

#include "pneu-bounce/dsn.h"

#include <stdlib.h>
#include <string.h>

#include "pneu-bounce/header.h"
#include "pneu-bounce/look.h"
#include "pneu-bounce/plan.h"
#include "pneu-bounce/said.h"
#include "pneu-bounce/text.h"
#include "tap.h"

static const char expected[] =
"Date: Sun, 22 Nov 2026 11:16:40 +0000 (UTC)\n"
"From: Mail Delivery System <MAILER-DAEMON@here.test>\n"
"To: <s@a.test>\n"
"Subject: Undelivered Mail Returned to Sender\n"
"Auto-Submitted: auto-replied\n"
"Message-ID: <0642E1B3F5C09A0001.3.1795346200@here.test>\n"
"MIME-Version: 1.0\n"
"Content-Type: multipart/report; report-type=delivery-status;\n"
"\tboundary=\"=_0642E1B3F5C09A0001.6b02cf18.0\"\n"
"\n"
"This is a MIME-encapsulated message.\n"
"\n"
"--=_0642E1B3F5C09A0001.6b02cf18.0\n"
"Content-Description: Notification\n"
"Content-Type: text/plain; charset=us-ascii\n"
"\n"
"This is the mail system at here.test.\n"
"\n"
"Your message of Fri, 20 Nov 2026 11:16:40 +0000 (UTC)\n"
"could not be delivered to these addresses:\n"
"\n"
"<r@b.test>:\n"
"    host mx.b.test[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT\n"
"    TO command)\n"
"    There is no such mailbox there. Please look for a typing error in the\n"
"    address.\n"
"\n"
"<q?@c.test>:\n"
"    connect to c.test[192.0.2.2]:25: Connection refused\n"
"    It was tried for 2 days.\n"
"    It will not be tried any more. Please send it again later, or reach the\n"
"    recipient in another way.\n"
"\n"
"The message is below.\n"
"\n"
"--=_0642E1B3F5C09A0001.6b02cf18.0\n"
"Content-Description: Delivery report\n"
"Content-Type: message/delivery-status\n"
"\n"
"Reporting-MTA: dns; here.test\n"
"Original-Envelope-Id: a=b\n"
"X-Pneu-Queue-ID: 0642E1B3F5C09A0001\n"
"X-Pneu-Sender: rfc822; s@a.test\n"
"Arrival-Date: Fri, 20 Nov 2026 11:16:40 +0000 (UTC)\n"
"\n"
"Final-Recipient: rfc822; r@b.test\n"
"Original-Recipient: rfc822;old+x@b.test\n"
"Action: failed\n"
"Status: 5.1.1\n"
"Remote-MTA: dns; mx.b.test\n"
"Diagnostic-Code: smtp; 550 5.1.1 No such user\n"
"\n"
"Final-Recipient: rfc822; q?@c.test\n"
"Action: failed\n"
"Status: 4.4.1\n"
"Diagnostic-Code: X-Pneu; connect to c.test[192.0.2.2]:25: Connection refused\n"
"\n"
"--=_0642E1B3F5C09A0001.6b02cf18.0\n"
"Content-Description: Undelivered Message\n"
"Content-Type: message/rfc822\n"
"\n"
"Return-Path: <s@a.test>\n";

static struct order o = ORDER_ZERO;

static void
order_make(void)
{
	struct order_rcpt *r;

	o.id = "0642E1B3F5C09A0001";
	o.sender = "s@a.test";
	o.envid = "a+3Db";
	o.time = 1795346200 - 2 * 86400;
	o.to = "bounce:";
	r = order_add(&o, 1, "no@b.test");
	r->notify = "NEVER";
	r = order_add(&o, 3, "r@b.test");
	r->orcpt = "rfc822;old+2Bx@b.test";
	r->why = "N 5.1.1 0 host mx.b.test[192.0.2.1] said: 550 5.1.1 No such "
	    "user (in reply to RCPT TO command)";
	r = order_add(&o, 4, "q\303@c.test");
	r->why = "L 4.4.1 0 connect to c.test[192.0.2.2]:25: Connection "
	    "refused";
}

static void
test_text(void)
{
	struct dsn d = { .host = "here.test", .to = "s@a.test", .o = &o,
		.now = 1795346200, .told = "\0\1\1" };
	stralloc sa = STRALLOC_ZERO;
	int same;

	dsn_boundary(&d, 0);
	ok(dsn_head(&sa, &d), "head");
	same = sa.len == sizeof expected - 1 &&
	    !memcmp(sa.s, expected, sa.len);
	if (!same)
		fwrite(sa.s, 1, sa.len, stderr);
	ok(same, "is as expected");
	sa.len = 0;
	ok(dsn_tail(&sa, &d) && stralloc_0(&sa) && !strcmp(sa.s,
	    "\n--=_0642E1B3F5C09A0001.6b02cf18.0--\n"), "tail");
	sa.len = 0;
	d.isdouble = d.headers = d.eightbit = 1;
	dsn_boundary(&d, 7);
	ok(dsn_head(&sa, &d) && stralloc_0(&sa), "another head");
	ok(strstr(sa.s, "\nX-Pneu-Double-Bounce: 0642E1B3F5C09A0001\n") &&
	    strstr(sa.s, ".7\"\nContent-Transfer-Encoding: 8bit\n\n") &&
	    strstr(sa.s, "\nContent-Type: text/rfc822-headers\n"
	    "Content-Transfer-Encoding: 8bit\n\nReturn-Path"),
	    "of a double bounce, of headers, of 8 bits");
	stralloc_free(&sa);
}

static void
test_plan(void)
{
	stralloc told = STRALLOC_ZERO, sa = STRALLOC_ZERO;
	struct order p = ORDER_ZERO;
	const char *to;

	ok(plan_tell(&told, &o, "postmaster@here.test", &to) == 1 &&
	    to == o.sender && !memcmp(told.s, "\0\1\1", 3),
	    "the sender is told, but not with NOTIFY=NEVER");
	p.id = "X";
	p.sender = "";
	order_add(&p, 0, "Postmaster@here.test");
	ok(plan_tell(&told, &p, "postmaster@here.test", &to) == 0,
	    "nobody hears that a double bounce failed");
	order_add(&p, 1, "joe@here.test");
	ok(plan_tell(&told, &p, "postmaster@here.test", &to) == 1 &&
	    !strcmp(to, "postmaster@here.test") &&
	    !memcmp(told.s, "\0\1", 2), "the postmaster hears of a bounce");
	ok(plan_iswhole(&p, 0) && (p.len = 1, !plan_iswhole(&p, 0)) &&
	    plan_iswhole(&p, 1), "limit");
	p.ret = "HDRS";
	ok(!plan_iswhole(&p, 1), "RET=HDRS");
	p.ret = 0;
	order_rcpt(&p, 0)->why = "N 5.6.3 0 8bit";
	ok(!plan_iswhole(&p, 1) && plan_isform(&p), "wrong form");
	ok(plan_notice(&sa, "pm", "x.test") && !strcmp(sa.s, "pm@x.test"),
	    "domain added");
	sa.len = 0;
	ok(plan_notice(&sa, "pm@y", "x.test") && !strcmp(sa.s, "pm@y"),
	    "domain kept");
	stralloc_free(&told);
	stralloc_free(&sa);
	order_free(&p);
}

/* Fed in parts of every size, the answer is the same. */
static void
look_at(struct look *l, const char *s, size_t n, size_t part)
{
	look_init(l, "BOUND");
	for (; n > part; s += part, n -= part)
		look_take(l, s, part);
	look_take(l, s, n);
	look_end(l);
}

static void
test_look(void)
{
	static const char s[] = "Subject: x\nx-pneu-DOUBLE-bounce: 1\n"
	    "To: \303\n\nSubject: y\n--BOUN\n --BOUND\n--BOUND--\n\n";
	static char line[1100];
	struct look l;
	size_t part;
	int good = 1;

	for (part = 1; part < sizeof s; part++) {
		look_at(&l, s, sizeof s - 1, part);
		good &= l.found && l.isdouble && l.eightbit &&
		    l.header8bit && l.headerlen == 41 && !l.longline &&
		    l.last == '\n';
	}
	ok(good, "in parts of 1 to %u", (unsigned int)sizeof s - 1);
	look_at(&l, s + 42, 27, 5);
	ok(!l.found && !l.isdouble && !l.eightbit,
	    "a boundary is found at the start of a line only");
	memset(line, 'x', sizeof line);
	look_at(&l, line, 998, 100);
	ok(!l.longline && l.headerlen == 998, "998 octets are not too long");
	look_at(&l, line, 999, 100);
	ok(l.longline, "999 are");
	look_at(&l, "\nX-Pneu-Double-Bounce: 1\n", 25, 9);
	ok(!l.isdouble && l.headerlen == 0, "no header");
	look_at(&l, "", 0, 1);
	ok(l.last == -1 && !l.headerlen, "no message");
}

static void
test_parts(void)
{
	static char line[1100];
	stralloc sa = STRALLOC_ZERO;
	struct text t = { &sa, 1 };
	struct said d;

	ok(header_put(&sa, "a\303b\nc", 5, 1) && sa.len == 6 &&
	    !memcmp(sa.s, "a?b\nc\n", 6), "a header in ASCII");
	sa.len = 0;
	memset(line, 'x', sizeof line);
	ok(header_put(&sa, line, sizeof line, 0) && sa.len == 999,
	    "lines are cut");
	sa.len = 0;
	text_fold(&t, "A: ", " ", line, 200);
	ok(sa.len == 204, "a word that is too long stays whole");
	sa.len = 0;
	text_fold(&t, "A: ", " ", "", 0);
	ok(sa.len == 4 && !memcmp(sa.s, "A: \n", 4), "nothing to fold");
	sa.len = 0;
	text_xtext(&t, "a+2Bb+0A+zz+");
	ok(sa.len == 8 && !memcmp(sa.s, "a+b?+zz+", 8), "xtext");
	ok(said_scan(&d, "host [192.0.2.1] said: 5", 24) &&
	    d.hostlen == 11 && d.replylen == 1, "a host without a name");
	ok(!said_scan(&d, "host x said: ", 13) &&
	    !said_scan(&d, "host a b said: x", 16) &&
	    !said_scan(&d, "said: x", 7), "not what a host said");
	stralloc_free(&sa);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	order_make();
	test_text();
	test_plan();
	test_look();
	test_parts();
	order_free(&o);
	return tap_end();
}
