#include "sasl/hash.h"

#include <string.h>

void
hash_of(char out[HASH_OCTETS], const char *s, size_t n)
{
	SHA256Schedule h = SHA256_INIT();

	sha256_update(&h, s, n);
	sha256_final(&h, out);
}

static void
pad(SHA256Schedule *h, const char key[HASH_BLOCK_OCTETS], unsigned char with)
{
	const SHA256Schedule zero = SHA256_INIT();
	char block[HASH_BLOCK_OCTETS];
	size_t i;

	for (i = 0; i < sizeof block; i++)
		block[i] = (char)((unsigned char)key[i] ^ with);
	*h = zero;
	sha256_update(h, block, sizeof block);
	hash_wipe(block, sizeof block);
}

void
hmac_key(struct hmac *k, const char *key, size_t n)
{
	char block[HASH_BLOCK_OCTETS];

	memset(block, 0, sizeof block);
	if (n > sizeof block)
		hash_of(block, key, n);
	else if (n)
		memcpy(block, key, n);
	pad(&k->in, block, 0x36);
	pad(&k->out, block, 0x5c);
	hash_wipe(block, sizeof block);
}

void
hmac_of(const struct hmac *k, char out[HASH_OCTETS], const char *s, size_t n)
{
	SHA256Schedule h = k->in;
	char inner[HASH_OCTETS];

	sha256_update(&h, s, n);
	sha256_final(&h, inner);
	h = k->out;
	sha256_update(&h, inner, sizeof inner);
	sha256_final(&h, out);
}

void
pbkdf2_init(struct pbkdf2 *p, const char *pass, size_t n, const char *salt,
    size_t saltlen, uint32_t iterations)
{
	char first[PBKDF2_SALT_OCTETS + 4];

	if (saltlen > PBKDF2_SALT_OCTETS)
		saltlen = PBKDF2_SALT_OCTETS;
	memcpy(first, salt, saltlen);
	memcpy(first + saltlen, "\0\0\0\1", 4);
	hmac_key(&p->key, pass, n);
	hmac_of(&p->key, p->u, first, saltlen + 4);
	memcpy(p->t, p->u, sizeof p->t);
	p->left = iterations ? iterations - 1 : 0;
}

int
pbkdf2_run(struct pbkdf2 *p, uint32_t max)
{
	size_t i;

	for (; p->left && max; p->left--, max--) {
		hmac_of(&p->key, p->u, p->u, sizeof p->u);
		for (i = 0; i < sizeof p->t; i++)
			p->t[i] = (char)(p->t[i] ^ p->u[i]);
	}
	return !p->left;
}

int
hash_same(const char *a, const char *b, size_t n)
{
	unsigned char differ = 0;
	size_t i;

	for (i = 0; i < n; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return !differ;
}

void
hash_wipe(void *s, size_t n)
{
	volatile char *p = s;

	while (n--)
		*p++ = 0;
}
