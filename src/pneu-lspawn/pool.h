#ifndef PNEU_LSPAWN_POOL_H
#define PNEU_LSPAWN_POOL_H

#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "pneu-lspawn/runner.h"
#include "pneu-lspawn/worker.h"
#include "run/hand.h"

/* The runners (runner.h): they serve who gets a letter now and then, so that
 * no process need be started for him. They are started when those that are
 * there have enough in hand, and end when idle. A home that hangs holds
 * up its runner, and those who are in hand there with it: for POOL_OPEN_S,
 * unless a letter was about to be made visible; then the runner is killed and
 * they get processes of their own, as everybody gets whom a runner will not
 * serve, who has several letters at hand, or who was there when a runner
 * hung. */

#define POOL_RUNNERS 8
#define POOL_TOGETHER 4		/* letters in hand of one runner; when all have
				 * so many another is started */
#define POOL_SEVERAL 2		/* letters of one user in hand; more: his own */
#define POOL_OPEN_S 10		/* without an answer, but local_time_limit */
#define POOL_QUIET_MS 100	/* who is silent for longer gets no more */
#define POOL_IDLE_S 60
#define POOL_OFF_S 60		/* after one that ended before it answered */
#define POOL_SHY_S 600		/* who was there gets a process of his own */
#define POOL_SHY 256		/* places, by hash, of such users */
#define POOL_ID 0x80000000u	/* and up: tags of the forker */

struct runner_seat {
	struct worker w;	/* its list and user are not the roster's */
	size_t n;		/* of its jobs */
	char proven;		/* it has answered */
	const char *why;	/* it has ended, if it has */
};

struct pool {
	struct hand *hand;
	const struct conf *conf;
	struct stream *forker;
	struct jobs *spare;
	struct runner_seat seat[POOL_RUNNERS];
	struct jobs back;	/* not for a runner after all */
	tain off;		/* none is used before */
	tain shy[POOL_SHY];	/* until when */
	int on;			/* this system and its rights are such */
};

/* on: this process was root. */
void pool_init(struct pool *p, struct hand *h, const struct conf *c,
    struct stream *forker, struct jobs *spare, int on);

/* Give j to a runner. Returns 1; 0 if it is not for one, or none is to be
 * had now: then j is as it was. */
int pool_take(struct pool *p, struct job *j);

/* The next job that came back, or 0. It is for a process of its user's. */
struct job *pool_back(struct pool *p);

/* For the event loop, as in crew.h. */
size_t pool_nfds(const struct pool *p);
void pool_iopause(struct pool *p, iopause_fd *x);
void pool_io(struct pool *p, const iopause_fd *x);
void pool_work(struct pool *p);
void pool_deadline(const struct pool *p, tain *t);

/* The forker says that tag has ended, which is POOL_ID or more. */
void pool_ended(struct pool *p, uint32_t tag);

/* The settings have changed: every runner is to be a new one. */
void pool_reload(struct pool *p);

#endif
