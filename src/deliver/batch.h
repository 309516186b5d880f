#ifndef DELIVER_BATCH_H
#define DELIVER_BATCH_H

#include "deliver/letter.h"

/* The letters at hand, delivered together: all copies are written, then
 * made durable together, then reported. */

#define BATCH_LETTERS 128
#define BATCH_COPIES 256	/* open files; one order may go past it */

struct batch {
	struct letter *l[BATCH_LETTERS];	/* made when first used */
	size_t n;		/* whole letters; l[n] may be coming in */
	size_t ncopies;		/* of the whole ones */
	size_t nslow;		/* of these, for slow_serve */
};

/* The letter that is or will be coming in, or 0 with ENOMEM. */
struct letter *batch_next(struct batch *b);

/* It is whole: count it. */
void batch_add(struct batch *b);

/* 1 if batch_commit is to be called before the next letter. */
int batch_isfull(const struct batch *b);

/* Make all copies of the whole letters durable and visible: begin to write
 * them out, fsync each, rename each to new/, fsync each new/ once. A copy
 * is COPY_DELIVERED only if each of these steps succeeded. */
void batch_commit(struct batch *b);

/* Append the reports about the whole letters to out, and forget them.
 * Returns 1, or 0 with ENOMEM. */
int batch_report(struct batch *b, const struct place *p, uint64_t now,
    stralloc *out);

/* Remove the copies of the whole letters, and forget them. */
void batch_drop(struct batch *b);

/* Free all storage. */
void batch_free(struct batch *b);

#endif
