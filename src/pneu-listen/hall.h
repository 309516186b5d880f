#ifndef PNEU_LISTEN_HALL_H
#define PNEU_LISTEN_HALL_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "admit.h"
#include "door.h"
#include "worker.h"

/* All workers, and the connections that each of them has. */

#define HALL_WORKERS 64		/* as the setting smtpd_processes allows */
#define HALL_UNSENT_OCTETS 16384	/* a worker that has not taken that
					 * much gets no more for now */

#define HALL_PACK 64		/* sessions of one worker before the next one
				 * gets any */

struct hall_place {		/* a connection; its index is its tag */
	struct admit_key key;
	unsigned char used, trusted, worker;
	uint32_t next;		/* free */
};

struct hall {
	struct admit admit;
	struct worker workers[HALL_WORKERS];
	size_t nworkers;	/* wanted; those behind them finish */
	size_t sessions;	/* of one worker */
	struct hall_place *places;
	size_t size;
	uint32_t free;
	int finishing;
	stralloc tmp;
};

void hall_init(struct hall *h);

/* Set the limits, at the start or later. Returns 1, or 0 with ENOMEM. */
int hall_limits(struct hall *h, size_t workers, size_t sessions,
    size_t per_client);

/* Start those workers that are wanted, not running and due; what fails is
 * logged. Then set *t to when the next is due, if that is earlier. */
void hall_start(struct hall *h, tain *t);

/* 1 if there is a worker to take a connection. */
int hall_isready(const struct hall *h);

/* Read which connections have ended. That is of interest when one more
 * comes, so nobody wakes for it. */
void hall_count(struct hall *h);

/* Give the connection fd to a worker, if it may come in.
 * On ADMIT_YES fd is not the caller's any more (without memory it has been
 * closed). */
enum admit_answer hall_take(struct hall *h, int fd,
    const struct door_peer *peer, int trusted);

/* Entries of x: HALL_WORKERS, fd -1 where there is nothing. hall_io sees
 * which workers have ended; hall_flush sends what hall_take left. */
void hall_iopause(const struct hall *h, iopause_fd *x);
void hall_io(struct hall *h, const iopause_fd *x);
void hall_flush(struct hall *h);

/* SIGCHLD: bury the dead, log how they died; their connections are gone. */
void hall_reap(struct hall *h);

/* Have all workers end when their sessions have; start none any more. */
void hall_finish(struct hall *h);

/* Send every worker a signal. */
void hall_kill(const struct hall *h, int sig);

/* How many workers run. */
size_t hall_running(const struct hall *h);

#endif
