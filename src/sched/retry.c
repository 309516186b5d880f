#include "sched/retry.h"

/* splitmix64: any seed will do, and the state is one number. */
uint32_t
retry_random(uint64_t *state, uint32_t n)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (uint32_t)(((z >> 32) * n) >> 32);
}

/* Upwards by a quarter where there is room below max; at max, downwards. */
static void
bounds(const struct retry *c, uint64_t base, uint64_t *lo, uint64_t *hi)
{
	uint64_t max = c->max > c->min ? c->max : c->min;

	if (base < c->min)
		base = c->min;
	if (base > max)
		base = max;
	*hi = base + base / 4;
	if (*hi > max)
		*hi = max;
	*lo = *hi - *hi / 5;
	if (*lo > base)
		*lo = base;
	if (*lo < c->min)
		*lo = c->min;
}

uint32_t
retry_jitter(const struct retry *c, uint64_t base, uint64_t *state)
{
	uint64_t lo, hi;

	bounds(c, base, &lo, &hi);
	return (uint32_t)lo + retry_random(state, (uint32_t)(hi - lo + 1));
}

static uint64_t
base_of(const struct retry *c, uint32_t n)
{
	if (n < 1)
		n = 1;
	if (c->kind == RETRY_QUADRATIC)
		return (uint64_t)c->min * (2u * (uint64_t)n - 1);
	return (uint64_t)c->min << (n > 32 ? 31 : n - 1);
}

uint32_t
retry_after(const struct retry *c, uint32_t n, uint64_t *state)
{
	return retry_jitter(c, base_of(c, n), state);
}

uint32_t
retry_wait(const struct retry *c, uint32_t n, uint32_t seconds)
{
	uint64_t max = c->max > c->min ? c->max : c->min, lo, hi;

	if (seconds && seconds < max)
		return seconds;
	bounds(c, seconds ? max : base_of(c, n), &lo, &hi);
	return (uint32_t)lo;
}

uint32_t
retry_asked(const struct retry *c, uint32_t n, uint32_t seconds,
    uint64_t *state)
{
	uint32_t max = c->max > c->min ? c->max : c->min;

	if (!seconds)
		return retry_after(c, n, state);
	if (seconds >= max)
		return retry_jitter(c, max, state);
	seconds += retry_random(state, seconds / 8 + 1);
	return seconds < max ? seconds : max;
}

uint64_t
retry_born(uint64_t time, uint64_t first, uint64_t now)
{
	if (time >= RETRY_EPOCH_S && time <= now)
		return time;
	if (first >= RETRY_EPOCH_S && first <= now)
		return first;
	return now;
}

int
retry_expired(const struct retry *c, int isbounce, uint64_t born,
    uint32_t attempts, uint64_t now)
{
	uint64_t life = isbounce ? c->bounce_lifetime : c->lifetime;

	if (!life)
		return attempts > 0;
	return attempts >= RETRY_ATTEMPTS_MIN && now >= born &&
	    now - born >= life;
}
