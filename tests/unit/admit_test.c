#include "pneu-listen/admit.h"

#include <string.h>

#include "tap.h"

static struct admit_key
v4(unsigned int n)
{
	unsigned char ip[4] = { 192, 0, (unsigned char)(n >> 8),
		(unsigned char)n };
	struct admit_key k;

	admit_key(&k, ip, 0);
	return k;
}

static struct admit_key
v6(unsigned char net, unsigned char host)
{
	unsigned char ip[16] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, net };
	struct admit_key k;

	ip[15] = host;
	admit_key(&k, ip, 1);
	return k;
}

static enum admit_answer
ask(struct admit *a, struct admit_key k, int trusted)
{
	return admit_ask(a, &k, trusted);
}

static void
end(struct admit *a, struct admit_key k, int trusted)
{
	admit_end(a, &k, trusted);
}

static void
test_client(void)
{
	struct admit a;
	struct admit_key k = v4(1);
	int i, n = 0;

	memset(&a, 0, sizeof a);
	ok(admit_limits(&a, 100, 3), "limits");
	for (i = 0; i < 3; i++)
		n += ask(&a, v4(1), 0) == ADMIT_YES;
	ok(n == 3 && ask(&a, v4(1), 0) == ADMIT_CLIENT, "3 of one address");
	ok(ask(&a, v4(2), 0) == ADMIT_YES, "its neighbour comes in");
	ok(ask(&a, v4(1), 1) == ADMIT_YES, "a trusted one is not counted");
	end(&a, v4(1), 1);
	ok(admit_count(&a, &k) == 3, "nor counted off");
	end(&a, v4(1), 0);
	ok(ask(&a, v4(1), 0) == ADMIT_YES, "one leaves, one comes");
	for (i = n = 0; i < 3; i++)
		n += ask(&a, v6(1, (unsigned char)i), 0) == ADMIT_YES;
	ok(n == 3 && ask(&a, v6(1, 77), 0) == ADMIT_CLIENT &&
	    ask(&a, v6(2, 77), 0) == ADMIT_YES, "a /64 is one client");
	ok(admit_limits(&a, 100, 0) && ask(&a, v4(1), 0) == ADMIT_YES,
	    "0: no limit");
	admit_free(&a);
}

static void
test_full(void)
{
	struct admit a;
	unsigned int i;
	int n = 0;

	memset(&a, 0, sizeof a);
	admit_limits(&a, 20, 1);
	for (i = 0; i < 20; i++)
		n += ask(&a, v4(i), 0) == ADMIT_YES;
	ok(n == 18 && a.n == 18, "18 of 20 places are for strangers");
	ok(ask(&a, v4(100), 0) == ADMIT_BUSY, "then it is busy");
	ok(ask(&a, v4(100), 1) == ADMIT_YES &&
	    ask(&a, v4(100), 1) == ADMIT_YES &&
	    ask(&a, v4(100), 1) == ADMIT_BUSY, "two more are for the trusted");
	ok(admit_limits(&a, 10, 1), "fewer places than people");
	ok(ask(&a, v4(100), 1) == ADMIT_BUSY, "is busy");
	for (i = 0; i < 18; i++)
		end(&a, v4(i), 0);
	ok(a.n == 2 && ask(&a, v4(5), 0) == ADMIT_YES, "until they have left");
	admit_free(&a);
	admit_limits(&a, 1, 0);
	ok(ask(&a, v4(1), 0) == ADMIT_YES, "a single place is anyone's");
	admit_free(&a);
}

/* Against a plain array, with limits that move. */
static void
test_random(void)
{
	static unsigned int count[300];
	struct admit a;
	unsigned long seed = 42;
	unsigned int k, i, total = 0, bad = 0;

	memset(&a, 0, sizeof a);
	admit_limits(&a, 64, 4);
	for (i = 0; i < 200000; i++) {
		seed = (seed * 1103515245 + 12345) & 0x7fffffff;
		k = (unsigned int)(seed >> 8) % 300;
		if (i == 50000)
			bad += !admit_limits(&a, 1000, 7);
		if (i == 150000)
			bad += !admit_limits(&a, 500, 7);
		if (seed & 0x40000000 && count[k]) {
			end(&a, v4(k), 0);
			count[k]--;
			total--;
		} else {
			enum admit_answer want =
			    total >= a.max - a.reserve ? ADMIT_BUSY :
			    count[k] >= a.per_client ? ADMIT_CLIENT :
			    ADMIT_YES;

			bad += ask(&a, v4(k), 0) != want;
			count[k] += want == ADMIT_YES;
			total += want == ADMIT_YES;
		}
	}
	for (k = 0; k < 300; k++) {
		struct admit_key key = v4(k);

		bad += admit_count(&a, &key) != count[k];
	}
	ok(!bad && a.n == total, "200000 comings and goings (seed 42)");
	admit_free(&a);
}

int
main(void)
{
	test_client();
	test_full();
	test_random();
	return tap_end();
}
