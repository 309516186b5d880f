/* The scheduler's promises, in days and a million letters of virtual time.
 * The seed is printed and can be given as the argument. */

#include "sched_sim.h"

#include <stdlib.h>

#include "tap.h"

#define SECOND 1000ull
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static const struct sched_conf defaults = {
	.retry = { 300, 4000, RETRY_EXPONENTIAL, 432000, 432000 },
	.core = 8000, .window = 20, .limit = { 20, 100, 20 },
};

/* Two thousand sites of all kinds, ten days. */
static void
test_world(uint64_t seed)
{
	struct sim w;
	uint32_t i, n = 30000, sites = 2000, good = 0, bad = 0, never = 0;
	uint64_t worst = 0;

	sim_init(&w, &defaults, sites, n, seed);
	for (i = 0; i < sites; i++) {
		w.sites[i].kind = i % 20 == 0 ? SIM_DEAD : i % 20 == 1 ?
		    SIM_HANG : i % 20 == 2 ? SIM_TARPIT : i % 20 == 3 ?
		    SIM_FLAKY : i % 20 == 4 ? SIM_GREY : SIM_GOOD;
		w.sites[i].ms = 5 + retry_random(&w.rng, 200);
	}
	for (i = 0; i < n; i++)
		sim_letter(&w, i, retry_random(&w.rng, sites),
		    retry_random(&w.rng, 50),
		    retry_random(&w.rng, (uint32_t)(DAY / 1000)) * SECOND, 0);
	sim_run(&w, 30 * DAY);
	for (i = 0; i < sites; i++) {
		if (w.sites[i].kind == SIM_GOOD && w.sites[i].worst > worst)
			worst = w.sites[i].worst;
		if (w.sites[i].kind == SIM_DEAD || w.sites[i].kind == SIM_HANG)
			never += (uint32_t)w.sites[i].done;
	}
	for (i = 0; i < n; i++) {
		int k = w.sites[w.letters[i].site].kind;

		if (k == SIM_DEAD || k == SIM_HANG) bad++; else good++;
	}
	ok(!w.broken, "ten days of 2000 sites: %llu steps, no promise broken",
	    (unsigned long long)w.steps);
	ok(w.gone == n, "everything ended: %lld of %u", (long long)w.gone, n);
	ok(w.delivered == good && w.expired == bad && !never,
	    "%llu delivered, %llu expired", (unsigned long long)w.delivered,
	    (unsigned long long)w.expired);
	ok(worst < 5 * SECOND, "a good site's letter waited %llu ms at most",
	    (unsigned long long)worst);
	ok(!w.s.letters && !w.s.usedjobs, "nothing is left in core");
	sim_free(&w);
}

/* A million letters to one site, due at once; it hangs, then comes back;
 * a letter a second for another. */
static void
test_million(uint64_t seed)
{
	struct sim w;
	uint32_t i, n = 1000000, fresh = 7200;
	uint64_t tries, drained;
	/* but for those that were tried, and so have times of their own */

	sim_init(&w, &defaults, 2, n + fresh, seed);
	w.sites[0].kind = SIM_HANG;
	w.sites[0].ms = 10;
	w.sites[0].until = 1767225600000ull + HOUR;
	for (i = 0; i < n; i++)
		sim_letter(&w, i, 0, i % 7, 10 * SECOND, 1);
	for (; i < n + fresh; i++)
		sim_letter(&w, i, 1, 1, (i - n) * SECOND, 0);
	w.count = n - 2 * defaults.core;
	sim_run(&w, HOUR - SECOND);
	tries = w.sites[0].tries;
	ok(tries <= 20 && tries >= 5,
	    "a million letters, site hangs: %llu tries in an hour",
	    (unsigned long long)tries);
	ok(w.sites[1].worst <= 40, "meanwhile a fresh letter takes %llu ms",
	    (unsigned long long)w.sites[1].worst);
	sim_run(&w, 30 * DAY);
	drained = w.counted - w.sites[0].first;
	ok(w.delivered == n + fresh && !w.expired,
	    "the site is back: all %llu delivered",
	    (unsigned long long)w.delivered);
	ok(drained < 600 * SECOND, "within %llu s; window 20 of 10 ms needs 500",
	    (unsigned long long)drained / 1000);
	ok(w.sites[1].worst <= 40, "meanwhile a fresh letter takes %llu ms",
	    (unsigned long long)w.sites[1].worst);
	ok(w.maxcore <= defaults.core / 8 + 16, "in core at most %u letters",
	    w.maxcore);
	ok(!w.broken, "no promise broken");
	sim_free(&w);
}

/* A site that never comes back: expiry, though few letters are ever tried. */
static void
test_dead(uint64_t seed)
{
	struct sim w;
	uint32_t i, n = 20000;

	sim_init(&w, &defaults, 1, n, seed);
	w.sites[0].kind = SIM_DEAD;
	for (i = 0; i < n; i++)
		sim_letter(&w, i, 0, i, i * 100, 0);
	sim_run(&w, 4 * DAY);
	ok(w.gone == 0, "dead site: after four days all are there");
	ok(w.sites[0].tries < 4 * 86400 / 3200 + 20,
	    "and it was tried %llu times",
	    (unsigned long long)w.sites[0].tries);
	sim_run(&w, 6 * DAY);
	ok(w.expired == n, "after six all have expired: %llu",
	    (unsigned long long)w.expired);
	ok(!w.broken, "no promise broken");
	sim_free(&w);
}

/* Ninety tarpits get 90 % of 20 letters a second, ten good sites the rest. */
static void
test_tarpits(uint64_t seed)
{
	struct sim w;
	uint32_t i, n = 20 * 3600;
	uint64_t worst = 0;

	sim_init(&w, &defaults, 100, n, seed);
	for (i = 0; i < 90; i++)
		w.sites[i].kind = SIM_TARPIT;
	for (i = 0; i < n; i++)
		sim_letter(&w, i, i % 10 ? retry_random(&w.rng, 90) :
		    90 + retry_random(&w.rng, 10), 1, i * 50, 0);
	w.warm = 60 * SECOND;
	sim_run(&w, 30 * DAY);
	for (i = 90; i < 100; i++)
		if (w.sites[i].worst > worst)
			worst = w.sites[i].worst;
	ok(worst <= 60, "beside 90 tarpits a good site's letter takes %llu ms",
	    (unsigned long long)worst);
	ok(w.gone == n && !w.expired && !w.broken, "and all arrive");
	sim_free(&w);
}

/* Twelve floods at once do not fill core. */
static void
test_floods(uint64_t seed)
{
	struct sim w;
	uint32_t i, n = 120000, fresh = 600;

	sim_init(&w, &defaults, 13, n + fresh, seed);
	for (i = 0; i < 12; i++)
		w.sites[i].ms = 400;
	for (i = 0; i < n; i++)
		sim_letter(&w, i, i % 12, i % 3, i / 12, 0);
	for (; i < n + fresh; i++)
		sim_letter(&w, i, 12, 1, (i - n) * SECOND, 0);
	sim_run(&w, 30 * DAY);
	ok(w.sites[12].worst < 600,
	    "beside twelve floods a letter takes %llu ms",
	    (unsigned long long)w.sites[12].worst);
	ok(w.maxcore < 6000, "which hold %u of core", w.maxcore);
	ok(w.gone == n + fresh && !w.broken, "and all arrive");
	sim_free(&w);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], 0, 10) : 20261122;

	printf("# seed %llu\n", (unsigned long long)seed);
	test_tarpits(seed);
	test_floods(seed);
	test_dead(seed);
	test_million(seed);
	test_world(seed);
	return tap_end();
}
