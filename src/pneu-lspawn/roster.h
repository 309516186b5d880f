#ifndef PNEU_LSPAWN_ROSTER_H
#define PNEU_LSPAWN_ROSTER_H

#include <skalibs/genalloc.h>

#include "pneu-lspawn/worker.h"

/* The workers: by number, by user, and in two lists by when they last gave a
 * sign of life. No I/O. */

#define ROSTER_BUCKETS 256

struct roster {
	genalloc places;		/* of struct worker *; by id */
	struct worker *bucket[ROSTER_BUCKETS];	/* by user */
	struct worker *busy, *busyend;	/* longest without a sign first */
	struct worker *idle, *idleend;	/* longest idle first */
	size_t n, nbusy;		/* in both lists; in the first */
};

/* The worker of user, or 0. */
struct worker *roster_find(const struct roster *r, const char *user);

/* A worker for user, in neither list yet, at a free place, storage reused.
 * Until it is joined to a list its place stays free. 0 with ENOMEM. */
struct worker *roster_new(struct roster *r, const char *user);

/* The one with this number, or 0. */
struct worker *roster_place(const struct roster *r, uint32_t id);

/* It is not to be found by its user any more (nor need it be now). */
void roster_forget(struct roster *r, struct worker *w);

/* Take it off its list; put it at the end of that of state (WORKER_BUSY or
 * WORKER_IDLE), with since now, and let it be found if it is new. */
void roster_leave(struct roster *r, struct worker *w);
void roster_join(struct roster *r, struct worker *w, char state);

#endif
