/* pneu-send: what senders are told beside failures (RFC 3461), as
 * send_test.c. */

#include "send_world.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

#define NOW 1800000000u
#define NOTICE "0642E1B3F5C09A0001"
#define CHILD "0642E1B3F5C09A0002"

static struct world w;
static char path[LETTER_PATH_OCTETS + 1];

static void
go(void)
{
	world_goall(&w);
}

static void
begin(void)
{
	world_begin(&w, NOW);
	go();
}

static void
letter(const char *sender, const char *notify, const char *rcpt)
{
	w.notify = notify;
	world_letter(&w, path, 0, sender, &rcpt, 1);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
}

static void
report(char kind, const char *code, const char *text)
{
	world_report(&w, 0, kind, code, text, 0);
	world_run(&w);
}

static int
ordered(const char *to, const char *action, const char *why)
{
	return w.norders == 1 && w.orders[0].peer == PEER_BOUNCE &&
	    !strcmp(w.orders[0].to, to) &&
	    !strcmp(w.orders[0].said[SAID_ACTION], action) &&
	    !strcmp(w.orders[0].why, why);
}

/* One recipient whose verdict is done: what is pneu-bounce told? */
static const struct {
	const char *what, *sender, *notify, *rcpt, *action, *want, *why;
} dones[] = {
	{ "a user's mailbox", "a@x", "SUCCESS", "u@user.joe", 0, "delivered",
	  "D 2.0.0 0 delivered: ok" },
	{ "he may claim nothing else", "a@x", "SUCCESS", "u@user.joe",
	  "relayed", "delivered", "D 2.0.0 0 delivered: ok" },
	{ "a host without DSN", "a@x", "DELAY,SUCCESS", "u@far.test",
	  "relayed", "relayed", "D 2.0.0 0 relayed: host test said: ok (in "
	  "reply to end of DATA command)" },
	{ "several targets", "a@x", "SUCCESS", "u@list.test", "expanded",
	  "expanded", "D 2.0.0 0 expanded: ok" },
	{ "a list", "a@x", "SUCCESS", "u@list.test", "delivered",
	  "delivered", "D 2.0.0 0 delivered: ok" },
	{ "a host with DSN", "a@x", "SUCCESS", "u@far.test", 0, 0, 0 },
	{ "an action that is none", "a@x", "SUCCESS", "u@far.test", "failed",
	  0, 0 },
	{ "one target", "a@x", "SUCCESS", "u@list.test", 0, 0, 0 },
	{ "not asked for", "a@x", 0, "u@user.joe", 0, 0, 0 },
	{ "something else asked for", "a@x", "FAILURE,DELAY", "u@far.test",
	  "relayed", 0, 0 },
	{ "NEVER", "a@x", "NEVER", "u@user.joe", 0, 0, 0 },
	{ "nobody to be told", "", "SUCCESS", "u@user.joe", 0, 0, 0 },
};

static void
test_done(void)
{
	size_t i;

	for (i = 0; i < sizeof dones / sizeof dones[0]; i++) {
		begin();
		letter(dones[i].sender, dones[i].notify, dones[i].rcpt);
		w.action = dones[i].action;
		report('D', "2.0.0", "ok");
		if (!dones[i].want) {
			ok(!w.norders && w.retired == 1, "%s: no report",
			    dones[i].what);
			continue;
		}
		ok(ordered("bounce:done", dones[i].want, dones[i].why) &&
		    !w.retired, "%s: %s", dones[i].what, dones[i].want);
		w.made = NOTICE;
		report('D', "2.0.0", NOTICE);
		ok(!w.norders && w.retired == 1 && w.acked == 2 &&
		    !w.g.usedmails && !w.g.s.usedjobs &&
		    !strcmp(w.mades, NOTICE " "), "told, and gone");
	}
}

/* The status octet of recipient n. */
static char
status(uint32_t n)
{
	struct letter l = LETTER_ZERO;
	char c = '?', p[AT_PATH_OCTETS + 1];

	mail_path(w.g.mails, p);
	if (letter_open(&l, w.g.queue, p) > 0) {
		c = l.status[n];
		letter_close(&l);
	}
	letter_free(&l);
	return c;
}

/* Several recipients: one is told of while another waits. */
static void
test_mark(void)
{
	static const char *const two[] = { "u@list.test", "v@far.test" };

	begin();
	w.notify = "SUCCESS,FAILURE";
	world_letter(&w, path, 0, "a@x.test", two, 2);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
	w.action = "expanded";
	w.made = CHILD;
	report('D', "2.0.0", "forwarded");
	ok(w.norders == 1 && w.orders[0].peer == PEER_REMOTE,
	    "what is owed waits for the other's verdict");
	report('N', "5.1.1", "no");
	ok(w.norders == 2 && w.orders[0].peer == PEER_BOUNCE &&
	    w.orders[1].peer == PEER_BOUNCE && w.orders[0].n == 1 &&
	    w.orders[1].n == 1, "a failure and a success are told apart");
	world_report(&w, !strcmp(w.orders[0].to, "bounce:"), 'D', "2.0.0",
	    "", 0);
	world_run(&w);
	world_pass(&w, 1000);
	ok(status(0) == LETTER_SUCCEEDED && status(1) == LETTER_WAITING &&
	    !strcmp(w.mades, CHILD " "), "marked when told");
	report('D', "2.0.0", "");
	ok(w.retired == 1 && !w.g.s.usedjobs, "and gone");
}

/* pneu-bounce cannot: it is remembered, and nothing is delivered again. */
static void
test_later(void)
{
	begin();
	letter("a@x", "SUCCESS", "u@user.joe");
	report('D', "2.0.0", "ok");
	ok(w.norders == 1, "owed");
	report('L', "4.3.0", "no queue");
	ok(!w.norders && w.deferred == 1 && world_files("defer") == 1,
	    "put off");
	world_restart(&w);
	go();
	world_pass(&w, 1500000);
	ok(ordered("bounce:done", "delivered", "D 2.0.0 0 delivered: ok"),
	    "and told later, also by another pneu-send");
	report('D', "2.0.0", "");
	ok(w.retired == 1 && !world_files("defer"), "gone");
}

/* A new pneu-send finds the order in the hands of pneu-bounce. */
static void
test_taken(const char *notify, int later)
{
	struct world_order o;
	const char *what = later ? "later" : "done";

	begin();
	letter("a@x", notify, "u@user.joe");
	report('D', "2.0.0", "ok");
	o = w.orders[0];
	w.norders = 0;
	world_restart(&w);
	world_taken(&w, &o);
	w.orders[w.norders++] = o;
	go();
	world_pass(&w, 1000);
	ok(w.norders == 1, "taken over: nothing is delivered again");
	if (later) {
		report('L', "4.3.0", "");
		ok(!w.norders && w.deferred == 1, "%s", what);
		world_pass(&w, 1500000);
		ok(ordered("bounce:done", "delivered",
		    "D 2.0.0 0 delivered: delivered"), "and again");
	}
	report('D', "2.0.0", "");
	ok(w.retired == 1 && !w.g.s.usedjobs, "%s", what);
}

/* Fail what is there until there is an order to pneu-bounce, or s seconds
 * have passed. */
static void
wait_for(uint64_t s)
{
	uint64_t end = w.g.now + s * 1000;

	for (;;) {
		while (w.norders && w.orders[0].peer == PEER_REMOTE)
			report('L', "4.2.2", "come back");
		if (w.norders || w.g.now >= end)
			return;
		world_pass(&w, 50000);
	}
}

static void
test_late(void)
{
	uint64_t began;

	begin();
	letter("a@x", 0, "u@far.test");
	began = w.g.wall;
	wait_for(86400);
	ok(ordered("bounce:delayed", "delayed", "L 4.2.2 0 come back") &&
	    w.g.wall - began >= 4 * 3600 && w.g.wall - began < 4 * 3600 +
	    4300, "the sender is told after four hours: %lu",
	    (unsigned long)(w.g.wall - began));
	w.made = NOTICE;
	report('D', "2.0.0", NOTICE);
	ok(!w.norders && world_files("defer") == 1 && !w.retired &&
	    !strcmp(w.mades, NOTICE " ") && !w.g.s.usedjobs &&
	    !w.g.usedmails, "the letter waits on");
	wait_for(20000);
	ok(!w.norders, "he is not told twice");
	world_restart(&w);
	go();
	wait_for(20000);
	ok(!w.norders, "nor by another pneu-send");
	world_pass(&w, 4300000);
	ok(w.norders == 1 && w.orders[0].peer == PEER_REMOTE,
	    "and it is tried still");
	report('D', "2.0.0", "ok");
	ok(w.retired == 1, "delivered at last");
}

static void
test_late_not(void)
{
	static const struct {
		const char *what, *sender, *notify;
	} all[] = {
		{ "NEVER", "a@x", "NEVER" },
		{ "something else asked for", "a@x", "FAILURE" },
		{ "a bounce", "", 0 },
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		begin();
		letter(all[i].sender, all[i].notify, "u@far.test");
		wait_for(30000);
		ok(!w.norders && world_files("defer") == 1, "no warning: %s",
		    all[i].what);
	}
	begin();
	w.g.warn = 0;
	letter("a@x", 0, "u@far.test");
	wait_for(30000);
	ok(!w.norders, "no warning: the setting is 0");
}

/* pneu-bounce cannot, or is not there: no loop, and with a later attempt. */
static void
test_late_later(void)
{
	uint32_t deferred;

	begin();
	letter("a@x", "DELAY", "u@far.test");
	wait_for(86400);
	ok(w.norders == 1 && !strcmp(w.orders[0].to, "bounce:delayed"),
	    "late");
	deferred = w.deferred;
	report('L', "4.3.0", "no queue");
	ok(!w.norders && w.deferred == deferred + 1, "put off");
	wait_for(86400);
	ok(w.norders == 1 && !strcmp(w.orders[0].to, "bounce:delayed"),
	    "told later");
	report('N', "5.3.0", "no");
	wait_for(30000);
	ok(!w.norders, "what cannot be told is not tried for ever");
}

/* Taken over with a warning under way. */
static void
test_late_taken(void)
{
	struct world_order o;

	begin();
	letter("a@x", 0, "u@far.test");
	wait_for(86400);
	o = w.orders[0];
	w.norders = 0;
	world_restart(&w);
	world_taken(&w, &o);
	w.orders[w.norders++] = o;
	go();
	world_pass(&w, 1000);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE,
	    "the warning is taken over");
	report('D', "2.0.0", NOTICE);
	ok(!w.norders && !w.retired && world_files("defer") == 1,
	    "it is no last word: the letter waits");
	wait_for(20000);
	ok(!w.norders && w.g.deferred, "and is tried, without a second one");
	world_pass(&w, 4300000);
	report('D', "2.0.0", "ok");
	ok(w.retired == 1, "delivered at last");
}

/* Letters of a site that is dead lie unread: who is late is found. */
static void
test_late_dead(void)
{
	uint64_t end;
	int told = 0;
	size_t i;

	begin();
	for (i = 0; i < 3; i++)
		letter("a@x", 0, i ? i > 1 ? "w@far.test" : "v@far.test" :
		    "u@far.test");
	for (end = w.g.now + 30000000; w.g.now < end; world_pass(&w, 50000))
		while (w.norders) {
			told += !strcmp(w.orders[0].to, "bounce:delayed") ?
			    (int)w.orders[0].n : 0;
			if (w.orders[0].peer == PEER_BOUNCE)
				report('D', "2.0.0", "");
			else {
				world_report(&w, 0, 'L', "4.4.1", "refused",
				    1);
				world_run(&w);
			}
		}
	ok(told == 3, "all three senders are told, once: %d", told);
}

int
main(void)
{
	test_done();
	test_mark();
	test_later();
	test_taken("SUCCESS", 0);
	test_taken("SUCCESS", 1);
	test_late();
	test_late_not();
	test_late_later();
	test_late_taken();
	test_late_dead();
	world_end(&w);
	return tap_end();
}
