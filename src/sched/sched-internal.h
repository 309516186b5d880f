#ifndef SCHED_SCHED_INTERNAL_H
#define SCHED_SCHED_INTERNAL_H

#include "sched/sched.h"

enum job_state { JOB_FREE, JOB_QUEUED, JOB_OUT, JOB_SETTLED };

struct sched_job {
	uint32_t site, sender;		/* sender: place in the pool */
	uint32_t hash;			/* of the sender */
	uint32_t cookie;
	uint32_t prev, next;		/* in its sender's queue, or the young */
	uint8_t state, hung;
	uint64_t start, seq;
};

/* Those of a site's jobs that wait and are of one sender. */
struct sched_sender {
	uint32_t site, hash, first, last;
	uint32_t prev, next;		/* ring of the site's senders */
	uint32_t chain;
};

/* table.c: room in an array of elements of that size, doubled as needed.
 * Returns 1 or 0 with ENOMEM. */
int table_room(void **a, uint32_t *n, uint32_t want, size_t size);
uint32_t table_hash(const char *s);

/* heap.c: suspended sites, the first to reopen first. */
int heap_add(struct sched *s, uint32_t site);
void heap_del(struct sched *s, uint32_t site);
void heap_mend(struct sched *s, uint32_t at);	/* from the middle to 0 */

/* list.c. Each site has two links: one for the lists of who is ready (by
 * channel and tier) or is to be parked, one for who is to be fetched. */
#define LIST_READY(channel, tier) ((channel) * SITE_TIERS + (tier))
#define LIST_PARK 15
#define LIST_FETCH 0
#define LIST_NONE 0xff
void list_del(struct sched *s, int link, uint32_t site);
void list_move(struct sched *s, int link, int list, uint32_t site);
void list_turn(struct sched *s, int link, int list);

/* queue.c: jobs by site and sender. queue_put: front, or at the end. Returns
 * 1, or 0 with ENOMEM. queue_first: the next in turn; the turn moves on. */
int queue_put(struct sched *s, uint32_t job, int front);
void queue_del(struct sched *s, uint32_t job);
uint32_t queue_first(struct sched *s, uint32_t site);

/* job.c: the job, on no queue, is under way from now on. */
void job_out(struct sched *s, uint32_t job, uint64_t now);

/* sched.c: put the site on the lists where it belongs now. */
void sched_update(struct sched *s, uint32_t site);

#endif
