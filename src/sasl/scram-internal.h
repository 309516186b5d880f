#ifndef SASL_SCRAM_INTERNAL_H
#define SASL_SCRAM_INTERNAL_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "sasl/hash.h"

/* What both sides of SCRAM share. */

struct span {
	const char *s;
	size_t n;
};

/* Take "LETTER=VALUE" and the comma behind it from the front of in. Returns
 * 1, or -1 if it is not there. */
int scram_attr(struct span *in, char letter, struct span *value);

/* The proof, or with it the key, of RFC 5802 section 3: key XOR
 * HMAC(stored, "first,reply,last"). in and out may be the same. Returns 1, or
 * 0 with ENOMEM. */
int scram_xor(char out[HASH_OCTETS], const char in[HASH_OCTETS],
    const char stored[HASH_OCTETS], const stralloc *auth);

/* AuthMessage. 1 or 0. */
int scram_auth(stralloc *sa, const stralloc *first, const stralloc *reply,
    const struct span *last);

/* Printable ASCII without a comma, not empty, at most max octets. */
int scram_isnonce(const struct span *x, size_t max);

#endif
