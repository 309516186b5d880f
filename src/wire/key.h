#ifndef WIRE_KEY_H
#define WIRE_KEY_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

/* What pneu-tls asks of pneu-key (doc/PROTOCOLS 12): lines of wire/field.h.
 * A key goes by the SHA-256 of its SubjectPublicKeyInfo. */

#define KEY_PRINT_OCTETS 32
#define KEY_DIGEST_OCTETS 64
#define KEY_SIGNATURE_OCTETS 1024
#define KEY_CERTS 10

enum key_type { KEY_RSA = 'r', KEY_EC = 'e' };

/* Hash functions by the numbers of TLS 1.2 (RFC 5246 7.4.1.4.1); 0: the MD5
 * and the SHA-1 of TLS 1.0, behind one another. */
enum key_hash {
	KEY_MD5SHA1 = 0, KEY_SHA1 = 2, KEY_SHA224 = 3, KEY_SHA256 = 4,
	KEY_SHA384 = 5, KEY_SHA512 = 6
};

/* Octets of a hash, 0 if there is no such. */
size_t key_hashlen(int hash);

/* A chain that there is a key for: the payload of a C frame, type= (rsa or
 * ec), key=, cert=, once or more, the leaf first, DER. */
struct key_chain {
	enum key_type type;
	unsigned char print[KEY_PRINT_OCTETS];
	size_t n;
	struct {
		const unsigned char *s;
		size_t n;
	} cert[KEY_CERTS];
};

/* Parse the whole of s[0..n), which is changed; certificates point into it.
 * Returns 1, or -1 with EINVAL. */
int key_chain_scan(struct key_chain *c, char *s, size_t n);
int key_chain_put(stralloc *sa, const struct key_chain *c);

/* A hash to be signed: the payload of an S frame, key=, hash=, digest=, and
 * pss=1 if RSA is to sign by PSS with a salt of the hash's length. */
struct key_ask {
	unsigned char print[KEY_PRINT_OCTETS];
	int hash;
	int pss;
	size_t n;
	unsigned char digest[KEY_DIGEST_OCTETS];
};

int key_ask_scan(struct key_ask *a, char *s, size_t n);
int key_ask_put(stralloc *sa, const struct key_ask *a);

#endif
