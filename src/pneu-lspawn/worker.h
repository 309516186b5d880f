#ifndef PNEU_LSPAWN_WORKER_H
#define PNEU_LSPAWN_WORKER_H

#include <skalibs/tai.h>

#include "run/hand.h"
#include "run/stream.h"

/* One delivery process and the orders given to it. */

#define WORKER_FEED_OCTETS 65536	/* on their way to one process */

enum job_state {
	JOB_WAITS, JOB_GOES, JOB_GONE,
	JOB_COMMITS		/* a runner may have delivered it (pool.h) */
};

struct job {
	struct hand_order *o;
	struct hand_reader r;
	char state;		/* of the message: to its process */
	struct job *next;
};

struct jobs {
	struct job *first, *last;
};

enum worker_state {
	WORKER_FREE,		/* the place may be taken */
	WORKER_IDLE,
	WORKER_BUSY,
	WORKER_KILLED,		/* its user gets no other before it is dead */
	WORKER_LEAVES		/* told to end, or has ended */
};

struct worker {
	char state;		/* crew.c's, as are the links */
	char stale;		/* to be ended when it is idle */
	uint32_t id;
	stralloc user;		/* NUL-terminated; "" for virtual mailboxes */
	struct stream s;
	genalloc ns;		/* worker_take's */
	struct jobs jobs;	/* not wholly reported yet, oldest first */
	struct job *feeding;	/* the first whose message has not gone */
	tain since;		/* of the last sign of life, or idle since */
	struct worker *prev, *next, *chain;
	size_t x;		/* place among iopause's */
};

/* Append j to q; take the first of q (0 if there is none); put it back; take
 * j, which is one of them. */
void jobs_add(struct jobs *q, struct job *j);
struct job *jobs_shift(struct jobs *q);
void jobs_unshift(struct jobs *q, struct job *j);
void jobs_remove(struct jobs *q, struct job *j);

/* Give w a job. */
void worker_give(struct worker *w, struct job *j);

/* Send as much as the process takes now; a message that cannot be read, or
 * is not what was committed, is taken back, and its order reported later.
 * Returns octets sent; -1 if the process is gone. */
ssize_t worker_feed(struct worker *w, struct hand *h, struct jobs *spare);

/* Take what it says, and report it; finished jobs go to spare. Returns
 * frames taken; -1 if it has ended, with EPROTO if it is not to be trusted:
 * what it says must be about orders that it was given. */
ssize_t worker_take(struct worker *w, struct hand *h, struct jobs *spare);

/* w's job with this tag, or 0. */
struct job *worker_job(const struct worker *w, uint32_t tag);

/* Take one frame that it said, a V frame. Returns 1; -1 with EPROTO. */
int worker_hear(struct worker *w, struct hand *h, const struct frame *f,
    struct jobs *spare);

/* Report order o: later, code, the strings up to a null pointer. site: not
 * for what this letter is; pneu-send is to leave the user alone for a while. */
void order_fail(struct hand *h, struct hand_order *o, int site,
    const char *code, ...);
#define order_later(h, o, site, ...) \
	order_fail(h, o, site, __VA_ARGS__, (const char *)0)

/* Report all of its orders so, for why; the jobs go to spare. */
void worker_fail(struct worker *w, struct hand *h, struct jobs *spare,
    int site, const char *why);

#endif
