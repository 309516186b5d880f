#ifndef QUEUE_DRAFT_H
#define QUEUE_DRAFT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <time.h>

#include "pneu-queue/desk.h"
#include "spool/commit.h"
#include "spool/letter.h"

/* A letter on its way into the queue: draft_begin, its envelope, draft_trace,
 * draft_write once or more, then draft_commit or draft_forget. */

struct draft {
	struct spool spool;
	struct letter_clock clock;
	char id[LETTER_ID_OCTETS + 1];
	struct envelope env;	/* the caller's */
	stralloc trace;		/* the Received line */
	stralloc front;		/* what stands before the message */
	struct letter_head head;
	int fd;			/* tmp/ID, -1 */
	int whole;		/* the first part is the last: the caller's */
	unsigned int parts;	/* written */
	int claimed;		/* what is remembered of it is of now */
};

/* Make d, which is zero, ready for all letters of the worker in this seat,
 * with storage for most of them. 1, or -1 with errno. */
int draft_init(struct draft *d, const struct desk *desk, size_t seat);

/* A new letter: give it an id. */
void draft_begin(struct draft *d, struct seat *seat,
    const struct timespec *now);

/* A letter with a parent: d->env is whole. Gives it its id. 1, 0 if there is
 * or was one already (d->id), or -1 with errno; spool/made.h. */
int draft_succeed(struct draft *d);

/* Make its Received line, by this host. d->env is whole, time included. 1, or
 * -1 with ENOMEM. */
int draft_trace(struct draft *d, const char *host);

/* Write a part of the message; with the first one, in the same call, all
 * that stands before it. 1, or -1 with errno. */
int draft_write(struct draft *d, char *s, size_t n);

/* Octets of the message so far, without the Received line. */
uint64_t draft_octets(const struct draft *d);

/* spool_commit. Nothing is left of the letter unless it returns 1. */
int draft_commit(struct draft *d, char path[LETTER_PATH_OCTETS + 1]);

/* Remove what was written. Keeps errno. */
void draft_forget(struct draft *d);

/* Free storage beyond octets. */
void draft_slim(struct draft *d, size_t octets);

#endif
