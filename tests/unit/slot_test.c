#include "spool/slot.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define NOW 1763800000u
#define DAY 86400u
#define N_MANY 100000

static uint32_t seed = 12345;

static uint32_t
any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

static int
cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Never before its time, nor much behind it, nor in a slot being emptied. */
static void
limits(void)
{
	uint64_t i, due, now, slot;
	int early = 0, late = 0, near = 0;

	for (i = 0; i < 200000; i++) {
		now = NOW + any(100 * DAY);
		due = now - 10 + (any(2) ? any(64) : any(40 * DAY));
		slot = slot_of(due, now);
		early += slot < due;
		near += slot < now + 2;
		late += due >= now + 2 && slot - due > (due - now) / 16;
	}
	ok(!early, "never before its time");
	ok(!late, "at most a sixteenth later");
	ok(!near, "at least 2 s ahead");
	ok(slot_of(0, NOW) == NOW + 2, "long due: in 2 s");
	ok(slot_of(UINT64_MAX, NOW) <= NOW + SLOT_FAR_S / 16 * 17 + 1,
	    "not for ever");
}

/* A week of traffic with all kinds of back-off: how many slots exist at a
 * time? */
static void
count(void)
{
	static uint64_t slots[1u << 17];
	size_t n = 0, most = 0, i, k;
	uint64_t now;

	for (now = NOW; now < NOW + 7 * DAY; now += 7) {
		slots[n++] = slot_of(now + 1 + any(5 * DAY), now);
		slots[n++] = slot_of(now + 1 + any(4000), now);
		if (n < N_MANY && now + 7 < NOW + 7 * DAY)
			continue;
		qsort(slots, n, sizeof slots[0], cmp);
		for (i = k = 0; i < n; i++)
			if (slots[i] > now && (!k || slots[k - 1] != slots[i]))
				slots[k++] = slots[i];
		n = k;
		if (n > most)
			most = n;
	}
	ok(most < 32 * 19, "%lu slots at most", (unsigned long)most);
}

static void
isdue(void)
{
	uint64_t longest = 4000, d;
	int wrong = 0;

	for (d = 1; d <= longest; d++)
		wrong += slot_isdue(slot_of(NOW + d, NOW), NOW, longest);
	ok(!wrong, "nothing within the longest back-off is due at once");
	ok(slot_isdue(NOW, NOW, longest), "now is due");
	ok(slot_isdue(NOW - 1, NOW, longest), "the past is due");
	ok(!slot_isdue(NOW + 1, NOW, longest), "a second ahead is not");
	ok(slot_isdue(slot_of(NOW + 3600, NOW), NOW - DAY, longest),
	    "the clock went back a day: due");
	ok(slot_isdue(slot_of(NOW + 4000, NOW), NOW, 10),
	    "the longest back-off is shorter now: due");
	ok(!slot_isdue(slot_of(NOW + 2, NOW), NOW, 0), "no back-off: in 2 s");
}

int
main(void)
{
	char g[GENERATION_OCTETS + 1];
	uint64_t u;

	limits();
	count();
	isdue();
	ok(slot_scan("1763800000", &u) > 0 && u == NOW, "a slot's name");
	ok(slot_scan("", &u) < 0 && slot_scan("01", &u) < 0 &&
	    slot_scan("1x", &u) < 0 && slot_scan("-1", &u) < 0 &&
	    slot_scan("99999999999999999999999", &u) < 0, "what is none");
	generation_fmt(g, NOW);
	ok(generation_scan(g, &u) > 0 && u == NOW / GENERATION_S,
	    "a generation's: %s", g);
	ok(generation_scan("01a48f4", &u) < 0 &&
	    generation_scan("01a48f401", &u) < 0 &&
	    generation_scan("01A48F40", &u) < 0, "what is none");
	return tap_end();
}
