#ifndef PNEU_TLS_CHAINS_H
#define PNEU_TLS_CHAINS_H

#include <stddef.h>

#include "pki/cert.h"
#include "wire/key.h"

/* Our certificates, as pneu-key has listed them; those who use a set hold
 * it, so that a handshake goes on with what it began with. */

#define CHAINS 64

struct chain {
	struct key_chain c;	/* points into own */
	struct cert leaf;	/* the same */
	char *own;
	void *made;		/* what the engine has made of it, or 0 */
	void (*unmake)(void *made);
};

struct chains {
	unsigned int users;
	size_t n;
	struct chain v[CHAINS];
};

/* An empty set with one user; 0 with ENOMEM. */
struct chains *chains_new(void);

/* Add what a C frame of pneu-key says. 1, 0 with ENOMEM, -1: it makes no
 * sense. */
int chains_add(struct chains *x, const char *s, size_t n);

struct chains *chains_hold(struct chains *x);
void chains_drop(struct chains *x);	/* x may be 0 */

/* The chain for a client that asked for the name sni ("": none) and can use
 * keys of this type: the first that is for the name; if none of any type is,
 * the first that is for what our first chain is for. 0 if there is none of
 * the type. */
struct chain *chains_choose(struct chains *x, const char *sni,
    enum key_type type);

/* The first with a key of this type, whomever it is for, or 0: for a client
 * who can use none that is for the name. Mail comes by TLS with any. */
struct chain *chains_any(struct chains *x, enum key_type type);

#endif
