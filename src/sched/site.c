#include "sched/site.h"

void
site_begin(struct site *x, uint32_t max)
{
	x->state = SITE_OPEN;
	x->window = max < SITE_WINDOW_FIRST ? max : SITE_WINDOW_FIRST;
	x->threshold = max;
	x->tier = SITE_NEW;
}

uint32_t
site_window(const struct site *x, uint32_t max)
{
	switch (x->state) {
	case SITE_SUSPENDED: return 0;
	case SITE_PROBE: return 1;
	}
	return x->window < max ? x->window : max;
}

void
site_good(struct site *x, uint32_t max, int grow)
{
	if (x->state == SITE_SUSPENDED)
		return;		/* a straggler: the suspension stands */
	if (x->state == SITE_PROBE) {
		x->state = SITE_OPEN;
		x->window = 1;
		x->threshold = max;
		x->grown = 0;
		x->fails = 0;
	}
	x->row = 0;
	if (!grow || x->window >= max)
		return;
	if (x->window < x->threshold)
		x->window++;
	else if (++x->grown >= x->window) {
		x->window++;
		x->grown = 0;
	}
}

static void
suspend(struct site *x, const struct retry *c, uint32_t seconds,
    uint64_t now_ms, uint64_t *rng)
{
	if (x->fails < UINT32_MAX)
		x->fails++;
	x->state = SITE_SUSPENDED;
	x->until = now_ms +
	    1000 * (uint64_t)retry_asked(c, x->fails, seconds, rng);
}

void
site_bad(struct site *x, const struct retry *c, uint64_t seq, uint64_t last,
    uint32_t seconds, uint64_t now_ms, uint64_t *rng)
{
	if (x->state == SITE_SUSPENDED)
		return;
	if (x->state == SITE_PROBE) {
		if (seq > x->cut) {	/* else begun before the suspension */
			x->cut = last;
			suspend(x, c, seconds, now_ms, rng);
		}
		return;
	}
	x->row++;
	if (seq > x->cut) {
		x->cut = last;
		x->threshold = x->window = x->window > 1 ? x->window / 2 : 1;
		x->grown = 0;
	}
	if (seconds || x->row >= (x->window > 2 ? x->window : 2)) {
		x->cut = last;
		x->row = 0;
		suspend(x, c, seconds, now_ms, rng);
	}
}

void
site_reopen(struct site *x)
{
	x->state = SITE_PROBE;
	x->until = 0;
}

void
site_took(struct site *x, uint64_t ms)
{
	uint32_t m = ms > 3600000 ? 3600000 : (uint32_t)ms + 1;

	x->latency = x->latency ? (3 * x->latency + m) / 4 : m;
}

int
site_tier(const struct site *x)
{
	if (x->hung || x->latency > SITE_SLOW_MS)
		return SITE_SLOW;
	return x->latency ? SITE_FAST : SITE_NEW;
}
