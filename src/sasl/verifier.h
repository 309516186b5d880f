#ifndef SASL_VERIFIER_H
#define SASL_VERIFIER_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "sasl/hash.h"

/* What is kept of a password: by it a server checks PLAIN, LOGIN and
 * SCRAM-SHA-256, and whoever steals it still has to guess (RFC 5802 section
 * 9, which says what else he can do). As text, the same as Dovecot's:
 *
 *	{SCRAM-SHA-256}ITERATIONS,SALT,STOREDKEY,SERVERKEY	(base 64) */

#define VERIFIER_SALT_OCTETS 64
#define VERIFIER_ITERATIONS 15000	/* RFC 7677 section 4: at least 4096,
					 * better 15000 */
#define VERIFIER_ITERATIONS_MAX 1000000
#define VERIFIER_SCHEME "{SCRAM-SHA-256}"

struct verifier {
	uint32_t iterations;
	size_t saltlen;
	char salt[VERIFIER_SALT_OCTETS];
	char stored[HASH_OCTETS], server[HASH_OCTETS];
};

/* Parse all of s[0..n). Returns 1, 0 with ENOMEM, or -1 if it is malformed;
 * fewer than 1 or more than VERIFIER_ITERATIONS_MAX iterations are. */
int verifier_scan(struct verifier *v, const char *s, size_t n);

/* Append it as text. Returns 1, or 0 with ENOMEM. */
int verifier_put(stralloc *sa, const struct verifier *v);

/* Begin to hash a password as v's iterations and salt have it. When that is
 * done (hash.h): verifier_set makes it v's password, verifier_is says
 * whether it is already. */
void verifier_hash(struct pbkdf2 *p, const struct verifier *v,
    const char *pass, size_t n);
void verifier_set(struct verifier *v, const struct pbkdf2 *p);
int verifier_is(const struct verifier *v, const struct pbkdf2 *p);

/* The verifier of somebody who does not exist: always the same salt for the
 * same name, and no password that fits (RFC 5802 section 9). */
void verifier_none(struct verifier *v, const struct hmac *secret,
    uint32_t iterations, const char *user, size_t n);

#endif
