#ifndef SPOOL_WALK_H
#define SPOOL_WALK_H

#include <stdint.h>
#include <skalibs/direntry.h>

#include "spool/name.h"

/* A walk over the queue in slices, so that a million letters never stop an
 * event loop: each call reads on where the last one ended. */

/* The directories under new/ or defer/ (top), sorted: G or T as numbers.
 * Appends to *out (genalloc of uint64_t). Names that are neither are passed
 * over. Returns 1, or -1 with errno. */
#include <skalibs/genalloc.h>
int walk_dirs(int queuefd, const char *top, genalloc *out);

struct walk {
	DIR *dir;
	char at[32];		/* "new/0f3c2a11", "defer/1763800000", "hold" */
};
#define WALK_ZERO { .dir = 0 }

/* Begin at the directory at (relative to queuefd). 1; 0 no such; -1. */
int walk_open(struct walk *w, int queuefd, const char *at);

/* The next letter. Returns 1 with *n; 2 if what came next is no letter's
 * name (its name is in *bad, until the next call); 0 at the end; -1. */
int walk_next(struct walk *w, struct letter_name *n, const char **bad);
void walk_close(struct walk *w);

#endif
