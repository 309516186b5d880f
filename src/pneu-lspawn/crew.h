#ifndef PNEU_LSPAWN_CREW_H
#define PNEU_LSPAWN_CREW_H

#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "pneu-lspawn/pool.h"
#include "pneu-lspawn/roster.h"
#include "run/hand.h"

/* All delivery processes: runners (pool.h) for those who get plain mail now
 * and then; one process for each other user who has or lately had mail, one
 * for the virtual mailboxes, at most the setting local_workers; those idle
 * longest end when another is needed, or after CREW_IDLE_S. */

#define CREW_IDLE_S 60

struct crew {
	struct hand *hand;
	const struct conf *conf;
	struct stream forker;
	struct roster roster;
	struct pool pool;
	struct jobs waiting;		/* for a process to be had */
	struct jobs spare;
};

/* forker is the socket of forker_run; others: it may act as others. c is to
 * be kept where it is. */
void crew_init(struct crew *c, struct hand *h, const struct conf *conf,
    int forker, int others);

/* Take order o on: give it to its user's process. */
void crew_take(struct crew *c, struct hand_order *o);

/* Entries of iopause that crew_iopause needs; fill them; act on them. A
 * forker that has ended is fatal. */
size_t crew_nfds(const struct crew *c);
void crew_iopause(struct crew *c, iopause_fd *x);
void crew_io(struct crew *c, const iopause_fd *x);

/* At the end of a turn: give waiting orders processes, send all that can be
 * sent, end what has been silent for too long or idle for too long. */
void crew_work(struct crew *c);

/* When crew_work is to be called at the latest. */
void crew_deadline(const struct crew *c, tain *t);

/* The settings have changed: every process is to be a new one. */
void crew_reload(struct crew *c);

#endif
