/* pneu-send's middle, on a real queue, with the other programs played. */

#include "send_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/slot.h"
#include "tap.h"

#define NOW 1800000000u

static struct world w;
static char path[LETTER_PATH_OCTETS + 1];

static void
ring(void)
{
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
}

static void
begin(void)
{
	world_begin(&w, NOW);
	w.g.warn = 0;			/* send_tell_test.c has that */
	world_goall(&w);
}

static void
send_one(const char *sender, const char *rcpt)
{
	world_letter(&w, path, 0, sender, &rcpt, 1);
	ring();
}

static void
test_deliver(void)
{
	begin();
	ok(w.g.started, "all have said what they have in hand");
	send_one("a@x.test", "b@far.test");
	ok(w.norders == 1 && w.orders[0].peer == PEER_REMOTE &&
	    !strcmp(w.orders[0].to, "smtp:far.test"), "rung: ordered");
	w.noqueue = 1;
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.acked == 0, "not acknowledged before the queue has it");
	w.noqueue = 0;
	world_break(&w, PEER_ORDERS);
	world_run(&w);
	ok(w.retired == 1 && w.acked == 1, "said again: removed");
	ok(!world_files("new") && !w.g.usedmails && !w.g.s.usedjobs,
	    "nothing is left");
	world_pass(&w, 400000);
	ok(w.pruned > 0, "an old directory goes, too");
}

/* Letters to one address in a row. */
static void
test_known(void)
{
	begin();
	send_one("a@x.test", "b@far.test");
	send_one("a@x.test", "b@far.test");
	ok(w.norders == 2 && w.asked == 1, "known: not asked again");
	send_one("a@x.test", "c@far.test");
	ok(w.norders == 3 && w.asked == 2, "another address is");
	frame_put(&w.end[PEER_ALIAS].out, 'F', 0, "", 0);
	world_run(&w);
	send_one("a@x.test", "b@far.test");
	ok(w.norders == 4 && w.asked == 3, "told to forget: asked");
	world_pass(&w, 1000);
	send_one("a@x.test", "b@far.test");
	ok(w.asked == 4, "a second later: asked");
	world_break(&w, PEER_ALIAS);
	send_one("a@x.test", "b@far.test");
	ok(w.asked == 5, "another connection: asked");
}

static void
test_defer(void)
{
	int i;

	begin();
	send_one("a@x.test", "user.joe@far.test");
	snprintf(w.route, sizeof w.route, "user.joe");
	send_one("a@x.test", "joe@here.test");
	ok(w.orders[1].peer == PEER_LSPAWN, "a user's goes to pneu-lspawn");
	world_report(&w, 1, 'L', "4.2.2", "full", 0);
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.deferred == 1 && world_files("defer") == 1, "deferred");
	world_pass(&w, 290000);
	ok(w.norders == 0, "not before its time");
	world_pass(&w, 120000);
	ok(w.norders == 1, "then again");
	for (i = 2; i <= 40 && w.norders; i++) {
		world_report(&w, 0, 'L', "4.2.2", "full", 0);
		world_run(&w);
		world_pass(&w, 4300000);
	}
	ok(w.g.deferred == 40, "and again: %llu",
	    (unsigned long long)w.g.deferred);
	for (i = 0; !w.g.mails[i].used; i++)
		;
	ok(w.g.mails[i].text.len < 200, "its history takes no room: %zu",
	    w.g.mails[i].text.len);
}

/* Two recipients who have failed for different reasons, at several times. */
static void
test_history(void)
{
	static const char *const rcpts[] = { "joe@far.test", "moe@far.test",
	    "joe@near.test" };
	const struct mail *m = 0;
	size_t i;

	begin();
	world_letter(&w, path, 0, "a@x.test", rcpts, 3);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
	for (i = 0; i < 3; i++) {
		while (w.norders)
			world_report(&w, 0, 'L', "4.2.2", w.orders[0].n == 2 ?
			    "far" : "near", 0);
		world_run(&w);
		world_pass(&w, 4300000);
	}
	for (i = 0; i < w.g.nmails; i++)
		if (w.g.mails[i].used)
			m = w.g.mails + i;
	ok(m && w.norders == 2 && mail_nrcpts(m) == 3, "all are tried again");
	for (i = 0; m && i < 3; i++)
		ok(mail_rcpt(m, i)->attempts == 3 &&
		    !strcmp(mail_str(m, mail_rcpt(m, i)->why),
		    i < 2 ? "L 4.2.2 0 far" : "L 4.2.2 0 near"),
		    "recipient %zu has his history", i);
}

static void
test_expire(void)
{
	uint64_t n = 0;

	begin();
	send_one("a@x.test", "joe@far.test");
	while (w.norders && w.orders[0].peer == PEER_REMOTE && n < 1000) {
		world_report(&w, 0, 'L', "4.2.2", "come back", 0);
		world_run(&w);
		n++;
		while (!w.norders && n < 1000) {
			world_pass(&w, 100000);
			if (!world_files("defer") && !world_files("new"))
				break;
		}
	}
	ok(n > 100 && n < 150, "five days take %llu attempts",
	    (unsigned long long)n);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE &&
	    !strcmp(w.orders[0].why, "L 4.2.2 0 come back"),
	    "then it is bounced, with the last reason");
	world_report(&w, 0, 'D', "2.0.0", "told", 0);
	world_run(&w);
	ok(!world_files("defer") && w.retired == 1, "and gone");
}

static void
test_bounce(void)
{
	begin();
	send_one("a@x.test", "joe@far.test");
	world_report(&w, 0, 'N', "5.1.1", "nobody", 0);
	world_run(&w);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE &&
	    !strcmp(w.orders[0].why, "N 5.1.1 0 nobody"), "refused: bounced");
	ok(!w.retired, "and kept until the bounce is");
	world_report(&w, 0, 'L', "4.3.0", "full", 0);
	world_run(&w);
	ok(world_files("defer") == 1, "which may have to wait");
	world_pass(&w, 400000);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE,
	    "but the letter is not sent again");
	world_report(&w, 0, 'D', "2.0.0", "told", 0);
	world_run(&w);
	ok(w.retired == 1 && w.acked == 3, "told: gone");
}

static void
test_many(void)
{
	const char *const rcpts[] = { "a@one.test", "b@two.test",
	    "c@one.test", "d@three.test" };
	struct letter l = LETTER_ZERO;
	size_t i;

	begin();
	world_letter(&w, path, 0, "a@x.test", rcpts, 4);
	ring();
	ok(w.norders == 3, "four recipients at three places: three orders");
	for (i = w.norders; i-- > 0;)
		if (strcmp(w.orders[i].to, "smtp:two.test"))
			world_report(&w, i, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.marked == 0, "one is out");
	world_pass(&w, 300);
	ok(w.marked == 1, "the others are marked soon");
	ok(letter_open(&l, w.g.queue, path) == 1 &&
	    !memcmp(l.status, "d.dd", 4), "in the file: %.4s", l.status);
	letter_close(&l);
	world_report(&w, 0, 'L', "4.4.1", "later", 0);
	world_run(&w);
	ok(w.deferred == 1 && w.retired == 0, "the last is deferred");
	world_pass(&w, 400000);
	ok(w.norders == 1 && w.orders[0].n == 1 && w.orders[0].ns[0] == 1,
	    "and tried alone");
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.retired == 1 && w.acked == 4, "all done");
	letter_free(&l);
}

static void
test_taken(void)
{
	struct world_order o;

	begin();
	send_one("a@x.test", "b@far.test");
	o = w.orders[0];
	world_restart(&w);
	w.norders = 0;
	world_run(&w);
	ok(!w.g.started && !w.norders, "a new one waits");
	world_taken(&w, &o);
	world_goall(&w);
	ok(w.g.started && w.norders == 0 && w.g.usedmails == 1,
	    "what is in hand is not given twice");
	w.orders[w.norders++] = o;
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.retired == 1 && w.acked == 1, "its verdict is taken");

	send_one("a@x.test", "b@far.test");
	ok(w.norders == 1, "another");
	w.norders = 0;
	world_break(&w, PEER_REMOTE);
	world_go(&w, PEER_REMOTE);
	world_run(&w);
	ok(w.norders == 1 && w.g.mails[0].used, "lost: ordered again");
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);

	memcpy(o.id, "000000000000000000", LETTER_ID_OCTETS);
	world_break(&w, PEER_REMOTE);
	world_taken(&w, &o);
	world_go(&w, PEER_REMOTE);
	w.acked = 0;
	world_run(&w);
	ok(w.acked == 1, "a letter that is nowhere: forget it");
}

/* More letters than one site may have in core, due in one slot. */
static void
test_wheel(void)
{
	enum { N = 1500 };
	char user[32];
	const char *rcpt = user;
	size_t i;

	begin();
	for (i = 0; i < N; i++) {	/* each is asked for when it is read */
		snprintf(user, sizeof user, "u%zu@dead.test", i);
		world_letter(&w, path, NOW + 100, "a@x.test", &rcpt, 1);
	}
	world_run(&w);
	ok(w.g.usedmails == 0, "not due: nothing is read");
	world_pass(&w, 120000);
	ok(w.g.usedmails <= 1001 && w.g.usedmails >= 900,
	    "due: an eighth of core at most, %u", w.g.usedmails);
	ok(w.norders == 5, "and a window of orders: %zu", w.norders);
	send_one("a@x.test", "b@else.test");
	ok(w.norders == 6, "another's letter goes at once");
	for (i = w.norders; i-- > 0;)
		if (!strcmp(w.orders[i].to, "smtp:else.test"))
			world_report(&w, i, 'D', "2.0.0", "ok", 0);
	for (i = 0; w.norders;)
		world_report(&w, 0, 'L', "4.4.1", "dead", 1);
	world_run(&w);
	ok(w.g.usedmails == 0 && world_files("defer") == N,
	    "the site is dead: all lie on disk, %u in core",
	    w.g.usedmails);
	i = w.asked;
	world_pass(&w, 600000);
	ok(w.norders == 1, "its suspension over: one probe");
	ok(w.asked - i <= 2000, "few were read for it: %zu", w.asked - i);
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	w.most = 0;
	for (i = 0; i < 100000 && world_files("defer") && i < 300; i++) {
		size_t k;

		for (k = 0; k < 200; k++) {
			while (w.norders)
				world_report(&w, 0, 'D', "2.0.0", "ok", 0);
			world_run(&w);
		}
		if (!w.norders)
			world_pass(&w, 5000);
	}
	ok(!world_files("defer") && w.retired == N + 1,
	    "it is back: all are sent, %u", w.retired);
	ok(w.most <= 20, "window of %zu", w.most);
	world_pass(&w, 100000);
	ok(genalloc_len(struct dir, &w.g.dirs) <= 1, "slots are pruned");
}

/* A letter of more recipients than may be in core at a time. */
static void
test_crowd(void)
{
	enum { N = 2300 };
	static char addrs[N][32];
	static const char *rcpts[N];
	uint32_t i, n = 0;

	begin();
	for (i = 0; i < N; i++) {
		snprintf(addrs[i], sizeof addrs[i], "u%u@far.test", i);
		rcpts[i] = addrs[i];
	}
	world_letter(&w, path, 0, "a@x.test", rcpts, N);
	ring();
	while (w.norders) {
		n += (uint32_t)w.orders[0].n;
		world_report(&w, 0, n > 100 && n <= 150 ? 'L' : 'D',
		    n > 100 && n <= 150 ? "4.2.2" : "2.0.0", "ok", 0);
		world_run(&w);
	}
	ok(n == N && w.deferred == 1, "%u of %u recipients", n, N);
	world_pass(&w, 500000);
	ok(w.norders == 1 && w.orders[0].n == 50, "50 of them again");
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.retired == 1 && !world_files("defer"), "done");
}

int
main(void)
{
	if (!getenv("VERBOSE") && !freopen("/dev/null", "w", stderr))
		return 111;	/* the log */
	test_deliver();
	test_known();
	test_defer();
	test_history();
	test_expire();
	test_bounce();
	test_many();
	test_taken();
	test_wheel();
	test_crowd();
	world_end(&w);
	return tap_end();
}
