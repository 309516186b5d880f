#ifndef TESTS_UNIT_SCHED_SIM_H
#define TESTS_UNIT_SCHED_SIM_H

/* A world for the scheduler: sites that take, refuse, hang and die, a queue
 * on disk, and a daemon that does what pneu-send does, all on a virtual
 * clock. Every step checks the promises; sim_broken counts what was broken. */

#include <stdint.h>

#include "sched/sched.h"

enum sim_kind { SIM_GOOD, SIM_DEAD, SIM_HANG, SIM_TARPIT, SIM_FLAKY, SIM_GREY };

struct sim_site {
	int kind;
	uint32_t ms;			/* how long a delivery takes */
	uint64_t from, until;		/* ms: ill (kind) only then */
	uint32_t id;			/* in the scheduler */
	char key[32];
	uint32_t left, leftlast, nleft;	/* letters left in the queue */
	int cursor;
	uint64_t first;			/* delivery, at */
	uint64_t tries, done, worst;	/* of letters; ms from door to door */
	uint32_t probes;		/* begun in this suspension */
	uint64_t suspended;		/* since */
	uint32_t fails;
	uint64_t swept;
};

struct sim_letter {
	uint32_t site, sender, job, next;
	uint32_t attempts;
	uint64_t born, due;
	uint8_t fresh, gone;
};

struct sim_event {
	uint64_t at;
	uint32_t what, arg;
};

struct sim {
	struct sched s;
	uint64_t now, rng, steps;
	struct sim_site *sites;
	struct sim_letter *letters;
	uint32_t nsites, nletters;
	struct sim_event *heap;
	uint32_t nheap, aheap;
	uint64_t delivered, expired, deferrals;
	int64_t gone;
	uint32_t maxcore;
	uint64_t warm;			/* worst does not count before */
	uint64_t count, counted;	/* when a site has had so many */
	uint32_t worst_turn;
	int broken;
};

void sim_init(struct sim *w, const struct sched_conf *c, uint32_t sites,
    uint32_t letters, uint64_t seed);
void sim_free(struct sim *w);
/* Letter i to site, by sender, comes at ms. deferred: it lies in the queue,
 * due then, rather than come through the door. */
void sim_letter(struct sim *w, uint32_t i, uint32_t site, uint32_t sender,
    uint64_t at, int deferred);
/* Run until nothing is left to happen or until ms. */
void sim_run(struct sim *w, uint64_t until);

#endif
