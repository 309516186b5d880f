#ifndef WIRE_ROUTES_H
#define WIRE_ROUTES_H

#include <stddef.h>
#include <stdint.h>

#include "wire/route.h"

/* What pneu-alias has just answered, for who asks the same again and again:
 * mail comes in bursts to one address. Only places are kept, no refusals:
 * an address that becomes valid is so at once. For answers to Q frames
 * only: those to a P are not about the address alone. */

#define ROUTES_MS 1000		/* that an answer is kept */
#define ROUTES_SLOTS 512		/* each address may be in two of them */
#define ROUTES_OCTETS 180	/* address and answer; longer ones are not */

struct routes {
	struct routes_slot {
		uint64_t until;		/* ms */
		uint16_t addrlen, len;
		char s[ROUTES_OCTETS];
	} slots[ROUTES_SLOTS];
	char copy[ROUTES_OCTETS];
};

/* A zeroed struct routes is empty; so it becomes again by routes_forget: the
 * settings may have changed. */
void routes_forget(struct routes *t);

/* Where addr[0..n) goes, if that is known. now: ms of a clock that does not
 * go back. Returns 1 with *r, good until the next call, or 0. */
int routes_find(struct routes *t, struct route *r, const char *addr,
    size_t n, uint64_t now);

/* As route_scan of the answer s[0..len) about addr[0..n), which is kept. */
int routes_scan(struct routes *t, struct route *r, const char *addr,
    size_t n, char *s, size_t len, uint64_t now);

#endif
