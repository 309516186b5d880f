#ifndef SASL_SERVER_H
#define SASL_SERVER_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "sasl/scram.h"

/* The server's side of one SASL exchange (RFC 4422), PLAIN (RFC 4616), LOGIN
 * (draft-murchison-sasl-login) or SCRAM-SHA-256, as a pure machine: the
 * client's messages go in, decoded; what is to be done comes out. */

#define SASL_MESSAGE_OCTETS 9216	/* 12288 of base 64: RFC 4954 4 */
#define SASL_NAME_OCTETS 255		/* of a user, and of a password:
					 * RFC 4616 section 2 (as octets) */
#define SASL_MECHANISM_OCTETS 20	/* RFC 4422 section 3.1 */

enum sasl_mechanism {
	SASL_PLAIN, SASL_LOGIN, SASL_SCRAM_SHA_256, SASL_MECHANISMS
};

extern const char *const sasl_names[SASL_MECHANISMS];

/* Returns enum sasl_mechanism, or -1. Without regard to case. */
int sasl_find(const char *name);

enum sasl_event {
	SASL_CHALLENGE,		/* send out, and wait */
	SASL_PASSWORD,		/* is s->pass the password of user? */
	SASL_VERIFIER,		/* what is the verifier of user? then
				 * sasl_server_verifier */
	SASL_YES,		/* it is the user */
	SASL_NO,		/* it is not */
	SASL_BAD,		/* malformed */
	SASL_MEMORY
};

struct sasl_server {
	enum sasl_mechanism mechanism;
	int step;
	stralloc user, pass;	/* each with a NUL */
	struct scram scram;
	struct verifier verifier;
};

/* s is zeroed, or has been freed. */
void sasl_server_begin(struct sasl_server *s, enum sasl_mechanism m);

/* Take a message of the client; the first is his initial response, if he
 * has one: then in is not 0. A challenge is appended to out. */
enum sasl_event sasl_server_step(struct sasl_server *s, const char *in,
    size_t n, stralloc *out);

/* Go on after SASL_VERIFIER. nonce: SCRAM_NONCE_OCTETS random characters. */
enum sasl_event sasl_server_verifier(struct sasl_server *s,
    const struct verifier *v, const char *nonce, stralloc *out);

/* Secrets are overwritten. */
void sasl_server_free(struct sasl_server *s);

#endif
