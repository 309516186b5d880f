#include <stdio.h>
#include <string.h>

#include "smtp/xattr.h"
#include "tap.h"

#define X15 "xxxxxxxxxxxxxxx"
#define X63 X15 "x" X15 "x" X15 "x" X15
#define X255 X63 "x" X63 "x" X63 "x" X63

/* want: "NAME VALUE", "NAME -" of what is not known; 0: see r, value then is
 * of the error. */
static const struct {
	int forward;
	const char *in;
	int r;
	const char *want;
} cases[] = {
	{ 0, "NAME=a.test", 11, "NAME a.test" },
	{ 0, "name=a.test  ADDR=1.2.3.4", 13, "NAME a.test" },
	{ 0, "NAME=a+2Etest", 13, "NAME a.test" },
	{ 0, "NAME=[UNAVAILABLE]", 18, "NAME -" },
	{ 0, "NAME=[tempunavail] ", 19, "NAME -" },
	{ 1, "NAME=[TEMPUNAVAIL]", XATTR_BAD, "NAME [TEMPUNAVAIL]" },
	{ 0, "NAME=1.2.3.4", XATTR_BAD, "NAME 1.2.3.4" },
	{ 0, "NAME=[1.2.3.4]", XATTR_BAD, "NAME [1.2.3.4]" },
	{ 0, "NAME=a+0Db", XATTR_BAD, "NAME a?b" },
	{ 0, "NAME=\351", XATTR_BAD, "NAME ?" },
	{ 0, "NAME=", XATTR_BAD, "NAME " },
	{ 0, "ADDR=192.0.2.1", 14, "ADDR 192.0.2.1" },
	{ 0, "ADDR=ipv6:2001:DB8:0::1", 23, "ADDR 2001:db8::1" },
	{ 0, "ADDR=IPV6:::ffff:192.0.2.1", 26, "ADDR 192.0.2.1" },
	{ 0, "ADDR=[UNAVAILABLE]", 18, "ADDR -" },
	{ 0, "ADDR=2001:db8::1", XATTR_BAD, "ADDR 2001:db8::1" },
	{ 0, "ADDR=[192.0.2.1]", XATTR_BAD, "ADDR [192.0.2.1]" },
	{ 0, "ADDR=192.0.2.256", XATTR_BAD, "ADDR 192.0.2.256" },
	{ 0, "ADDR=" X255, XATTR_BAD, 0 },
	{ 0, "PORT=0", 6, "PORT 0" },
	{ 1, "PORT=65535", 10, "PORT 65535" },
	{ 0, "PORT=65536", XATTR_BAD, "PORT 65536" },
	{ 0, "PORT=-1", XATTR_BAD, "PORT -1" },
	{ 0, "PORT=[UNAVAILABLE]", 18, "PORT -" },
	{ 0, "DESTPORT=25", 11, "DESTPORT 25" },
	{ 0, "DESTADDR=192.0.2.1", 18, "DESTADDR 192.0.2.1" },
	{ 0, "PROTO=esmtp", 11, "PROTO esmtp" },
	{ 0, "PROTO=QMQP", XATTR_BAD, "PROTO QMQP" },
	{ 0, "PROTO=[UNAVAILABLE]", XATTR_BAD, "PROTO [UNAVAILABLE]" },
	{ 1, "PROTO=QMQP", 10, "PROTO QMQP" },
	{ 1, "PROTO=" X63 "xx", XATTR_BAD, 0 },
	{ 0, "HELO=a+20b", 10, "HELO a?b" },
	{ 0, "HELO=a+2", 8, "HELO a+2" },
	{ 0, "HELO=" X255, 260, 0 },
	{ 0, "HELO=" X255 "x", XATTR_LONG, 0 },
	{ 0, "LOGIN=bob+40b.test", 18, "LOGIN bob@b.test" },
	{ 0, "LOGIN=bob+0Ax", XATTR_BAD, "LOGIN bob?x" },
	{ 0, "LOGIN=", XATTR_BAD, "LOGIN " },
	{ 0, "LOGIN=[UNAVAILABLE]", 19, "LOGIN -" },
	{ 1, "LOGIN=bob", XATTR_FOREIGN, 0 },
	{ 1, "IDENT=4Bx", 9, "IDENT 4Bx" },
	{ 0, "IDENT=4Bx", XATTR_FOREIGN, 0 },
	{ 1, "SOURCE=local", 12, "SOURCE local" },
	{ 1, "SOURCE=ME", XATTR_BAD, "SOURCE ME" },
	{ 1, "SOURCE=[Unavailable]", 20, "SOURCE -" },
	{ 0, "NAME", XATTR_SYNTAX, 0 },
	{ 0, "=x", XATTR_SYNTAX, 0 },
	{ 0, " NAME=x", XATTR_SYNTAX, 0 },
	{ 0, "FOO=x", XATTR_FOREIGN, 0 },
};

int
main(void)
{
	struct xattr a;
	char got[400];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int r = xattr_scan(&a, cases[i].forward, cases[i].in,
		    strlen(cases[i].in));

		got[0] = 0;
		if (r > 0 || r == XATTR_BAD)
			snprintf(got, sizeof got, "%s %s", xattr_word(a.name),
			    r > 0 && !a.known ? "-" : a.value);
		ok(r == cases[i].r && (!cases[i].want ||
		    !strcmp(got, cases[i].want)), "%.60s: %d %.60s",
		    cases[i].in, r, got);
	}
	ok(xattr_scan(&a, 0, "F\1O=x", 5) == XATTR_FOREIGN &&
	    !strcmp(a.value, "F?O"), "a name that is none, printable");
	return tap_end();
}
