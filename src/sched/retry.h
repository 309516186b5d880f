#ifndef SCHED_RETRY_H
#define SCHED_RETRY_H

#include <stdint.h>

/* When a letter is tried again, and when it has been tried enough: pure
 * functions of the settings, the time (Unix seconds) and a random number. */

#define RETRY_ATTEMPTS_MIN 8	/* attempts before a letter expires by age */

/* No letter came before this was written: an earlier time is a clock's
 * fault (Unix seconds; 2026-01-01). */
#define RETRY_EPOCH_S 1767225600u

enum retry_kind { RETRY_EXPONENTIAL, RETRY_QUADRATIC };

struct retry {
	uint32_t min, max;		/* seconds; min at least 1 */
	int kind;			/* enum retry_kind */
	uint32_t lifetime, bounce_lifetime;	/* seconds */
};

/* A random number of [0, n), n > 0; *state is any number and changes. */
uint32_t retry_random(uint64_t *state, uint32_t n);

/* A time around base seconds, at random: never under min nor over max, and
 * never the same for all. */
uint32_t retry_jitter(const struct retry *c, uint64_t base, uint64_t *state);

/* Seconds to the next attempt after the n-th (from 1): exponential min,
 * 2 min, 4 min, ...; quadratic min, 3 min, 5 min, ..., so that attempts are
 * at min times the squares, as qmail has it; both up to max, with jitter. */
uint32_t retry_after(const struct retry *c, uint32_t n, uint64_t *state);

/* The same when the other side asked for seconds: these, with a little
 * jitter upwards, but at most max; the schedule's if seconds is 0. */
uint32_t retry_asked(const struct retry *c, uint32_t n, uint32_t seconds,
    uint64_t *state);

/* The shortest that retry_asked may answer. */
uint32_t retry_wait(const struct retry *c, uint32_t n, uint32_t seconds);

/* Since when a letter is here: its time, unless a clock was wrong (before
 * RETRY_EPOCH_S, or after now): then first, the time of its first attempt,
 * or now if that (0: none) is no better. */
uint64_t retry_born(uint64_t time, uint64_t first, uint64_t now);

/* 1 if a letter born then has been tried for long enough: by age and after
 * at least RETRY_ATTEMPTS_MIN attempts; with a lifetime of 0, after one. */
int retry_expired(const struct retry *c, int isbounce, uint64_t born,
    uint32_t attempts, uint64_t now);

#endif
