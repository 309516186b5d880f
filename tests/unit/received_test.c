#include <skalibs/nonposix.h>	/* memmem: before all others */

#include "mail/received.h"

#include <string.h>

#include "mail/date.h"
#include "tap.h"

static int
is(const struct received *r, const char *want)
{
	stralloc sa = STRALLOC_ZERO;
	int same;

	if (!received_put(&sa, r))
		return 0;
	same = sa.len == strlen(want) && !memcmp(sa.s, want, sa.len);
	if (!same)
		printf("# %.*s", (int)sa.len, sa.s);
	stralloc_free(&sa);
	return same;
}

static void
test_received(void)
{
	struct received r = { .client = "unknown[192.0.2.1]",
		.helo = "helo.example", .proto = "ESMTP",
		.by = "mx.example.org", .id = "0642E1B3F5C09A0001",
		.rcpt = "user@example.org", .time = 1795345818,
		.zonename = "UTC" };
	char longhelo[300];

	ok(is(&r, "Received: from helo.example (unknown [192.0.2.1])\n"
	    "\tby mx.example.org (pneu) with ESMTP id 0642E1B3F5C09A0001\n"
	    "\tfor <user@example.org>; Sun, 22 Nov 2026 11:10:18 +0000 (UTC)"
	    "\n"), "from a client");
	r.rcpt = 0;
	r.client = "unknown[2001:db8::1]";
	r.proto = 0;
	ok(is(&r, "Received: from helo.example (unknown [IPv6:2001:db8::1])\n"
	    "\tby mx.example.org (pneu) with SMTP id 0642E1B3F5C09A0001;\n"
	    "\tSun, 22 Nov 2026 11:10:18 +0000 (UTC)\n"), "several, IPv6");
	r.client = "unknown[192.0.2.1]";
	r.helo = "x) by evil (\r\n\r\nbody";
	ok(is(&r, "Received: from x??by?evil??????body (unknown "
	    "[192.0.2.1])\n"
	    "\tby mx.example.org (pneu) with SMTP id 0642E1B3F5C09A0001;\n"
	    "\tSun, 22 Nov 2026 11:10:18 +0000 (UTC)\n"), "hostile HELO");
	r.helo = "";
	r.rcpt = "\"a b>\"@c.test";
	ok(is(&r, "Received: from unknown (unknown [192.0.2.1])\n"
	    "\tby mx.example.org (pneu) with SMTP id 0642E1B3F5C09A0001\n"
	    "\tfor <\"a?b?\"@c.test>; Sun, 22 Nov 2026 11:10:18 +0000 (UTC)\n"
	    ), "no HELO, odd recipient");
	memset(longhelo, 'h', sizeof longhelo);
	longhelo[255] = 0;
	r.helo = longhelo;
	{
		stralloc sa = STRALLOC_ZERO;

		received_put(&sa, &r);
		ok(memmem(sa.s, sa.len, "hhh\n\t(unknown [192.0.2.1])\n", 26),
		    "folded behind a long HELO");
		stralloc_free(&sa);
	}
	r.client = 0;
	r.has_uid = 1;
	r.uid = 1000;
	r.rcpt = 0;
	ok(is(&r, "Received: by mx.example.org (pneu, from userid 1000)\n"
	    "\tid 0642E1B3F5C09A0001; Sun, 22 Nov 2026 11:10:18 +0000 (UTC)\n"
	    ), "from a user");
	r.has_uid = 0;
	ok(is(&r, "Received: by mx.example.org (pneu)\n"
	    "\tid 0642E1B3F5C09A0001; Sun, 22 Nov 2026 11:10:18 +0000 (UTC)\n"
	    ), "from ourselves");
}

static void
test_date(void)
{
	static const struct {
		uint64_t t;
		int zone;
		const char *name, *want;
	} dates[] = {
		{ 0, 0, 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
		{ 951782400, 0, "", "Tue, 29 Feb 2000 00:00:00 +0000" },
		{ 951868799, 60, "CET", "Wed, 1 Mar 2000 00:59:59 +0100 (CET)" },
		{ 1795345818, -210, 0, "Sun, 22 Nov 2026 07:40:18 -0330" },
		{ 4102444799, 0, "UTC",
		  "Thu, 31 Dec 2099 23:59:59 +0000 (UTC)" },
		{ 1798761600, -1, 0, "Thu, 31 Dec 2026 23:59:00 -0001" },
	};
	char s[DATE_FMT], name[9];
	size_t i;

	for (i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		size_t n = date_fmt(s, dates[i].t, dates[i].zone,
		    dates[i].name);

		ok(n == strlen(s) && !strcmp(s, dates[i].want), "%s", s);
	}
	ok(date_zone(1795345818, name) > -1440, "local zone %s", name);
}

int
main(void)
{
	test_received();
	test_date();
	return tap_end();
}
