#include "pneu-auth/limit.h"
#include "pneu-auth/rate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static struct limit l;

/* Failures until he is capped. */
static unsigned int
until_capped(const char *client, const char *user, uint64_t now)
{
	unsigned int n = 0;

	while (n < 1000 && limit_ask(&l, client, user, now) == LIMIT_NONE) {
		limit_failed(&l, client, user, now);
		n++;
	}
	return n;
}

static void
test_client(void)
{
	uint64_t now = 1000;
	unsigned int i;

	limit_init(&l, "secret", 6);
	for (i = 1; i < 4; i++)
		ok(limit_failed(&l, "192.0.2.1", 0, now) == i,
		    "failure %u: %u s", i, i);
	ok(until_capped("192.0.2.1", "", now) == LIMIT_CLIENT - 3,
	    "capped at %d", LIMIT_CLIENT);
	ok(limit_ask(&l, "192.0.2.1", "alice", now) == LIMIT_OF_CLIENT,
	    "whoever he says he is");
	ok(limit_ask(&l, "192.0.2.2", 0, now) == LIMIT_NONE, "not others");
	ok(limit_ask(&l, "192.0.2.1", 0, now + LIMIT_FORGET_S) == LIMIT_NONE,
	    "one is forgotten");
	ok(until_capped("192.0.2.1", 0, now + LIMIT_FORGET_S) == 1,
	    "one more is one too many");
	ok(limit_failed(&l, "192.0.2.1", 0, now + 100 * LIMIT_FORGET_S) == 1,
	    "all are");
	ok(until_capped("2001:db8::1", 0, now) == LIMIT_CLIENT &&
	    limit_ask(&l, "2001:db8::2:3", 0, now) == LIMIT_OF_CLIENT &&
	    limit_ask(&l, "2001:db8:0:1::1", 0, now) == LIMIT_NONE,
	    "of IPv6 the /64");
	ok(limit_failed(&l, "2001:db8::1", 0, now) == LIMIT_DELAY_S,
	    "no delay is longer than %d s", LIMIT_DELAY_S);
}

static void
test_user(void)
{
	uint64_t now = 1000;
	char ip[32];
	unsigned int n = 0;

	limit_init(&l, "secret", 6);
	limit_passed(&l, "198.51.100.1", "alice", now);
	for (;; n++) {
		snprintf(ip, sizeof ip, "192.0.2.%u", n);
		if (limit_ask(&l, ip, "alice", now) != LIMIT_NONE)
			break;
		limit_failed(&l, ip, "alice", now);
	}
	ok(n == LIMIT_USER, "a user is capped at %u, from everywhere", n);
	ok(limit_ask(&l, "192.0.2.250", "alice", now) == LIMIT_OF_USER,
	    "for addresses that are new");
	ok(limit_ask(&l, "198.51.100.1", "alice", now) == LIMIT_NONE,
	    "not for where he was let in before");
	ok(limit_ask(&l, "198.51.100.1", "alice", now + LIMIT_KNOWN_S) ==
	    LIMIT_NONE && limit_ask(&l, "192.0.2.250", "bob", now) ==
	    LIMIT_NONE, "nor for others");
	ok(limit_failed(&l, 0, "carol", now) == 1 &&
	    limit_failed(&l, 0, "Carol", now) == 2 &&
	    limit_ask(&l, 0, 0, now) == LIMIT_NONE,
	    "an address that does not count");
	ok(until_capped(0, "carol", now) == LIMIT_USER - 2, "but its user");
}

/* Very many others do not wash one's own failures away, mostly. */
static void
test_flood(void)
{
	unsigned int i, missed = 0;
	char ip[32];

	limit_init(&l, "secret", 6);
	for (i = 0; i < 100; i++) {
		snprintf(ip, sizeof ip, "203.0.113.%u", i);
		until_capped(ip, 0, 1000);
	}
	for (i = 0; i < 100000; i++) {
		snprintf(ip, sizeof ip, "10.%u.%u.%u", i >> 16, i >> 8 & 255,
		    i & 255);
		limit_failed(&l, ip, 0, 1000);
	}
	for (i = 0; i < 100; i++) {
		snprintf(ip, sizeof ip, "203.0.113.%u", i);
		missed += limit_ask(&l, ip, 0, 1000) == LIMIT_NONE;
	}
	ok(missed == 0, "100000 others: %u of 100 are forgotten", missed);
}

static void
test_rate(void)
{
	struct rate r = { 0, 0 };
	uint32_t left;
	char name[32];
	unsigned int i;

	ok(rate_ask(&r, "alice", 5, 2, 10, 1000, &left) == RATE_YES &&
	    rate_ask(&r, "alice", 6, 2, 10, 1001, &left) == RATE_RCPTS &&
	    rate_ask(&r, "AliCe", 5, 2, 10, 1002, &left) == RATE_YES,
	    "what is refused is not counted");
	ok(rate_ask(&r, "ALICE", 0, 2, 10, 1100, &left) == RATE_LETTERS &&
	    left == RATE_S - 100, "too many letters, for %u s more", left);
	ok(rate_ask(&r, "bob", 10, 2, 10, 1100, &left) == RATE_YES, "another");
	ok(rate_ask(&r, "alice", 1, 2, 10, 1000 + RATE_S, &left) == RATE_YES,
	    "the next hour");
	ok(rate_ask(&r, "carol", 1000000, 0, 0, 1, &left) == RATE_YES,
	    "no limits");
	for (i = 0; i < RATE_USERS + 100; i++) {
		snprintf(name, sizeof name, "user%u", i);
		rate_ask(&r, name, 1, 1, 0, 2000 + i, &left);
	}
	ok(r.n == RATE_USERS && rate_ask(&r, name, 1, 1, 0, 7000, &left) ==
	    RATE_LETTERS, "more users than there is room for");
	free(r.u);
}

int
main(void)
{
	test_client();
	test_user();
	test_flood();
	test_rate();
	return tap_end();
}
