#include "spool/name.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "wire/envelope.h"

static const char upper[] = "0123456789ABCDEF", lower[] = "0123456789abcdef";

/* u as the last n hexadecimal digits, at s. */
static void
hex_fmt(char *s, uint64_t u, size_t n, const char *digits)
{
	while (n--) {
		s[n] = digits[u & 15];
		u >>= 4;
	}
}

/* n digits of s, and nothing but these. 1 or 0. */
static int
hex_scan(const char *s, size_t n, const char *digits, uint64_t *u)
{
	const char *d;

	for (*u = 0; n; n--, s++) {
		if (!*s || !(d = strchr(digits, *s)))
			return 0;
		*u = *u << 4 | (uint64_t)(d - digits);
	}
	return 1;
}

int
letter_isid(const char *s, size_t n)
{
	uint64_t hi, lo;

	return n == LETTER_ID_OCTETS && hex_scan(s, 13, upper, &hi) &&
	    hex_scan(s + 13, 5, upper, &lo);
}

int
letter_name_scan(struct letter_name *n, const char *s)
{
	uint64_t hash;
	size_t len = strlen(s), used;
	const char *size = s + LETTER_ID_OCTETS + 10;

	if (len <= LETTER_ID_OCTETS + 10 || len > LETTER_NAME_OCTETS ||
	    !letter_isid(s, LETTER_ID_OCTETS) || s[LETTER_ID_OCTETS] != '.' ||
	    !hex_scan(s + LETTER_ID_OCTETS + 1, 8, lower, &hash) ||
	    size[-1] != '.')
		return -1;
	used = uint64_scan(size, &n->size);
	if (!used || size[used] || (size[0] == '0' && used > 1))
		return -1;
	memcpy(n->id, s, LETTER_ID_OCTETS);
	n->id[LETTER_ID_OCTETS] = 0;
	n->hash = (uint32_t)hash;
	return 1;
}

size_t
letter_name_fmt(char *s, const struct letter_name *n)
{
	char *p = s;

	memcpy(p, n->id, LETTER_ID_OCTETS);
	p += LETTER_ID_OCTETS;
	*p++ = '.';
	hex_fmt(p, n->hash, 8, lower);
	p += 8;
	*p++ = '.';
	p += uint64_fmt(p, n->size);
	*p = 0;
	return (size_t)(p - s);
}

/* FNV-1a. */
uint32_t
letter_hash(const char *domain, size_t n)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)domain[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + 32);
		h = (h ^ c) * 16777619u;
	}
	return h ? h : 1;
}

uint32_t
letter_hash_envelope(const struct envelope *e)
{
	uint32_t h = 0, first = 0;
	size_t i;

	for (i = 0; i < envelope_nrcpts(e); i++) {
		const char *addr = envelope_rcpt(e, i)->addr;
		const char *at = strrchr(addr, '@');

		at = at ? at + 1 : "";
		h = letter_hash(at, strlen(at));
		if (!i)
			first = h;
		else if (h != first)
			return 0;
	}
	return h;
}

void
letter_id_make(char id[LETTER_ID_OCTETS + 1], struct letter_clock *k,
    uint64_t now_us)
{
	k->last_us = now_us > k->last_us ? now_us : k->last_us + 1;
	hex_fmt(id, k->last_us, 13, upper);
	hex_fmt(id + 13, k->worker, 2, upper);
	hex_fmt(id + 15, k->start, 3, upper);
	id[LETTER_ID_OCTETS] = 0;
}

/* FNV-1a with 64 bits; the NUL divides one string from the next. */
static uint64_t
hash64(uint64_t h, const char *s)
{
	do
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	while (*s++);
	return h;
}

#define DERIVED_TIME 5		/* digits of the parent's time: 73 minutes */

void
letter_id_derive(char id[LETTER_ID_OCTETS + 1], const char *parent,
    const char *step, unsigned int try)
{
	uint64_t h = hash64(hash64(0xcbf29ce484222325u, parent), step) + try;

	/* each bit of what went in changes all that comes out */
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	memcpy(id, parent, DERIVED_TIME);
	hex_fmt(id + DERIVED_TIME, h, LETTER_ID_OCTETS - DERIVED_TIME - 2,
	    upper);
	memcpy(id + LETTER_ID_OCTETS - 2, "FF", 3);
}

int
letter_isderived(const char *id)
{
	return id[LETTER_ID_OCTETS - 2] == 'F' &&
	    id[LETTER_ID_OCTETS - 1] == 'F';
}
