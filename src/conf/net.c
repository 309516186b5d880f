#include "conf/net.h"

#include <errno.h>
#include <string.h>
#include <arpa/inet.h>

#define ADDRESS_OCTETS 46	/* longest text of an IPv6 address, and NUL */

/* The address in s[0..n), in brackets or not. Returns 1, or -1. */
static int
scan_ip(struct net *x, const char *s, size_t n)
{
	char buf[ADDRESS_OCTETS];
	int bracket = n > 2 && s[0] == '[' && s[n - 1] == ']';

	if (bracket)
		s++, n -= 2;
	if (!n || n >= sizeof buf || memchr(s, 0, n))
		return (errno = EINVAL, -1);
	memcpy(buf, s, n);
	buf[n] = 0;
	memset(x, 0, sizeof *x);
	if (!bracket && inet_pton(AF_INET, buf, x->ip) == 1) {
		x->bits = 32;
		return 1;
	}
	if (inet_pton(AF_INET6, buf, x->ip) == 1) {
		x->is6 = 1;
		x->bits = 128;
		return 1;
	}
	return (errno = EINVAL, -1);
}

/* Decimal digits, at most max. Returns 1, or -1. */
static int
scan_decimal(unsigned int *u, unsigned int max, const char *s, size_t n)
{
	size_t i;

	if (!n || n > 5)
		return (errno = EINVAL, -1);
	for (*u = 0, i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return (errno = EINVAL, -1);
		*u = *u * 10 + (unsigned int)(s[i] - '0');
	}
	return *u <= max ? 1 : (errno = EINVAL, -1);
}

/* 1 if the first bits of a and b are the same. */
static int
same(const unsigned char *a, const unsigned char *b, unsigned int bits)
{
	unsigned int octets = bits / 8, rest = bits % 8;

	return !memcmp(a, b, octets) && (!rest ||
	    !((a[octets] ^ b[octets]) >> (8 - rest)));
}

int
net_scan(struct net *x, const char *s, size_t n)
{
	const char *slash = memchr(s, '/', n);
	size_t iplen = slash ? (size_t)(slash - s) : n;
	unsigned int i;

	if (scan_ip(x, s, iplen) < 0)
		return -1;
	if (!slash)
		return 1;
	if (scan_decimal(&x->bits, x->bits, slash + 1, n - iplen - 1) < 0)
		return -1;
	for (i = x->bits; i < (x->is6 ? 128u : 32u); i++)
		if (x->ip[i / 8] & 128 >> i % 8)
			return (errno = EINVAL, -1);
	return 1;
}

int
net_has(const struct net *x, const unsigned char *ip, int is6)
{
	static const unsigned char mapped[12] =
	    { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

	if (is6 && !memcmp(ip, mapped, sizeof mapped)) {
		ip += sizeof mapped;
		is6 = 0;
	}
	return !x->is6 == !is6 && same(x->ip, ip, x->bits);
}

int
conf_innets(const struct conf *c, enum conf_key k, const unsigned char *ip,
    int is6)
{
	const char *s;
	struct net x;

	for (s = conf_first(c, k); s; s = conf_next(c, k, s))
		if (net_scan(&x, s, strlen(s)) > 0 && net_has(&x, ip, is6))
			return 1;
	return 0;
}

int
net_scanport(struct net *x, uint16_t *port, const char *s, size_t n)
{
	size_t colon = n;
	unsigned int p;

	while (colon && s[colon - 1] != ':')
		colon--;
	if (!colon)
		return (errno = EINVAL, -1);
	if (scan_ip(x, s, colon - 1) < 0 ||
	    scan_decimal(&p, 65535, s + colon, n - colon) < 0)
		return -1;
	if (x->is6 && s[0] != '[')
		return (errno = EINVAL, -1);
	*port = (uint16_t)p;
	return 1;
}
