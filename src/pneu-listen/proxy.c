#include <skalibs/nonposix.h>

#include "proxy.h"

#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

/* The word at *s, before n and the space or end behind it; *s is then behind
 * that. 0 if it does not fit or is empty. */
static int
word(char *out, size_t size, const char **s, const char *end)
{
	const char *sp = memchr(*s, ' ', (size_t)(end - *s));
	size_t n = (size_t)((sp ? sp : end) - *s);

	if (!n || n >= size || memchr(*s, 0, n))
		return 0;
	memcpy(out, *s, n);
	out[n] = 0;
	*s = sp ? sp + 1 : end + 1;
	return 1;
}

/* 0 to 65535, without needless zeros. */
static int
port(uint16_t *u, const char *s)
{
	unsigned long v = 0;
	size_t i, n = strlen(s);

	if (n > 5 || (n > 1 && s[0] == '0'))
		return 0;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		v = v * 10 + (unsigned long)(s[i] - '0');
	}
	*u = (uint16_t)v;
	return v <= 65535;
}

/* "TCP4 192.0.2.1 192.0.2.2 56324 25": section 2.1, all of s..end. */
static int
line(struct proxy *p, const char *s, const char *end)
{
	char family[8], a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN], x[6], y[6];
	int af;

	if (!word(family, sizeof family, &s, end))
		return -1;
	if (!strcmp(family, "UNKNOWN"))
		return 1;		/* whatever stands behind it */
	p->is6 = !strcmp(family, "TCP6");
	if (!p->is6 && strcmp(family, "TCP4"))
		return -1;
	af = p->is6 ? AF_INET6 : AF_INET;
	if (s > end || !word(a, sizeof a, &s, end) ||
	    s > end || !word(b, sizeof b, &s, end) ||
	    s > end || !word(x, sizeof x, &s, end) ||
	    s > end || !word(y, sizeof y, &s, end) || s <= end ||
	    inet_pton(af, a, p->src.ip) != 1 ||
	    inet_pton(af, b, p->dst.ip) != 1 ||
	    !port(&p->src.port, x) || !port(&p->dst.port, y))
		return -1;
	p->kind = PROXY_CLIENT;
	return 1;
}

static int
version1(struct proxy *p, const unsigned char *s, size_t n)
{
	const unsigned char *nl;

	if (n > PROXY_V1_OCTETS)
		n = PROXY_V1_OCTETS;
	nl = memchr(s, '\n', n);
	if (!nl)
		return n < PROXY_V1_OCTETS ? 0 : -1;
	p->len = (size_t)(nl - s) + 1;
	if (nl[-1] != '\r')
		return -1;
	return line(p, (const char *)s + 6, (const char *)nl - 1);
}

/* Addresses of 4 or 16 octets, then ports. */
static void
ends(struct proxy *p, const unsigned char *s, size_t k)
{
	memcpy(p->src.ip, s, k);
	memcpy(p->dst.ip, s + k, k);
	s += 2 * k;
	p->src.port = (uint16_t)(s[0] << 8 | s[1]);
	p->dst.port = (uint16_t)(s[2] << 8 | s[3]);
	p->is6 = k == 16;
	p->kind = PROXY_CLIENT;
}

/* Section 2.2: version and command, family and protocol, length. */
static int
version2(struct proxy *p, const unsigned char *s, size_t n)
{
	size_t len, k;

	if (n < 16)
		return 0;
	len = (size_t)(s[14] << 8 | s[15]);
	p->len = 16 + len;
	if (s[12] >> 4 != 2 || (s[12] & 15) > 1 || s[13] >> 4 > 3 ||
	    (s[13] & 15) > 2 || p->len > PROXY_V2_OCTETS)
		return -1;
	if ((s[12] & 15) == 0) {
		p->kind = PROXY_LOCAL;
		return 1;
	}
	if (s[13] != 0x11 && s[13] != 0x21)
		return 1;	/* no TCP: who is there we do not know */
	k = s[13] == 0x21 ? 16 : 4;
	if (len < 2 * k + 4)
		return -1;
	if (n < 16 + 2 * k + 4)
		return 0;
	ends(p, s + 16, k);
	return 1;
}

int
proxy_scan(struct proxy *p, const unsigned char *s, size_t n)
{
	static const unsigned char one[] = "PROXY ",
	    two[] = "\r\n\r\n\0\r\nQUIT\n";

	memset(p, 0, sizeof *p);
	p->kind = PROXY_UNKNOWN;
	if (!memcmp(s, one, n < 6 ? n : 6))
		return n < 6 ? 0 : version1(p, s, n);
	if (!memcmp(s, two, n < 12 ? n : 12))
		return version2(p, s, n);
	return -1;
}
