/* pneu-send where two things meet: a flush and a probe, a takeover and a
 * stall, a damaged letter and its other recipients. */

#include "send_world.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define NOW 1800000000u

static struct world w;
static char path[LETTER_PATH_OCTETS + 1];

static void
begin(void)
{
	world_begin(&w, NOW);
	w.g.warn = 0;		/* see send_tell_test.c */
	world_goall(&w);
}

static void
send_one(const char *rcpt)
{
	world_letter(&w, path, 0, "a@x.test", &rcpt, 1);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
}

static void
report_all(char kind, const char *code, const char *text, int site)
{
	while (w.norders)
		world_report(&w, 0, kind, code, text, site);
	world_run(&w);
}

/* Four letters wait for a dead site; it comes back; one flush. */
static void
test_flush(void)
{
	int i;

	begin();
	for (i = 0; i < 4; i++)
		send_one("u@dead.test");
	report_all('L', "4.4.1", "dead", 1);
	ok(world_files("defer") == 4 && !w.g.usedmails, "four letters wait");
	world_pass(&w, 1000);
	dirs_flush(&w.g);
	sched_flush(&w.g.s, NONE);
	world_run(&w);
	ok(w.norders == 1, "flushed: one probe, %zu", w.norders);
	report_all('D', "2.0.0", "ok", 0);
	for (i = 0; i < 20; i++) {
		world_pass(&w, 1000);
		report_all('D', "2.0.0", "ok", 0);
	}
	ok(w.retired == 4, "it is back: all of them go: %u", w.retired);
}

/* The same with a flush of that domain, which meets letters while the probe
 * is under way. */
static void
test_flush_site(void)
{
	int i;

	begin();
	for (i = 0; i < 4; i++)
		send_one("u@dead.test");
	report_all('L', "4.4.1", "dead", 1);
	world_pass(&w, 1000);
	sched_flush(&w.g.s, NONE);
	send_one("v@dead.test");
	ok(w.norders == 1, "a probe is under way");
	ok(scan_flush(&w.g, letter_hash("dead.test", 9)), "flush the site");
	world_run(&w);
	ok(w.norders == 1, "it does not go round the window: %zu", w.norders);
	for (i = 0; i < 20; i++) {
		report_all('D', "2.0.0", "ok", 0);
		world_pass(&w, 1000);
	}
	ok(w.retired == 5, "it is back: all of them go: %u", w.retired);
}

/* pneu-bounce is away for days: the letter does not grow. */
static void
test_untold(void)
{
	struct letter l = LETTER_ZERO;
	stralloc h = STRALLOC_ZERO;
	glob_t found;
	int i;

	begin();
	send_one("u@far.test");
	stream_close(&w.end[PEER_BOUNCE]);
	stream_close(&w.g.peers[PEER_BOUNCE].s);
	world_run(&w);
	report_all('N', "5.1.1", "nobody", 0);
	for (i = 0; i < 20; i++)
		world_pass(&w, 60000);
	ok(world_files("defer") == 1 && !w.norders, "the bounce waits");
	ok(glob("queue/defer/*/*", 0, 0, &found) == 0 &&
	    letter_open(&l, AT_FDCWD, found.gl_pathv[0]) > 0 &&
	    letter_history(&l, &h, 1000000) > 0, "its history");
	ok(h.len && h.len < 100, "is one line: %zu octets", h.len);
	letter_free(&l);
	stralloc_free(&h);
	globfree(&found);
}

/* A letter of three parts leaves no job behind, and nobody's verdict is
 * acknowledged before it is kept. */
static void
test_crowd(void)
{
	enum { N = 2300 };
	static char addrs[N][160], pad[128];
	static const char *rcpts[N];
	uint32_t i;

	begin();
	memset(pad, 'x', sizeof pad - 1);
	for (i = 0; i < N; i++) {
		snprintf(addrs[i], sizeof addrs[i], "%.120s%u@far.test", pad,
		    i);
		rcpts[i] = addrs[i];
	}
	world_letter(&w, path, 0, "a@x.test", rcpts, N);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
	while (w.norders)
		report_all('D', "2.0.0", "ok", 0);
	ok(w.retired == 1 && !w.g.usedmails, "a letter of 2300 is done");
	ok(!w.g.s.usedjobs, "no job is left: %u", w.g.s.usedjobs);
	ok(w.acked == 46, "each order is acknowledged once: %u", w.acked);
}

/* pneu-send is started anew while pneu-remote does not answer: the letter is
 * queued for it. Then it says that it has the letter. */
static void
test_stall(void)
{
	struct world_order o;

	begin();
	send_one("b@far.test");
	o = w.orders[0];
	world_restart(&w);
	w.norders = 0;
	world_go(&w, PEER_LSPAWN);
	world_go(&w, PEER_BOUNCE);
	world_go(&w, PEER_FORWARD);
	world_run(&w);
	world_pass(&w, 10500);
	ok(w.g.started, "it does not wait for ever");
	world_pass(&w, 1000);
	w.norders = 0;
	world_taken(&w, &o);
	world_go(&w, PEER_REMOTE);
	world_run(&w);
	world_pass(&w, 60000);
	ok(w.norders == 0, "what is in hand is not given again: %zu",
	    w.norders);
	w.orders[w.norders++] = o;
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_pass(&w, 60000);
	ok(w.retired == 1 && w.acked == 1 && !w.norders, "and its verdict "
	    "counts: %u %u %zu", w.retired, w.acked, w.norders);
}

/* The same, but the gate is only down for a moment: a job is queued. */
static void
test_blink(void)
{
	struct world_order o;

	begin();
	send_one("b@far.test");
	o = w.orders[0];
	world_restart(&w);
	w.norders = 0;
	world_go(&w, PEER_LSPAWN);
	world_go(&w, PEER_BOUNCE);
	world_go(&w, PEER_FORWARD);
	w.g.peers[PEER_REMOTE].tried = 1;
	world_run(&w);
	ok(w.g.usedmails == 1 && w.g.s.usedjobs == 1 && !w.norders,
	    "queued: %u %u %zu", w.g.usedmails, w.g.s.usedjobs, w.norders);
	world_taken(&w, &o);
	world_go(&w, PEER_REMOTE);
	world_run(&w);
	world_pass(&w, 60000);
	ok(w.norders == 0, "what is in hand is not given again: %zu",
	    w.norders);
	w.orders[w.norders++] = o;
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_pass(&w, 60000);
	ok(w.retired == 1 && w.acked == 1 && !w.norders, "and its verdict "
	    "counts: %u %u %zu", w.retired, w.acked, w.norders);
}

/* A letter that rots on the disk: who reads it says so, and it is set aside
 * when its other recipients are done with; a sound one is not. */
static void
test_damaged(void)
{
	const char *const rcpts[] = { "a@one.test", "b@two.test" };
	int fd;

	begin();
	send_one("b@far.test");
	report_all('L', "4.3.5", "letter damaged", 0);
	ok(world_files("defer") == 1 && !w.bad, "who claims it is wrong");

	begin();
	world_letter(&w, path, 0, "a@x.test", rcpts, 2);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
	fd = openat(w.g.queue, path, O_WRONLY);
	ok(fd >= 0 && pwrite(fd, "jell", 4, lseek(fd, 0, SEEK_END) - 6) == 4,
	    "damage");
	close(fd);
	world_report(&w, 0, 'L', "4.3.5", "letter damaged", 0);
	world_run(&w);
	ok(!w.bad, "not while the other recipient is under way");
	world_report(&w, 0, 'L', "4.3.5", "letter damaged", 0);
	world_run(&w);
	world_pass(&w, 500000);
	ok(w.bad == 1 && world_files("bad") == 1 && !world_files("new") &&
	    !world_files("defer"), "set aside");
	ok(w.acked == 2, "what was known of it is kept");
	ok(!w.norders && !w.g.s.usedjobs, "and left alone");
	send_one("c@far.test");
	ok(w.norders == 1, "another goes on");
}

/* Letters and directories that cannot be read stop nobody else. */
static void
test_unreadable(void)
{
	char slot[LETTER_PATH_OCTETS + 1], sound[LETTER_PATH_OCTETS + 1];
	const char *const rcpt = "u@far.test";

	world_begin(&w, NOW);
	w.g.warn = 0;
	mkdir("queue/defer/1799999990", 0);
	world_letter(&w, slot, NOW, "a@x.test", &rcpt, 1);
	world_letter(&w, path, 0, "a@x.test", &rcpt, 1);
	ok(!fchmodat(w.g.queue, path, 0, 0), "nobody may read it");
	if (!getuid() && seteuid(65534) < 0)
		exit(111);
	world_goall(&w);
	world_pass(&w, 3000);
	ok(w.norders == 1, "a slot behind one that cannot be opened is read");
	if (!getuid() && seteuid(0) < 0)
		exit(111);
	world_letter(&w, sound, 0, "a@x.test", &rcpt, 1);
	if (!getuid() && seteuid(65534) < 0)
		exit(111);
	bell_heard(&w.g, path, strlen(path));
	bell_heard(&w.g, sound, strlen(sound));
	world_run(&w);
	ok(w.norders == 2 && w.g.fdpause <= w.g.now,
	    "a letter beside one that cannot be read goes at once");
	if (!getuid() && seteuid(0) < 0)
		exit(111);
	ok(!fchmodat(w.g.queue, path, 0600, 0), "it may be read again");
	report_all('D', "2.0.0", "ok", 0);
	world_pass(&w, 31000);
	ok(w.norders == 1, "and is found at the next look");
	report_all('D', "2.0.0", "ok", 0);
	ok(w.retired == 3, "%u", w.retired);
	rmdir("queue/defer/1799999990");
}

static struct at
at_of(const char *s)
{
	struct at a;

	if (at_scan(&a, s) < 0)
		exit(100);
	return a;
}

/* path, of a letter that was put on hold. */
static void
onhold(void)
{
	const char *name = strrchr(path, '/') + 1;

	memmove(path + 5, name, strlen(name) + 1);
	memcpy(path, "hold/", 5);
}

/* Hold, release and remove: of a letter that is being delivered, of one that
 * waits to be, and of one that lies on disk. */
static void
test_wishes(void)
{
	const char *two[] = { "a@far.test", "b@dead.test" };
	glob_t found;
	struct at a;

	begin();
	world_letter(&w, path, 0, "s@x.test", two, 2);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
	a = at_of(path);
	ok(w.norders == 2 && wish(&w.g, &a, 'H') == WISH_GRANTED,
	    "held while it is being delivered");
	world_run(&w);
	ok(!world_files("hold"), "that goes on");
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_report(&w, 0, 'L', "4.4.1", "dead", 0);
	world_run(&w);
	ok(world_files("hold") == 1 && !world_files("new") &&
	    !world_files("defer") && !w.g.usedmails, "then it is on hold");
	ok(w.acked == 2, "what was said of it is kept");
	world_pass(&w, 100000000);
	ok(world_files("hold") == 1 && !w.norders, "and stays there");
	onhold();
	a = at_of(path);
	ok(wish(&w.g, &a, 'H') == WISH_GRANTED, "hold it again");
	ok(wish(&w.g, &a, 'U') == WISH_GRANTED, "released");
	world_run(&w);
	ok(!world_files("hold") && w.norders == 1 &&
	    !strcmp(w.orders[0].to, "smtp:dead.test"),
	    "who waited is tried, who had it is not: %zu", w.norders);
	report_all('L', "4.4.1", "dead", 0);
	ok(world_files("defer") == 1, "deferred");
	ok(!glob("queue/defer/*/*", 0, 0, &found) && found.gl_pathc == 1,
	    "found");
	a = at_of(found.gl_pathv[0] + 6);
	ok(wish(&w.g, &a, 'U') == WISH_VAIN, "it is not on hold");
	ok(wish(&w.g, &a, 'R') == WISH_GRANTED, "removed");
	world_run(&w);
	ok(!world_files("defer") && !w.g.usedmails && w.retired == 1, "gone");
	globfree(&found);
}

/* A failure of which the sender was not told yet is not lost on hold; and
 * a letter that was not given to anybody yet is held at once. */
static void
test_wish_bounce(void)
{
	struct at a;

	begin();
	world_break(&w, PEER_BOUNCE);	/* pneu-bounce says nothing yet */
	send_one("a@far.test");
	a = at_of(path);
	world_report(&w, 0, 'N', "5.1.1", "no", 0);
	world_run(&w);
	ok(wish(&w.g, &a, 'H') == WISH_GRANTED, "its bounce waits");
	world_run(&w);
	ok(world_files("hold") == 1, "on hold at once");
	onhold();
	a = at_of(path);
	world_go(&w, PEER_BOUNCE);
	world_pass(&w, 60000);
	ok(wish(&w.g, &a, 'U') == WISH_GRANTED, "released");
	world_run(&w);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE,
	    "it is bounced, not sent again");
}

/* qmgr_message_active_limit is raised at a reload. */
static void
test_more_room(void)
{
	uint32_t was;

	begin();
	was = w.g.amails;
	send_one("a@far.test");
	ok(mail_room(&w.g, was + 5) == was + 5 && w.g.amails == was + 5,
	    "room for more letters");
	w.g.s.c.core = was + 5;
	send_one("b@far.test");
	ok(w.norders == 2 && w.g.usedmails == 2, "those here stay");
	report_all('D', "2.0.0", "ok", 0);
	ok(w.retired == 2 && !w.g.usedmails, "and go their way");
}

int
main(void)
{
	if (!getenv("VERBOSE") && !freopen("/dev/null", "w", stderr))
		return 111;	/* the log */
	test_flush();
	test_flush_site();
	test_untold();
	test_crowd();
	test_stall();
	test_blink();
	test_damaged();
	test_unreadable();
	test_more_room();
	test_wishes();
	test_wish_bounce();
	world_end(&w);
	return tap_end();
}
