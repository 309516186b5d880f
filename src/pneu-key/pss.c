#include "pneu-key/pss.h"

#include <string.h>

#define HASH_OCTETS 64

/* Mask s[0..n) by what is made of the hash seed: RFC 8017 B.2.1. */
static void
mask(unsigned char *s, size_t n, const br_hash_class *h,
    const unsigned char *seed, size_t seedlen)
{
	br_hash_compat_context c;
	unsigned char out[HASH_OCTETS], number[4];
	uint32_t i = 0;
	size_t k;

	for (; n; i++) {
		number[0] = (unsigned char)(i >> 24);
		number[1] = (unsigned char)(i >> 16);
		number[2] = (unsigned char)(i >> 8);
		number[3] = (unsigned char)i;
		h->init(&c.vtable);
		h->update(&c.vtable, seed, seedlen);
		h->update(&c.vtable, number, sizeof number);
		h->out(&c.vtable, out);
		for (k = 0; k < seedlen && n; k++, n--)
			*s++ ^= out[k];
	}
}

int
pss_encode(unsigned char *em, size_t bits, const br_hash_class *h,
    const unsigned char *digest, const unsigned char *salt)
{
	static const unsigned char zeros[8];
	size_t n = h->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
	size_t len = (bits + 6) / 8, data = len - n - 1;
	br_hash_compat_context c;

	if (len < 2 * n + 2)
		return 0;
	if (len < (bits + 7) / 8)
		*em++ = 0;
	h->init(&c.vtable);
	h->update(&c.vtable, zeros, sizeof zeros);
	h->update(&c.vtable, digest, n);
	h->update(&c.vtable, salt, n);
	h->out(&c.vtable, em + data);
	memset(em, 0, data - n - 1);
	em[data - n - 1] = 1;
	memcpy(em + data - n, salt, n);
	mask(em, data, h, em + data, n);
	em[0] &= (unsigned char)(0xff >> (8 * len - (bits - 1)));
	em[len - 1] = 0xbc;
	return 1;
}
