#include "conf/listen.h"

#include <string.h>
#include <arpa/inet.h>

#include "tap.h"

static const struct {
	const char *net, *ip;
	int want;	/* -1: net is refused */
} cases[] = {
	{ "127.0.0.1", "127.0.0.1", 1 },
	{ "127.0.0.1", "127.0.0.2", 0 },
	{ "127.0.0.1/32", "127.0.0.1", 1 },
	{ "10.0.0.0/8", "10.255.255.255", 1 },
	{ "10.0.0.0/8", "11.0.0.0", 0 },
	{ "192.0.2.128/25", "192.0.2.128", 1 },
	{ "192.0.2.128/25", "192.0.2.127", 0 },
	{ "0.0.0.0/0", "203.0.113.9", 1 },
	{ "0.0.0.0/0", "2001:db8::1", 0 },
	{ "0.0.0.0/0", "::ffff:203.0.113.9", 1 },
	{ "10.0.0.0/8", "::ffff:10.1.1.1", 1 },
	{ "::/0", "2001:db8::1", 1 },
	{ "::/0", "203.0.113.9", 0 },
	{ "[::1]/128", "::1", 1 },
	{ "[::1]", "::2", 0 },
	{ "2001:db8::/33", "2001:db8:7fff::1", 1 },
	{ "2001:db8::/33", "2001:db8:8000::1", 0 },
	{ "[2001:db8::]/32", "2001:db8:ffff::1", 1 },
	{ "10.0.0.1/8", "10.0.0.1", -1 },
	{ "127.0.0.1/33", "127.0.0.1", -1 },
	{ "::1/129", "::1", -1 },
	{ "127.0.0.1/", "127.0.0.1", -1 },
	{ "127.0.0.1/-1", "127.0.0.1", -1 },
	{ "127.0.0.1/8x", "127.0.0.1", -1 },
	{ "127.1", "127.0.0.1", -1 },
	{ "[127.0.0.1]", "127.0.0.1", -1 },
	{ "[::1", "::1", -1 },
	{ "", "::1", -1 },
	{ "example.org", "::1", -1 },
	{ "::1%lo", "::1", -1 },
};

static const struct {
	const char *s;
	int port, is6;	/* port -1: refused */
} doors[] = {
	{ "127.0.0.1:25", 25, 0 }, { "0.0.0.0:65535", 65535, 0 },
	{ "[::]:25", 25, 1 }, { "[2001:db8::1]:0", 0, 1 },
	{ "::1:25", -1, 0 }, { "127.0.0.1", -1, 0 }, { ":25", -1, 0 },
	{ "127.0.0.1:65536", -1, 0 }, { "127.0.0.1:", -1, 0 },
	{ "127.0.0.1:2 5", -1, 0 }, { "[::1]25", -1, 0 }, { "", -1, 0 },
};

static const struct {
	const char *s;
	int role, proxy;	/* role -1: refused */
} listens[] = {
	{ "127.0.0.1:25", LISTEN_SMTP, 0 },
	{ "[::1]:25/smtp", LISTEN_SMTP, 0 },
	{ "[::]:465/submissions", LISTEN_SUBMISSIONS, 0 },
	{ "0.0.0.0:587/submission+proxy", LISTEN_SUBMISSION, 1 },
	{ "127.0.0.1:2525+proxy", LISTEN_SMTP, 1 },
	{ "127.0.0.1:2465/smtps", LISTEN_SMTPS, 0 },
	{ "127.0.0.1:25/", -1, 0 }, { "127.0.0.1:25/smtpss", -1, 0 },
	{ "127.0.0.1/smtp:25", -1, 0 }, { "/smtp", -1, 0 }, { "", -1, 0 },
	{ "+proxy", -1, 0 }, { "127.0.0.1:25+proxy/smtp", -1, 0 },
	{ "127.0.0.1:25/smtp+prox", -1, 0 },
};

static void
roles(void)
{
	struct listen_at l;
	size_t i;
	int r;

	for (i = 0; i < sizeof listens / sizeof listens[0]; i++) {
		r = listen_scan(&l, listens[i].s, strlen(listens[i].s));
		ok(r < 0 ? listens[i].role < 0 :
		    (int)l.role == listens[i].role &&
		    l.proxy == listens[i].proxy, "listen \"%s\"",
		    listens[i].s);
	}
	ok(listen_role(listen_word(LISTEN_SMTPS)) == LISTEN_SMTPS &&
	    listen_role("x") == LISTEN_ROLES, "words");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned char ip[16];
		int is6 = strchr(cases[i].ip, ':') != 0, r;
		struct net x;

		inet_pton(is6 ? AF_INET6 : AF_INET, cases[i].ip, ip);
		r = net_scan(&x, cases[i].net, strlen(cases[i].net));
		if (r > 0)
			r = net_has(&x, ip, is6);
		ok(r == cases[i].want, "%s in %s: %d", cases[i].ip,
		    cases[i].net, cases[i].want);
	}
	for (i = 0; i < sizeof doors / sizeof doors[0]; i++) {
		uint16_t port;
		struct net x;
		int r = net_scanport(&x, &port, doors[i].s,
		    strlen(doors[i].s));

		ok(r < 0 ? doors[i].port < 0 : port == doors[i].port &&
		    x.is6 == doors[i].is6, "door \"%s\"", doors[i].s);
	}
	roles();
	return tap_end();
}
