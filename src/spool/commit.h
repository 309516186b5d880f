#ifndef SPOOL_COMMIT_H
#define SPOOL_COMMIT_H

#include <stdint.h>
#include <sys/uio.h>

#include "spool/group.h"
#include "spool/name.h"
#include "spool/spare.h"

/* How a letter comes to be (doc/INTERNALS, COMMIT): spool_create,
 * spool_write once or more, then spool_commit or spool_abort. For
 * pneu-queue's workers, and for tools that make queues. */

struct spool {
	int fd;			/* queue/ */
	int tmp, new;		/* its directories */
	int gen;		/* new/G of the last commit, -1 */
	uint64_t g;
	struct group *group;	/* with whom it flushes; 0: alone */
	int nosync;		/* leave out every flush: for making queues */
	int broken;		/* a flush has failed: end, start anew */
	int lingers;		/* what failed may live: it was not removed */
	/* files that are used again; spares 0: none */
	struct spare *spares;	/* SPARE_MAX, of this worker's seat */
	int cannot;		/* no leases here, or no links */
	unsigned int seat;
	int spare_dir;
	unsigned int turn;	/* where to look for a free one */
	int spare;		/* which one is being written, -1 */
	int fresh;		/* it was made for this letter */
	uint64_t size;		/* of what it held */
	uint32_t nrcpts;	/* of the letter: the caller's */
};

/* Open tmp/ and new/ of the queue directory fd. 1, or -1 with errno. */
int spool_open(struct spool *s, int fd);

/* Create tmp/ID. Returns a descriptor, or -1 with errno. */
int spool_create(struct spool *s, const char *id);

/* Use files again: those of this seat, row in memory shared with the orders
 * worker. 1, or -1 with errno. */
int spool_spares(struct spool *s, struct spare *row, unsigned int seat);

/* In place of spool_create, for a letter of at most SPARE_OCTETS: a file that
 * held another one before. When it is written spool_cut takes away what is
 * left of that beyond size. A descriptor, or -1: there is none just now. */
int spool_reuse(struct spool *s);
int spool_cut(struct spool *s, int fd, uint64_t size);

/* Write all of v[0..n), which is changed. 1, or -1 with errno. */
int spool_write(int fd, struct iovec *v, int n);

/* Flush and close fd, which is tmp/ID; give it its name in new/G, G by now
 * (Unix seconds); flush that directory. (A file that is used again is linked
 * there: its first name is durable.) Then the letter is durable: returns 1
 * with its path, relative to the queue, in path. Else -1 with errno: fd is
 * closed, and the file and what stood in new/ are removed. */
int spool_commit(struct spool *s, int fd, const char *id,
    const struct letter_name *name, uint64_t now,
    char path[LETTER_PATH_OCTETS + 1]);

/* Close fd, remove the file. Keeps errno. */
void spool_abort(struct spool *s, int fd, const char *id);

/* For the power-cut test's controls alone: with PNEU_BREAK defined when
 * compiled, 1 if the environment's PNEU_BREAK is what. */
#ifdef PNEU_BREAK
int spool_breaks(const char *what);
#else
#define spool_breaks(what) 0
#endif

#endif
