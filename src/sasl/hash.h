#ifndef SASL_HASH_H
#define SASL_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/sha256.h>

/* HMAC (RFC 2104) and PBKDF2 (RFC 8018 section 5.2) with SHA-256, on that of
 * skalibs. */

#define HASH_OCTETS 32
#define HASH_BLOCK_OCTETS 64

/* SHA-256 of s[0..n). */
void hash_of(char out[HASH_OCTETS], const char *s, size_t n);

/* A key whose two first blocks are done. */
struct hmac {
	SHA256Schedule in, out;
};

void hmac_key(struct hmac *k, const char *key, size_t n);
void hmac_of(const struct hmac *k, char out[HASH_OCTETS], const char *s,
    size_t n);

/* One block of PBKDF2, in steps: SCRAM's Hi() (RFC 5802 section 2.2). */
struct pbkdf2 {
	struct hmac key;
	char u[HASH_OCTETS];
	char t[HASH_OCTETS];	/* the result, when it is done */
	uint32_t left;
};

#define PBKDF2_SALT_OCTETS 256	/* of a salt, at most; more is cut */

void pbkdf2_init(struct pbkdf2 *p, const char *pass, size_t n,
    const char *salt, size_t saltlen, uint32_t iterations);

/* At most max iterations more. Returns 1 when it is done, else 0. */
int pbkdf2_run(struct pbkdf2 *p, uint32_t max);

/* 1 if a and b are the same, in a time that does not tell where they
 * differ. */
int hash_same(const char *a, const char *b, size_t n);

/* Overwrite secrets, whatever the compiler thinks of it. */
void hash_wipe(void *s, size_t n);

#endif
