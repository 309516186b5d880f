#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const struct sched_conf conf = {
	.retry = { 300, 4000, RETRY_EXPONENTIAL, 432000, 432000 },
	.core = 800, .window = 20, .limit = { 2, 10, 5 },
};

static struct sched s;

static uint32_t
next_of(uint64_t now)
{
	struct sched_order o;

	return sched_next(&s, &o, now) ? o.cookie : SCHED_NONE;
}

static void
begin(void)
{
	sched_free(&s);
	sched_init(&s, &conf, 7);
	sched_gate(&s, 0, GATE_UP);
}

static void
test_turns(void)
{
	uint32_t a, b, i;
	char got[16];

	begin();
	a = sched_site(&s, "smtp:a.test", SCHED_REMOTE, 0);
	b = sched_site(&s, "smtp:b.test", SCHED_REMOTE, 0);
	ok(a != b && sched_site(&s, "smtp:a.test", SCHED_REMOTE, 0) == a,
	    "a site has one place");
	for (i = 0; i < 4; i++)
		sched_add(&s, a, 1, i);		/* 0 1 2 3 by 1 to a */
	sched_add(&s, a, 2, 4);			/* 4 by 2 to a */
	sched_add(&s, b, 1, 5);			/* 5 6 by 1 to b */
	sched_add(&s, b, 1, 6);
	for (i = 0; i < 7; i++)
		got[i] = (char)('0' + next_of(0));
	got[7] = 0;
	ok(!strcmp(got, "0546123"), "turns of sites and senders: %s", got);
	ok(next_of(0) == SCHED_NONE, "and then nothing");
}

static void
test_window(void)
{
	uint32_t a, i, n, jobs[40];
	struct sched_order o;

	begin();
	a = sched_site(&s, "smtp:a.test", SCHED_REMOTE, 0);
	for (i = 0; i < 40; i++)
		sched_add(&s, a, 1, i);
	for (n = 0; sched_next(&s, &o, 0); n++)
		jobs[n] = o.job;
	ok(n == 5, "a new site gets %u", n);
	sched_report(&s, jobs[0], SITE_OK, 0, 0, 10);
	sched_remove(&s, jobs[0]);
	for (; sched_next(&s, &o, 10); n++)
		jobs[n] = o.job;
	ok(n == 7, "one good: two more");
	for (i = 1; i < 3; i++)
		sched_report(&s, jobs[i], SITE_FAILED, 0, "refused", 20);
	ok(s.sites[a].window == 3 && s.sites[a].state == SITE_OPEN,
	    "two failures of one flight halve it once");
	sched_report(&s, jobs[3], SITE_FAILED, 0, "refused", 20);
	ok(s.sites[a].state == SITE_SUSPENDED, "a window of failures: dead");
	ok(!strcmp(s.sites[a].why, "refused"), "and why");
	sched_report(&s, jobs[4], SITE_OK, 0, 0, 20);
	ok(s.sites[a].state == SITE_SUSPENDED, "a straggler changes nothing");
	for (n = 0; sched_next(&s, &o, 30); n++)
		if (o.what != SCHED_PARK)
			break;
		else
			sched_remove(&s, o.job);
	ok(n == 33, "all that wait are parked: %u", n);
	ok(sched_room(&s, a) == SCHED_CLOSED, "and there is no room");
	ok(sched_deadline(&s) >= 300020 && sched_deadline(&s) <= 375020,
	    "until %llu", (unsigned long long)sched_deadline(&s));
}

static void
test_probe(void)
{
	uint32_t a, job;
	struct sched_order o;
	uint64_t at;

	begin();
	a = sched_site(&s, "smtp:a.test", SCHED_REMOTE, 0);
	job = sched_addout(&s, a, 1, 0, 0);
	sched_report(&s, job, SITE_FAILED, 50, "421 in 50 s", 1000);
	sched_remove(&s, job);
	at = sched_deadline(&s);
	ok(at >= 51000 && at <= 57000, "the site said when: %llu",
	    (unsigned long long)at);
	sched_left(&s, a);
	sched_left(&s, a);
	ok(sched_fetch(&s, at - 1) == SCHED_NONE, "not before");
	ok(sched_fetch(&s, at) == a && s.sites[a].state == SITE_PROBE,
	    "then its letters are fetched");
	ok(sched_fetch(&s, at) == SCHED_NONE, "once");
	ok(sched_room(&s, a) == SCHED_ROOM, "room for a probe");
	sched_add(&s, a, 1, 1);
	ok(sched_room(&s, a) == SCHED_CLOSED, "and for no more");
	sched_add(&s, a, 1, 2);
	ok(sched_next(&s, &o, at) && o.what == SCHED_RUN, "the probe");
	job = o.job;
	ok(!sched_next(&s, &o, at), "is alone");
	sched_report(&s, job, SITE_FAILED, 0, "x", at);
	ok(s.sites[a].fails == 2 && s.sites[a].until >= at + 600000 &&
	    s.sites[a].until <= at + 750000, "fails: twice as long");
	sched_flush(&s, SCHED_NONE);
	ok(s.sites[a].state == SITE_SUSPENDED &&
	    sched_next(&s, &o, at + 1) && o.what == SCHED_RUN,
	    "flushed: a probe now");
	sched_report(&s, o.job, SITE_OK, 0, 0, at + 2);
	ok(s.sites[a].state == SITE_OPEN && s.sites[a].window == 2 &&
	    !s.sites[a].fails, "it is back, and starts slowly");
}

static void
test_gate(void)
{
	uint32_t a, job;
	struct sched_order o;

	begin();
	sched_gate(&s, 0, GATE_DOWN);
	a = sched_site(&s, "user:joe", SCHED_LOCAL, 0);
	job = sched_add(&s, a, 1, 0);
	ok(!sched_next(&s, &o, 0), "its program is down: wait");
	sched_gate(&s, 0, GATE_UP);
	ok(sched_next(&s, &o, 0) && o.job == job, "up: go");
	sched_report(&s, job, SITE_LOST, 0, 0, 5);
	ok(sched_next(&s, &o, 5) && o.job == job, "lost: again");
	sched_report(&s, job, SITE_LOST, 0, 0, 5);
	sched_gate(&s, 0, GATE_AWAY);
	ok(sched_next(&s, &o, 0) && o.what == SCHED_PARK, "away: parked");
	ok(sched_room(&s, a) == SCHED_CLOSED, "no room");
	sched_left(&s, a);
	ok(sched_fetch(&s, 0) == SCHED_NONE, "nothing is fetched");
	sched_gate(&s, 0, GATE_UP);
	sched_remove(&s, job);
	ok(sched_fetch(&s, 0) == a, "until it is up");
}

static void
test_table(void)
{
	char key[32];
	uint32_t i, at = 0, n = 0;
	const struct site *x;
	struct site y;

	begin();
	for (i = 0; i < 3 * SCHED_SITES; i++) {
		snprintf(key, sizeof key, "smtp:%u.test", i);
		sched_site(&s, key, SCHED_REMOTE, 0);
	}
	ok(s.nsites <= SCHED_SITES, "idle sites are forgotten: %u", s.nsites);
	memset(&y, 0, sizeof y);
	y.key = strcpy(key, "smtp:dead.test");
	y.state = SITE_SUSPENDED;
	y.fails = 3;
	y.window = 1;
	y.until = 5000;
	y.why = (char[]){ "no route" };
	ok(sched_restore(&s, &y, SCHED_REMOTE, 0, 100), "restored");
	while ((x = sched_each(&s, &at))) {
		n++;
		ok(!strcmp(x->key, key) && x->fails == 3 &&
		    !strcmp(x->why, "no route") && x->until == 5000,
		    "and saved again");
	}
	ok(n == 1 && sched_deadline(&s) == 5000, "the one worth it");
	for (i = 0; i < 3 * SCHED_SITES; i++) {
		snprintf(key, sizeof key, "smtp:x%u.test", i);
		sched_add(&s, sched_site(&s, key, SCHED_REMOTE, 0), 1, i);
	}
	ok(s.usedsites >= 3 * SCHED_SITES, "sites with jobs never are");
}

int
main(void)
{
	test_turns();
	test_window();
	test_probe();
	test_gate();
	test_table();
	sched_free(&s);
	return tap_end();
}
