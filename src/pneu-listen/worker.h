#ifndef PNEU_LISTEN_WORKER_H
#define PNEU_LISTEN_WORKER_H

#include <stddef.h>
#include <sys/types.h>
#include <skalibs/tai.h>

#include "run/stream.h"

/* One process of pneu-smtpd and the socket to it (doc/PROTOCOLS 7). */

#define WORKER_FIRST_S 1	/* before a worker that died is started anew */
#define WORKER_LAST_S 30	/* the wait doubles up to this */
#define WORKER_WELL_S 10	/* who lived that long did not fail at once */

struct worker {
	pid_t pid;		/* 0: not running */
	struct stream s;	/* s.fd is -1 when it takes no connections */
	size_t n;		/* connections it has */
	unsigned int wait;	/* seconds */
	tain started;
	tain due;		/* not to be started before; not running */
};

#define WORKER_ZERO { .s = STREAM_ZERO }

/* Start it: fork, exec bin/pneu-smtpd with one end of a socketpair as its
 * descriptor 0. Returns 1, or -1 with errno; w->due is then set. */
int worker_start(struct worker *w);

/* It has been reaped. Close its socket, say when it may be started anew. */
void worker_died(struct worker *w);

/* Tell it to end when its sessions have; it gets no more. */
void worker_finish(struct worker *w);

#endif
