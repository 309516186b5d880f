#ifndef PNEU_ALIAS_DECIDE_INTERNAL_H
#define PNEU_ALIAS_DECIDE_INTERNAL_H

#include "decide.h"
#include "mail/address.h"

/* The address as the tables want it: local part as it is meant, without
 * quotes (RFC 5321 4.1.2: it is the same mailbox), both in lower case. */
struct work {
	struct decision *d;
	const struct facts *f;
	char local[ADDRESS_PATH_OCTETS + 1];
	size_t locallen;
	char domain[ADDRESS_DOMAIN_OCTETS + 1];
	size_t domainlen;
	int literal;		/* domain is an address literal */
	size_t used;		/* of d->room */
};

/* Decide: nowhere. */
void decide_none(struct work *w, char kind, const char *code,
    const char *text);

/* A copy of s[0..n) that lasts as long as the decision; 0 (and the decision
 * is made: later) if there is no room: a table's value is too long. */
const char *decide_keep(struct work *w, const char *s, size_t n);

/* facts.lookup; on -1 the decision is made: later. */
int decide_lookup(struct work *w, const char *table, const char *key,
    size_t keylen, const char **v, size_t *n);

/* Decide about an address that is not delivered here. */
void decide_remote(struct work *w);

#endif
