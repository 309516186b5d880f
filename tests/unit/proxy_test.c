#include "pneu-listen/proxy.h"

#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include "tap.h"

#define SIG "\r\n\r\n\0\r\nQUIT\n"
#define V2(head, body) (const unsigned char *)SIG head body, \
	sizeof SIG head body - 1
#define FOUR "\300\0\2\1\300\0\2\2\x12\x34\0\31"

/* What a line becomes: "192.0.2.1 1 192.0.2.2 25", "unknown", "bad",
 * "more". */
static const struct {
	const char *line, *want;
} lines[] = {
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n",
	  "192.0.2.1 56324 192.0.2.2 25" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 0 65535\r\nEHLO x\r\n",
	  "192.0.2.1 0 192.0.2.2 65535" },
	{ "PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "2001:db8::1 1 ::1 2" },
	{ "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 "
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535" },
	{ "PROXY UNKNOWN\r\n", "unknown" },
	{ "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
	  "unknown" },
	{ "", "more" }, { "P", "more" }, { "PROXY TCP4 192.0.2.1", "more" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r", "more" },
	{ "PROXY UNKNOWN aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25 1\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25 \r\n", "bad" },
	{ "PROXY TCP4  192.0.2.1 192.0.2.2 56324 25\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 65536\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 56324 025\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.1 192.0.2.2 -1 25\r\n", "bad" },
	{ "PROXY TCP4 ::1 ::1 1 25\r\n", "bad" },
	{ "PROXY TCP6 192.0.2.1 192.0.2.2 1 25\r\n", "bad" },
	{ "PROXY TCP4 192.0.2.256 192.0.2.2 1 25\r\n", "bad" },
	{ "PROXY UDP4 192.0.2.1 192.0.2.2 1 25\r\n", "bad" },
	{ "PROXY \r\n", "bad" }, { "PROXY\r\n", "bad" },
	{ "EHLO x\r\n", "bad" }, { "proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
	  "bad" }, { "\r\n", "more" }, { "\r\nQ", "bad" },
};

static const char *
text(int r, const struct proxy *p)
{
	static char buf[200];
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];
	int af = p->is6 ? AF_INET6 : AF_INET;

	if (r <= 0)
		return r ? "bad" : "more";
	if (p->kind == PROXY_LOCAL)
		return "local";
	if (p->kind == PROXY_UNKNOWN)
		return "unknown";
	inet_ntop(af, p->src.ip, a, sizeof a);
	inet_ntop(af, p->dst.ip, b, sizeof b);
	snprintf(buf, sizeof buf, "%s %u %s %u", a, (unsigned)p->src.port,
	    b, (unsigned)p->dst.port);
	return buf;
}

static void
test_lines(void)
{
	struct proxy p;
	size_t i, k, n;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const unsigned char *s = (const unsigned char *)lines[i].line;
		int fine = 1, r;

		n = strlen(lines[i].line);
		r = proxy_scan(&p, s, n);
		ok(!strcmp(text(r, &p), lines[i].want), "%s: %s",
		    lines[i].want, text(r, &p));
		if (r == 1)
			for (k = 0; k < p.len; k++) {
				struct proxy q;

				fine &= proxy_scan(&q, s, k) == 0;
			}
		ok(fine, "not before its end");
	}
}

static void
binary(const char *want, size_t len, const unsigned char *s, size_t n)
{
	struct proxy p;
	int r = proxy_scan(&p, s, n);

	ok(!strcmp(text(r, &p), want), "%s: %s", want, text(r, &p));
	ok(r <= 0 || p.len == len, "its length");
}

static void
test_binary(void)
{
	binary("local", 16, V2("\x20\0\0\0", ""));
	binary("local", 28, V2("\x20\x11\0\14", FOUR));
	binary("192.0.2.1 4660 192.0.2.2 25", 28, V2("\x21\x11\0\14", FOUR));
	binary("192.0.2.1 4660 192.0.2.2 25", 35,
	    V2("\x21\x11\0\23", FOUR "\x3\0\4"));
	binary("2001:db8:: 1 ::1 2", 52, V2("\x21\x21\0\44",
	    "\x20\x1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\1\0\2"));
	binary("unknown", 16, V2("\x21\0\0\0", ""));
	binary("unknown", 28, V2("\x21\x12\0\14", FOUR));
	binary("unknown", 232, V2("\x21\x31\0\330", ""));
	binary("bad", 0, V2("\x21\x11\0\13", FOUR));
	binary("bad", 0, V2("\x11\x11\0\14", FOUR));
	binary("bad", 0, V2("\x22\x11\0\14", FOUR));
	binary("bad", 0, V2("\x21\x41\0\14", FOUR));
	binary("bad", 0, V2("\x21\x13\0\14", FOUR));
	binary("bad", 0, V2("\x21\x11\x10\0", FOUR));
	binary("more", 0, V2("\x21\x11\0\14", ""));
	binary("more", 0, V2("\x21\x21\0\44", FOUR FOUR));
}

int
main(void)
{
	test_lines();
	test_binary();
	return tap_end();
}
