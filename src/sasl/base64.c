#include "sasl/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four digits, of which the last pad are '='. Returns 1, or -1. */
static int
quantum(char out[3], const char *s, unsigned int pad)
{
	unsigned long u = 0;
	unsigned int i;
	int v;

	for (i = 0; i < 4; i++) {
		v = i < 4 - pad ? value(s[i]) : 0;
		if (v < 0)
			return -1;
		u = u << 6 | (unsigned int)v;
	}
	if ((pad == 1 && u & 0xff) || (pad == 2 && u & 0xffff))
		return -1;
	out[0] = (char)(u >> 16);
	out[1] = (char)(u >> 8);
	out[2] = (char)u;
	return 1;
}

int
base64_scan(stralloc *sa, const char *s, size_t n)
{
	size_t len = sa->len, i;
	unsigned int pad = 0;

	if (n % 4)
		return -1;
	if (!stralloc_readyplus(sa, n / 4 * 3 + 1))
		return 0;
	for (i = 0; i < n; i += 4) {
		if (i + 4 == n)
			pad = s[n - 1] != '=' ? 0 : s[n - 2] != '=' ? 1 : 2;
		if (quantum(sa->s + sa->len, s + i, pad) < 0) {
			sa->len = len;
			return -1;
		}
		sa->len += 3 - pad;
	}
	return 1;
}

int
base64_put(stralloc *sa, const char *s, size_t n)
{
	size_t i, k, left;
	unsigned long u;
	char *p;

	if (!stralloc_readyplus(sa, (n + 2) / 3 * 4 + 1))
		return 0;
	for (i = 0; i < n; i += 3) {
		left = n - i < 3 ? n - i : 3;
		for (u = k = 0; k < 3; k++)
			u = u << 8 | (k < left ? (unsigned char)s[i + k] : 0);
		p = sa->s + sa->len;
		p[0] = digits[u >> 18];
		p[1] = digits[u >> 12 & 63];
		p[2] = left > 1 ? digits[u >> 6 & 63] : '=';
		p[3] = left > 2 ? digits[u & 63] : '=';
		sa->len += 4;
	}
	return 1;
}
