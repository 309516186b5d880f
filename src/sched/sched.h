#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include <stddef.h>
#include <stdint.h>

#include "sched/retry.h"
#include "sched/site.h"

/* The scheduler: events and the time in, orders out; no I/O, no clock, its
 * randomness from a seed. What it promises, and tests/unit/sched_sim_test.c
 * checks:
 *
 *	- a site never has more deliveries under way than its window, a
 *	  channel never more than its limit;
 *	- a dead site gets one probe a suspension, and suspensions grow
 *	  from min to max;
 *	- one site holds at most an eighth of core, and less the fuller
 *	  core is (site's jobs < free / 7), so that there is room for
 *	  another's letter however many floods there are;
 *	- round robin among sites, and within a site among senders;
 *	- sites that have shown to be slow take at most half of a channel,
 *	  with those that we know nothing of at most seven eighths.
 *
 * A job is some recipients of one letter at one site: queued, then out,
 * then settled (its outcome not yet kept by pneu-queue), then removed.
 * Times are milliseconds of a clock that never goes back. */

#define SCHED_NONE UINT32_MAX
#define SCHED_SITES 16384	/* remembered; more only if they have jobs */
#define SCHED_GATES 8		/* delivery programs */
#define SCHED_BUCKETS 16384

enum sched_channel { SCHED_LOCAL, SCHED_REMOTE, SCHED_BOUNCE,
	SCHED_FORWARD, SCHED_CHANNELS };

enum sched_gate {
	GATE_DOWN,		/* its jobs wait */
	GATE_UP,
	GATE_AWAY		/* its jobs are parked */
};

enum sched_what {
	SCHED_RUN,		/* give this job to its delivery program */
	SCHED_PARK		/* put it away: its site is suspended, or its
				 * gate away. It is settled now. */
};

struct sched_order {
	int what;
	uint32_t job, site, cookie;
};

struct sched_conf {
	struct retry retry;
	uint32_t core;				/* letters */
	uint32_t window;			/* of one site */
	uint32_t limit[SCHED_CHANNELS];		/* deliveries */
};

enum sched_room { SCHED_ROOM, SCHED_FULL, SCHED_CLOSED };

struct sched_job;
struct sched_sender;

struct sched {
	struct sched_conf c;
	uint64_t rng, seq;
	uint32_t letters;		/* in core: the caller counts */

	struct site *sites;
	uint32_t nsites, asites, freesite, usedsites, hand;
	uint64_t serial;
	uint32_t bucket[SCHED_BUCKETS];

	struct sched_job *jobs;
	uint32_t njobs, ajobs, freejob, usedjobs;
	uint32_t young, younglast;	/* out for less than SITE_SLOW_MS */

	struct sched_sender *senders;
	uint32_t nsenders, asenders, freesender;
	uint32_t sbucket[SCHED_BUCKETS];

	uint32_t *heap, nheap, aheap;	/* suspended sites by until */
	uint32_t head[2][16];		/* lists of sites */
	uint32_t busy[SCHED_CHANNELS][SITE_TIERS];
	uint32_t turn[SCHED_CHANNELS];
	uint8_t gate[SCHED_GATES];
};

/* s is zeroed and made ready. No allocation but as needed. */
void sched_init(struct sched *s, const struct sched_conf *c, uint64_t seed);
void sched_free(struct sched *s);

/* New settings; they hold for all that is there: windows, and suspensions
 * that are longer than may be now. */
void sched_configure(struct sched *s, const struct sched_conf *c,
    uint64_t now);

/* The site of that name, made if there is none. SCHED_NONE with errno
 * ENOMEM. A site with neither jobs nor anything remembered may be
 * forgotten at the next call of this. */
uint32_t sched_site(struct sched *s, const char *key, int channel, int gate);

/* A held site is not forgotten: hold it once more, or (-1) once less. */
void sched_hold(struct sched *s, uint32_t site, int n);

/* The site of that name, or SCHED_NONE. */
uint32_t sched_find(const struct sched *s, const char *key);

/* Is there room for another letter to the site (SCHED_NONE: any)? CLOSED:
 * it is suspended or away, or its probe is taken. */
int sched_room(const struct sched *s, uint32_t site);

/* A letter to the site was left in the queue (see sched_fetch). */
void sched_left(struct sched *s, uint32_t site);

/* A site that had letters left and has room now, or SCHED_NONE. Its count
 * begins anew; it is not named again before sched_fetched. */
uint32_t sched_fetch(struct sched *s, uint64_t now);
void sched_fetched(struct sched *s, uint32_t site);

/* A job of a letter by sender (a hash) to the site. Returns its number, or
 * SCHED_NONE with ENOMEM. sched_addout: one that is under way already. */
uint32_t sched_add(struct sched *s, uint32_t site, uint32_t sender,
    uint32_t cookie);
uint32_t sched_addout(struct sched *s, uint32_t site, uint32_t sender,
    uint32_t cookie, uint64_t now);

/* The job, which is out, has ended; why: text of a failure, or 0. A job that
 * was lost is queued again. */
void sched_report(struct sched *s, uint32_t job, int outcome,
    uint32_t seconds, const char *why, uint64_t now);

/* Forget the job, whatever its state. */
void sched_remove(struct sched *s, uint32_t job);

uint32_t sched_job_site(const struct sched *s, uint32_t job);
/* 1 if it waits to be given; 1 if it is under way. */
int sched_job_isqueued(const struct sched *s, uint32_t job);
int sched_job_isout(const struct sched *s, uint32_t job);
uint32_t sched_job_cookie(const struct sched *s, uint32_t job);

/* A delivery program came, went, or is away for long. */
void sched_gate(struct sched *s, int gate, int state);

/* The next order now. Returns 1, or 0 if there is none. */
int sched_next(struct sched *s, struct sched_order *o, uint64_t now);

/* When sched_next is to be asked though nothing has happened; UINT64_MAX:
 * never. */
uint64_t sched_deadline(const struct sched *s);

/* Give the site (SCHED_NONE: every one) that is suspended its probe now. */
void sched_flush(struct sched *s, uint32_t site);

/* The site table, for saving: sites with anything worth remembering, from
 * *at (0 at first) on. Returns a site, or 0 at the end. */
const struct site *sched_each(const struct sched *s, uint32_t *at);

/* Put a saved site back: window, latency, fails, until and why of x count.
 * Returns 1, or 0 with ENOMEM. */
int sched_restore(struct sched *s, const struct site *x, int channel,
    int gate, uint64_t now);

#endif
