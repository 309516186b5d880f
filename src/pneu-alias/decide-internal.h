#ifndef PNEU_ALIAS_DECIDE_INTERNAL_H
#define PNEU_ALIAS_DECIDE_INTERNAL_H

#include "decide.h"

struct work {
	struct decision *d;
	const struct setup *f;
	struct step_addr x;	/* what the address is by now */
	struct step st;		/* its last step */
	size_t used;		/* of d->room */
	int asuser;		/* his own targets: by no transport */
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

/* Decide about an address that no table makes another. */
void decide_final(struct work *w);

/* Of that, what is not delivered here. */
void decide_remote(struct work *w);

/* Decide: to this next hop. */
void decide_nexthop(struct work *w, const char *s, size_t n);

/* Decide: this user, with this extension. */
void decide_user(struct work *w, const char *name, const char *ext);

/* Decide: admin_mailbox. */
void decide_admin(struct work *w);

#endif
