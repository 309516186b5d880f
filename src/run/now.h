#ifndef RUN_NOW_H
#define RUN_NOW_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that never goes back (CLOCK_MONOTONIC): for
 * deadlines and for what something took, within this boot. */
static inline uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

#endif
