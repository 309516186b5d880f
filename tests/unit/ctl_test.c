/* Who may connect to run/pub/ctl, and who is hung up on. */
#include <skalibs/nonposix.h>

#include "pneu-send/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "send_world.h"
#include "tap.h"
#include "wire/field.h"

#define NOW 1780000000

static struct world w;

/* A seat is a letter: its user (a, b, ... r is root), a capital if he asks
 * something; "." is free. The longer ago the more to the left. */
static const struct {
	const char *seats;
	char who;
	int want;
	const char *what;
} cases[] = {
	{ "................", 'a', 15, "the first" },
	{ "aaa.............", 'a', 15, "a fourth of one user" },
	{ "AaaA............", 'a', 1, "a fifth: his longest idle one goes" },
	{ "AAAA............", 'a', -1, "all of his are at work" },
	{ "AAAA............", 'b', 15, "another user" },
	{ "AAAABBBBCCCCD...", 'd', 15, "the last of the others" },
	{ "AAAABBBBCCCCDD..", 'e', -1, "two are left for root" },
	{ "AAAABBBBCCCCDd..", 'd', 13, "he may have his own again" },
	{ "AAAABBBBCCCCDD..", 'r', 15, "root has one" },
	{ "AAAABBBBCCCCDDR.", 'r', 15, "and another" },
	{ "RRRRRRR.........", 'r', 15, "and many" },
	{ "RRRRRRRRRRRRRRRR", 'r', -1, "all are root's" },
};

static void
seats(void)
{
	static struct ctl c[CTLS];
	size_t i, k;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int r;

		for (k = 0; k < CTLS; k++) {
			char s = cases[i].seats[k];

			c[k].s.fd = s == '.' ? -1 : 0;
			c[k].uid = (uid_t)(s | 32);
			c[k].type = s >= 'A' && s <= 'Z' ? 'L' : 0;
			c[k].active = k;
		}
		r = ctl_seat(c, CTLS, (uid_t)cases[i].who,
		    cases[i].who == 'r');
		ok(r == cases[i].want, "%s: %d", cases[i].what, r);
	}
}

/* A client of seat i, who has asked type (0: nothing); our end. */
static int
client(size_t i, uint8_t type)
{
	struct ctl *c = w.g.ctls + i;
	int fd[2];

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd);
	stream_open(&c->s, fd[0]);
	c->type = type;
	c->active = w.g.now;
	return fd[1];
}

static int
isopen(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK) != 0;
}

static void
idle(void)
{
	static char much[CTL_PENDING];
	int quiet, watches, stuck, waits;

	quiet = client(0, 0);
	ok(ctl_deadline(&w.g) == w.g.now + CTL_IDLE_MS &&
	    send_deadline(&w.g) <= w.g.now + CTL_IDLE_MS,
	    "the loop wakes for it");
	watches = client(1, 'W');
	stuck = client(2, 'L');
	frame_put(&w.g.ctls[2].s.out, 'M', 1, much, sizeof much - 9);
	waits = client(3, 'R');
	w.g.ctls[3].waits = 1;
	w.g.now += CTL_IDLE_MS - 1;
	turn(&w.g);
	ok(isopen(quiet) && isopen(watches) && isopen(stuck) &&
	    isopen(waits), "30 s are not over");
	w.g.now++;
	turn(&w.g);
	ok(!isopen(quiet), "who has asked nothing is hung up on");
	ok(!isopen(stuck), "who takes nothing of his answer is, too");
	ok(isopen(watches) && isopen(waits), "who waits himself is not");
	w.g.ctls[3].waits = w.g.ctls[3].type = 0;
	w.g.now += CTL_IDLE_MS - 1;
	turn(&w.g);
	ok(isopen(waits), "he has his 30 s from the answer on");
	w.g.now++;
	turn(&w.g);
	ok(!isopen(waits) && isopen(watches), "and not more");
}

/* The frame that fd has: its type, or 0. */
static char
heard(int fd)
{
	char s[512];
	struct frame f;
	ssize_t n = recv(fd, s, sizeof s, MSG_DONTWAIT);

	return n > 0 && frame_scan(&f, s, (size_t)n) > 0 ? f.type : 0;
}

static void
watchers(void)
{
	int fd[6], i;

	for (i = 0; i < 6; i++) {
		fd[i] = client(4 + (size_t)i, 'W');
		w.g.ctls[4 + i].uid = 1 + (uid_t)i / 3;
		watch_begin(&w.g, w.g.ctls + 4 + i, "s@x.test");
		stream_flush(&w.g.ctls[4 + i].s);
	}
	ok(heard(fd[0]) == 'I' && heard(fd[1]) == 'I' && heard(fd[2]) == 'V',
	    "a user watches twice at most");
	ok(heard(fd[3]) == 'I' && heard(fd[4]) == 'V',
	    "and all together four times");
}

static void
asks(void)
{
	struct asked a[FLUSH_ASKS];
	uint32_t i;
	int all = 1;

	memset(a, 0, sizeof a);
	ok(flush_may(a, 7, 1000) && !flush_may(a, 7, 1000 + FLUSH_ASK_MS - 1) &&
	    flush_may(a, 7, 1000 + FLUSH_ASK_MS), "a site once in 10 s");
	memset(a, 0, sizeof a);
	for (i = 0; i < FLUSH_ASKS; i++)
		all &= flush_may(a, i, 1000 + i);
	ok(all && !flush_may(a, 99, 1500) &&
	    flush_may(a, 99, 1000 + FLUSH_ASK_MS), "and 16 of them");
}

int
main(void)
{
	world_begin(&w, NOW);
	seats();
	idle();
	watchers();
	asks();
	world_end(&w);
	return tap_end();
}
