#include <skalibs/nonposix.h>

#include "pneu-bounce/dsn.h"

#include <stdlib.h>
#include <string.h>

#include "pneu-bounce/header.h"
#include "pneu-bounce/look.h"
#include "pneu-bounce/plan.h"
#include "pneu-bounce/said.h"
#include "pneu-bounce/text.h"
#include "mail/template.h"
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

/* An order about one recipient, and its notification, in sa with a NUL. */
static void
make(stralloc *sa, struct dsn *d, struct order *p, const char *action,
    const char *notify, const char *why)
{
	static stralloc told = STRALLOC_ZERO;
	struct order_rcpt *r;

	order_clear(p);
	p->id = "0642E1B3F5C09A0001";
	p->sender = "s@a.test";
	p->time = 1795346200 - 14400;
	p->to = "bounce:";
	r = order_add(p, 0, "r@b.test");
	r->orig = "alias@here.test";
	r->action = action;
	r->notify = notify;
	r->why = why;
	memset(d, 0, sizeof *d);
	d->host = "here.test";
	d->o = p;
	d->now = 1795346200;
	d->until = 1795346200 + 86400;
	d->warning = "14400";
	d->kind = plan_kind(p);
	d->headers = !plan_iswhole(p, 1000);
	sa->len = 0;
	if (plan_tell(&told, p, "postmaster@here.test", &d->to) != 1) {
		ok(0, "somebody is to be told");
		return;
	}
	d->told = told.s;
	dsn_boundary(d, 0);
	ok(dsn_head(sa, d) && stralloc_0(sa), "%s", action);
}

static int
has(const stralloc *sa, const char *s)
{
	return strstr(sa->s, s) != 0;
}

static void
test_kinds(void)
{
	stralloc sa = STRALLOC_ZERO;
	struct order p = ORDER_ZERO;
	struct dsn d;

	make(&sa, &d, &p, "delayed", 0, "L 4.4.1 0 connect to b.test"
	    "[192.0.2.2]:25: Connection refused");
	ok(has(&sa, "\nSubject: Delayed Mail (still being retried)\n") &&
	    has(&sa, "\nAction: delayed\nStatus: 4.4.1\n") &&
	    has(&sa, "\nWill-Retry-Until: Mon, 23 Nov 2026 11:16:40 +0000 "
	    "(UTC)\n") && has(&sa, "\nuntil Mon, 23 Nov 2026 11:16:40 +0000 "
	    "(UTC),\n") && has(&sa, "\n    It was tried for 4 hours.\n") &&
	    has(&sa, "\nOriginal-Recipient: rfc822; alias@here.test\n") &&
	    has(&sa, "\nContent-Type: text/rfc822-headers\n"),
	    "a delay: until when, and that nothing is to be done");
	make(&sa, &d, &p, "relayed", "SUCCESS", "D 2.0.0 0 relayed: host "
	    "mx.b.test[192.0.2.2] said: 250 2.0.0 Ok (in reply to end of DATA "
	    "command)");
	ok(has(&sa, "\nSubject: Successful Mail Delivery Report\n") &&
	    has(&sa, "\nAction: relayed\nStatus: 2.0.0\nRemote-MTA: dns; "
	    "mx.b.test\nDiagnostic-Code: smtp; 250 2.0.0 Ok\n") &&
	    !has(&sa, "Will-Retry") && has(&sa, "passed on to the next mail") &&
	    has(&sa, "\nContent-Type: text/rfc822-headers\n"), "relayed");
	make(&sa, &d, &p, "delivered", "SUCCESS,DELAY",
	    "D 2.0.0 0 delivered: delivered to maildir");
	ok(has(&sa, "\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: "
	    "X-Pneu; delivered to maildir\n"), "delivered");
	make(&sa, &d, &p, "expanded", "SUCCESS",
	    "D 2.0.0 0 expanded: forwarded as 0642E1B3F5C09A0002");
	ok(has(&sa, "\nAction: expanded\n") && has(&sa, "several addresses"),
	    "expanded");
	stralloc_free(&sa);
	order_free(&p);
}

/* Who is told of what: RFC 3461 4.1. */
static void
test_asked(void)
{
	static const char *const notifies[] = { 0, "NEVER", "SUCCESS",
	    "FAILURE", "DELAY", "SUCCESS,FAILURE,DELAY" };
	static const char *const actions[] = { 0, "delayed", "delivered",
	    "relayed", "expanded" };
	static const char want[][7] = { "100101", "100011", "001001",
	    "001001", "001001" };
	stralloc told = STRALLOC_ZERO;
	struct order p = ORDER_ZERO;
	const char *to;
	size_t a, n;

	for (a = 0; a < 5; a++)
		for (n = 0; n < 6; n++) {
			struct order_rcpt *r;

			order_clear(&p);
			p.id = "X";
			p.sender = "s@a.test";
			r = order_add(&p, 0, "r@b.test");
			r->notify = notifies[n];
			r->action = actions[a];
			ok(plan_tell(&told, &p, "pm@here.test", &to) ==
			    want[a][n] - '0', "%s, NOTIFY=%s", actions[a] ?
			    actions[a] : "failed", notifies[n] ?
			    notifies[n] : "");
			p.sender = "";
			ok(plan_tell(&told, &p, "pm@here.test", &to) ==
			    (!a && want[a][n] == '1'), "and of a bounce");
		}
	stralloc_free(&told);
	order_free(&p);
}

/* Templates: the admin's words. */
static void
test_template(void)
{
	static const struct dsn_template mine = { "utf-8",
	    "MAILER-DAEMON (Post)", "Zurueck", "",
	    "H\303\266rt, $myhostname, $$ ${delay_warning_time_hours} h, "
	    "$these.\n" };
	static const char many[] = "$delay_warning_time_hours "
	    "$maximal_queue_lifetime_weeks$maximal_queue_lifetime_days"
	    "${date}x$these";
	stralloc sa = STRALLOC_ZERO;
	struct order p = ORDER_ZERO;
	const char *values[TEMPLATE_VARS] = { "h", "o", "d", "t", "u", "1",
	    "7200", "604800" };
	struct dsn d;
	size_t bad;

	make(&sa, &d, &p, "delayed", 0, "L 4.4.1 0 no");
	d.template = &mine;
	d.text8bit = 1;
	sa.len = 0;
	ok(dsn_head(&sa, &d) && stralloc_0(&sa) && has(&sa,
	    "\nFrom: MAILER-DAEMON@here.test (Post)\n") &&
	    has(&sa, "\nSubject: Zurueck\n") &&
	    has(&sa, "charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nH"
	    "\303\266rt, here.test, $ 4 h, this address.\n\n<r@b.test>:\n"),
	    "a template");
	sa.len = 0;
	ok(template_expand(&sa, many, sizeof many - 1, values, &bad) == 1 && stralloc_0(&sa) &&
	    !strcmp(sa.s, "2 17dxt"), "variables: %s", sa.s);
	ok(template_expand(0, "a $nope", 7, values, &bad) == -1 && bad == 2 &&
	    template_expand(0, "a$", 2, values, &bad) == -1 && bad == 1 &&
	    template_expand(0, "${date", 6, values, &bad) == -1 &&
	    template_expand(0, "$date_days", 10, values, &bad) == -1,
	    "names that are none");
	stralloc_free(&sa);
	order_free(&p);
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
	test_kinds();
	test_asked();
	test_template();
	test_look();
	test_parts();
	order_free(&o);
	return tap_end();
}
