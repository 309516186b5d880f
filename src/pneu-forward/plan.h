#ifndef PNEU_FORWARD_PLAN_H
#define PNEU_FORWARD_PLAN_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "wire/envelope.h"
#include "wire/order.h"

/* The envelope of a letter for those whom a recipient stands for. Pure: no
 * I/O. */

struct plan_target {
	size_t at;		/* where its text begins */
	int isaddress;
};

struct plan {
	stralloc targets;	/* their texts (wire/route.h), a NUL after each */
	genalloc all;		/* of struct plan_target */
	stralloc tmp;
	const char *action;	/* what a sender who asked to hear of success
				 * is told (wire/order.h), 0: nothing now */
};

#define PLAN_ZERO { STRALLOC_ZERO, GENALLOC_ZERO, STRALLOC_ZERO, 0 }

void plan_clear(struct plan *p);

/* Add a target s[0..n), not empty. Returns 1, or 0 with ENOMEM. */
int plan_add(struct plan *p, const char *s, size_t n);

/* Add each line of s, which ends with a newline: the forward= of an order.
 * Returns 1, or 0 with ENOMEM. */
int plan_addlines(struct plan *p, const char *s);

/* Make e (ENVELOPE_ZERO or cleared) for them and recipient r of o. Addresses
 * without a domain get @origin; who stands there twice gets one copy. What is
 * no address stands as target= of r's own address. e's strings point into p,
 * o, r, owner and origin.
 *
 * owner: the sender of a mailing list, who hears of what fails from here on
 * (RFC 5321 3.9.2); then nothing of what the sender asked for is passed on,
 * nor the list's address as what a member's was, and for him it is delivered
 * (RFC 3461 5.2.7.1). 0, or o's sender being null:
 * the sender stays, and what he asked for (RFC 3461 5.2.7.2); but of several
 * he hears that it was expanded, and of none of them that it was delivered
 * (RFC 3461 5.2.7.3).
 *
 * Who brought o stays, for commands' environment.
 *
 * Returns 1, 0 if there are more than ENVELOPE_RCPTS, -1 with ENOMEM. */
int plan_envelope(struct plan *p, struct envelope *e, const struct order *o,
    const struct order_rcpt *r, const char *owner, const char *origin);

#endif
