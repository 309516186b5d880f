#include "mail/utf8.h"

#include <stdio.h>
#include <string.h>

#include "mail/hex.h"

int
utf8_scan(uint32_t *c, const char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t k, i;

	if (!n)
		return -1;
	k = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 :
	    u[0] < 0xf0 ? 3 : u[0] < 0xf5 ? 4 : 0;
	if (!k || k > n)
		return -1;
	*c = k == 1 ? u[0] : u[0] & (0x7fu >> k);
	for (i = 1; i < k; i++) {
		if (u[i] >> 6 != 2)
			return -1;
		*c = *c << 6 | (u[i] & 63);
	}
	if (*c < least[k] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return -1;
	return (int)k;
}

int
utf8_is(const char *s, size_t n)
{
	uint32_t c;
	int k;

	for (; n; s += k, n -= (size_t)k) {
		k = utf8_scan(&c, s, n);
		if (k < 0 || (c >= 0x80 && c < 0xa0))
			return 0;
	}
	return 1;
}

int
utf8_has(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] > 127)
			return 1;
	return 0;
}

int
utf8_xtext(stralloc *sa, const char *s, size_t n)
{
	char hex[16];
	uint32_t c;
	int k;

	for (; n; s += k, n -= (size_t)k) {
		if ((k = utf8_scan(&c, s, n)) < 0)
			return 0;
		if (c > 32 && c < 127 && c != '\\' && c != '+' && c != '=') {
			if (!stralloc_append(sa, *s))
				return 0;
			continue;
		}
		snprintf(hex, sizeof hex, "\\x{%.2X}", (unsigned int)c);
		if (!stralloc_cats(sa, hex))
			return 0;
	}
	return 1;
}

static size_t
put(char out[4], uint32_t c)
{
	size_t k = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = k - 1; i; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 63));
	out[0] = (char)(k == 1 ? c : (0xf00u >> k) | c);
	return k;
}

/* "\x{HEX}" at s[0..n). Returns its octets, 0 if there is none. */
static size_t
embedded(uint32_t *c, const char *s, size_t n)
{
	size_t i;
	int d;

	if (n < 6 || memcmp(s, "\\x{", 3))
		return 0;
	for (*c = 0, i = 3; i < n && i < 9 && s[i] != '}'; i++) {
		if ((d = hex_upper(s[i])) < 0)
			return 0;
		*c = *c << 4 | (uint32_t)d;
	}
	return i > 4 && i < n && s[i] == '}' && *c >= 32 && *c != 127 &&
	    (*c < 0x80 || *c >= 0xa0) && *c <= 0x10ffff &&
	    !(*c >= 0xd800 && *c < 0xe000) ? i + 1 : 0;
}

int
utf8_unxtext(stralloc *sa, const char *s, size_t n)
{
	char out[4];
	uint32_t c;
	size_t k;

	for (; n; s += k, n -= k) {
		k = embedded(&c, s, n);
		if (!stralloc_catb(sa, k ? out : s, k ? put(out, c) : 1))
			return 0;
		if (!k)
			k = 1;
	}
	return 1;
}
