#ifndef SASL_SCRAM_H
#define SASL_SCRAM_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "sasl/hash.h"
#include "sasl/verifier.h"

/* SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. Bytes to
 * bytes: nonces are arguments. Names and passwords are taken as they are
 * (SASLprep, RFC 4013, changes nothing in ASCII; who uses other octets has
 * to write them the same way every time). */

#define SCRAM_MESSAGE_OCTETS 8192	/* of one; RFC 4954 section 4 has
					 * 12288 of base 64 */
#define SCRAM_NONCE_OCTETS 24		/* of ours: 18 random ones in base 64 */
#define SCRAM_CNONCE_OCTETS 512		/* of a peer's, at most */
#define SCRAM_ITERATIONS_MIN 4096	/* that a client does for a server: of
					 * fewer a stranger could guess the
					 * password; RFC 7677 section 4 */
#define SCRAM_ITERATIONS_MAX 200000

/* The server. */
struct scram {
	stralloc user;		/* with a NUL */
	stralloc authzid;	/* with a NUL; "" is none */
	stralloc gs2, first, reply;
	size_t nonce, noncelen;	/* both sides', in reply */
};
#define SCRAM_ZERO { .user = STRALLOC_ZERO, .authzid = STRALLOC_ZERO, \
    .gs2 = STRALLOC_ZERO, .first = STRALLOC_ZERO, .reply = STRALLOC_ZERO }

/* Take client-first-message; x->user is then known. Returns 1, 0 with
 * ENOMEM, or -1: malformed, or it wants what is not offered. */
int scram_first(struct scram *x, const char *s, size_t n);

/* Append server-first-message to out. v has the user's salt and iterations;
 * nonce is random text. Returns 1, or 0 with ENOMEM. */
int scram_challenge(struct scram *x, const struct verifier *v,
    const char *nonce, stralloc *out);

/* Take client-final-message. Returns 1 if he knows the password: out has
 * server-final-message; 0 if he does not; -1 malformed; -2 ENOMEM. */
int scram_final(struct scram *x, const struct verifier *v, const char *s,
    size_t n, stralloc *out);

void scram_free(struct scram *x);

/* The client. */
struct scram_client {
	stralloc first, reply;
	size_t noncelen;	/* of ours, at the end of first */
	char server[HASH_OCTETS];	/* signature to come */
};
#define SCRAM_CLIENT_ZERO { .first = STRALLOC_ZERO, .reply = STRALLOC_ZERO }

/* Append client-first-message to out. Returns 1, or 0 with ENOMEM. */
int scram_client_first(struct scram_client *x, const char *user,
    const char *nonce, stralloc *out);

/* Take server-first-message, append client-final-message to out. Returns 1,
 * 0 with ENOMEM, or -1: malformed, a nonce that is not ours, or
 * iterations that are not SCRAM_ITERATIONS_MIN to SCRAM_ITERATIONS_MAX. */
int scram_client_final(struct scram_client *x, const char *pass,
    const char *s, size_t n, stralloc *out);

/* Take server-final-message. Returns 1 if it is the server that knows the
 * password, else -1. */
int scram_client_check(const struct scram_client *x, const char *s, size_t n);

void scram_client_free(struct scram_client *x);

#endif
