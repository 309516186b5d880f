#include "wire/order.h"

#include <errno.h>
#include <string.h>

#include "wire/notify.h"
#include "tap.h"

static struct order o = ORDER_ZERO;
static struct report r = REPORT_ZERO;
static char buf[4096];

static int
scan(const char *s)
{
	strcpy(buf, s);
	return order_scan(&o, buf, strlen(s));
}

static int
scan_report(const char *s)
{
	strcpy(buf, s);
	return report_scan(&r, buf, strlen(s));
}

static void
test_order(void)
{
	static const char text[] = "id=A\noff=1\nlen=2\ncrc=4294967295\n"
	    "time=3\nsender=s%25@x\nbody=7BIT\nsmtputf8=1\nret=FULL\n"
	    "envid=e\nclient=a[192.0.2.1]\nhelo=h\nproto=SMTP\nto=user:joe\nn=0\nrcpt=joe+x@h\next=x\nn=7\n"
	    "rcpt=ann@v\nmailbox=v/ann/\nnotify=NEVER\norcpt=rfc822;a\n"
	    "why=N 5.1.1 0 no\norig=o@x\ntarget=|cat\nforward=a@b%0A\n"
	    "owner=owner-l@h\naction=delayed\n";
	stralloc sa = STRALLOC_ZERO;

	ok(scan(text) == 1, "scan");
	ok(!strcmp(o.sender, "s%@x") && o.crc == UINT32_MAX && o.smtputf8 &&
	    order_nrcpts(&o) == 2 && order_rcpt(&o, 1)->n == 7 &&
	    !order_rcpt(&o, 1)->ext && !order_rcpt(&o, 0)->why, "its parts");
	ok(order_put(&sa, &o) && sa.len == sizeof text - 1 &&
	    !memcmp(sa.s, text, sa.len), "and put it back, the same");
	ok(scan("sender=\nid=A\nto=bounce:\nwhat=ever\nn=1\nrcpt=a\n") == 1 &&
	    !o.body && !o.smtputf8, "what is missing is absent");
	stralloc_free(&sa);
}

static void
test_bad(void)
{
	static const char *const *s, *const bad[] = {
		"", "id=A\n", "id=A\nto=x\nn=0\nrcpt=a\n",
		"id=A\nsender=\nn=0\nrcpt=a\n", "sender=\nto=x\nn=0\nrcpt=a\n",
		"id=A\nsender=\nto=x\n", "id=A\nsender=\nto=x\nn=0\n",
		"id=A\nsender=\nto=x\nn=0\nn=1\nrcpt=a\n",
		"id=A\nsender=\nto=x\nn=x\nrcpt=a\n",
		"id=A\nsender=\nto=x\nn=4294967296\nrcpt=a\n",
		"id=A\nsender=\nto=x\nn=0\nrcpt=a\ncrc=4294967296\n",
		"id=A\nsender=\nto=x\nn=0\nrcpt=a\noff=9223372036854775808\n",
		"id=A\nsender=\nto=x\nn=0\nrcpt=a%00b\n",
		"id=A\nsender=\nto=x\nn=0\nrcpt=a", 0
	};

	for (s = bad; *s; s++)
		ok(scan(*s) == -1 && errno == EINVAL, "malformed %d",
		    (int)(s - bad));
}

static void
test_limit(void)
{
	stralloc sa = STRALLOC_ZERO;
	uint32_t i;

	order_clear(&o);
	o.id = o.sender = o.to = "x";
	for (i = 0; i < ORDER_RCPTS; i++)
		order_add(&o, i, "a");
	ok(order_put(&sa, &o), "put the most recipients");
	ok(order_scan(&o, sa.s, sa.len) == 1 &&
	    order_nrcpts(&o) == ORDER_RCPTS, "scan them");
	sa.len = 0;
	order_clear(&o);
	o.id = o.sender = o.to = "x";
	for (i = 0; i <= ORDER_RCPTS; i++)
		order_add(&o, i, "a");
	order_put(&sa, &o);
	ok(order_scan(&o, sa.s, sa.len) == -1 && errno == EINVAL,
	    "one more is too many");
	stralloc_free(&sa);
}

static void
test_report(void)
{
	static const char one[] = "n=1\nn=5\nrelay=mx[192.0.2.1]:25\nconn=3\n"
	    "xmit=9\nsite=1\nverdict=L 4.4.1 60 busy\n";
	static const char two[] = "n=2\naction=relayed\nconn=0\nxmit=0\n"
	    "verdict=D 2.0.0 0 ok %25\n";
	static const char three[] = "n=3\nrelay=local\n"
	    "forward=a@b%0A|cat%0A\nconn=0\nxmit=0\nverdict=D 2.0.0 0 \n";
	stralloc sa = STRALLOC_ZERO;
	int used;

	stralloc_cats(&sa, one);
	stralloc_cats(&sa, two);
	ok(report_scan(&r, sa.s, sa.len) == sizeof one - 1 && r.site &&
	    genalloc_len(uint32_t, &r.ns) == 2 && r.conn == 3 &&
	    r.xmit == 9 && r.verdict.seconds == 60 &&
	    !strcmp(r.relay, "mx[192.0.2.1]:25"), "the first of two");
	used = sizeof one - 1;
	ok(report_scan(&r, sa.s + used, sa.len - (size_t)used) ==
	    sizeof two - 1 && !r.site && !r.relay &&
	    genalloc_s(uint32_t, &r.ns)[0] == 2 && r.verdict.textlen == 4 &&
	    !strcmp(r.action, "relayed"),
	    "the second");
	ok(report_scan(&r, sa.s + sa.len, 0) == 0, "no third");
	sa.len = 0;
	scan_report(one);
	ok(report_put(&sa, &r) && sa.len == sizeof one - 1 &&
	    !memcmp(sa.s, one, sa.len), "put it back, the same");
	sa.len = 0;
	ok(scan_report(three) == sizeof three - 1 &&
	    !strcmp(r.forward, "a@b\n|cat\n") && report_put(&sa, &r) &&
	    sa.len == sizeof three - 1 && !memcmp(sa.s, three, sa.len),
	    "one that forwards");
	ok(scan_report("verdict=D 2.0.0 0 \n") == -1 &&
	    scan_report("n=1\n") == -1 && scan_report("n=x\n") == -1 &&
	    scan_report("n=1\nverdict=D 4.0.0 0 \n") == -1 &&
	    scan_report("n=1\nconn=-1\nverdict=D 2.0.0 0 \n") == -1,
	    "malformed");
	stralloc_free(&sa);
}

static void
test_notify(void)
{
	unsigned int i;

	ok(notify_scan(0) == (NOTIFY_FAILURE | NOTIFY_DELAY) &&
	    !notify_scan("NEVER") && !notify_scan("") &&
	    !notify_scan("SUCCES,FAILURES") &&
	    notify_scan("delay,Success") == (NOTIFY_SUCCESS | NOTIFY_DELAY),
	    "NOTIFY");
	for (i = 0; i < 8; i++)
		ok(notify_scan(notify_text(i)) == i, "%s", notify_text(i));
}

int
main(void)
{
	test_notify();
	test_order();
	test_bad();
	test_limit();
	test_report();
	order_free(&o);
	genalloc_free(uint32_t, &r.ns);
	return tap_end();
}
