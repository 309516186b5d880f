#include "sched/retry.h"

#include "tap.h"

static const struct retry c = { 300, 4000, RETRY_EXPONENTIAL, 432000, 86400 };

static void
test_schedule(int kind, const uint32_t *base, const char *what)
{
	struct retry x = c;
	uint64_t rng = 42;
	uint32_t n, k, d, lo, hi;
	int good = 1, spread = 0;

	x.kind = kind;
	for (n = 1; n <= 6; n++) {
		for (k = 0, lo = UINT32_MAX, hi = 0; k < 2000; k++) {
			d = retry_after(&x, n, &rng);
			if (d < lo) lo = d;
			if (d > hi) hi = d;
		}
		good &= lo >= c.min && hi <= c.max &&
		    lo >= base[n - 1] * 4 / 5 && hi <= base[n - 1] * 5 / 4;
		spread += hi - lo > base[n - 1] / 8;
	}
	ok(good, "%s: min to max, near the schedule", what);
	ok(spread == 6, "%s: never the same for all", what);
}

int
main(void)
{
	static const uint32_t e[] = { 300, 600, 1200, 2400, 4000, 4000 };
	static const uint32_t q[] = { 300, 900, 1500, 2100, 2700, 3300 };
	struct retry x = c;
	uint64_t rng = 1, now = RETRY_EPOCH_S + 1000000;
	uint32_t d;

	test_schedule(RETRY_EXPONENTIAL, e, "exponential");
	test_schedule(RETRY_QUADRATIC, q, "quadratic");
	ok(retry_after(&c, UINT32_MAX, &rng) <= 4000, "no overflow");
	x.min = x.max = 1;
	ok(retry_after(&x, 9, &rng) == 1, "down to a second");
	x.min = 10, x.max = 5;
	ok(retry_after(&x, 3, &rng) == 10, "max under min: min");

	d = retry_asked(&c, 1, 60, &rng);
	ok(d >= 60 && d <= 68, "asked for a minute: a minute");
	ok(retry_asked(&c, 1, 999999, &rng) <= 4000, "asked for too much");
	d = retry_asked(&c, 1, 0, &rng);
	ok(d >= 300 && d <= 375, "not asked: the schedule");

	ok(retry_born(now - 5, 0, now) == now - 5, "born when it says");
	ok(retry_born(5, 0, now) == now, "before mail: now");
	ok(retry_born(5, now - 9, now) == now - 9, "or at the first attempt");
	ok(retry_born(now + 9, now + 7, now) == now, "in the future: now");

	ok(!retry_expired(&c, 0, now - 431999, 99, now), "a second too young");
	ok(retry_expired(&c, 0, now - 432000, 8, now), "old and tried");
	ok(!retry_expired(&c, 0, now - 999999, 7, now), "old, tried too little");
	ok(retry_expired(&c, 1, now - 86400, 8, now), "bounces have their own");
	x = c;
	x.lifetime = 0;
	ok(!retry_expired(&x, 0, now, 0, now) &&
	    retry_expired(&x, 0, now, 1, now), "lifetime 0: one attempt");
	return tap_end();
}
