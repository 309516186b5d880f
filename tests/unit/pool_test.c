/* Runners as pneu-lspawn sees them: who gets what, what becomes of the orders
 * of one that dies, hangs, or says what it may not. The runners and the
 * forker are played. */
#include <skalibs/nonposix.h>

#include "pneu-lspawn/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "pneu-lspawn/forker.h"
#include "pneu-lspawn/guise.h"
#include "tap.h"
#include "wire/crc32c.h"

static struct conf conf;
static struct hand hand;
static struct stream send_, forker, fork_;	/* pneu-send's end; both */
static struct stream child[POOL_RUNNERS];
static struct jobs spare;
static struct pool p;
static char asked[256];			/* of the forker: "R0 K0 " */

static const char msg[] = "Subject: x\n\nbody\n";

static struct job *
order(uint32_t tag, const char *to, const char *s)
{
	struct order o = ORDER_ZERO;
	stralloc sa = STRALLOC_ZERO;
	char path[] = "/tmp/pneu-test.XXXXXX";
	int fd = mkstemp(path);
	struct job *j = calloc(1, sizeof *j);

	unlink(path);
	if (write(fd, s, strlen(s)) != (ssize_t)strlen(s))
		ok(0, "write");
	o.id = "ID";
	o.sender = "s@x.test";
	o.to = to;
	o.len = strlen(s);
	o.crc = crc32c(0, s, strlen(s));
	order_add(&o, 0, "a@x");
	order_put(&sa, &o);
	stream_putfd(&send_, fd);
	frame_put(&send_.out, 'O', tag, sa.s, sa.len);
	stream_flush(&send_);
	stralloc_free(&sa);
	order_free(&o);
	hand.readable = 1;
	j->o = hand_next(&hand);
	return j;
}

/* Give p an order. 1 if it takes it. */
static int
give(uint32_t tag, const char *to)
{
	struct job *j = order(tag, to, msg);
	int r = pool_take(&p, j);

	if (!r) {
		order_later(&hand, j->o, 0, "4.0.0", "no");
		free(j);
	}
	return r;
}

/* Send all, and take what the forker is asked. */
static void
turn(void)
{
	struct frame f;

	pool_work(&p);
	stream_flush(&forker);
	asked[0] = 0;
	while (stream_fill(&fork_) > 0)
		while (stream_next(&fork_, &f) > 0) {
			unsigned int i = f.tag - POOL_ID;

			sprintf(asked + strlen(asked), "%c%u ", f.type, i);
			if (f.type == FORKER_RUN)
				stream_open(&child[i], stream_takefd(&fork_));
		}
}

/* What runner i is sent: "O1 O2 ". */
static const char *
sent(unsigned int i)
{
	static char s[256];
	struct frame f;
	int fd, n = 0;

	s[0] = 0;
	while (stream_fill(&child[i]) > 0)
		while (stream_next(&child[i], &f) > 0) {
			sprintf(s + strlen(s), "%c%u ", f.type, f.tag);
			while ((fd = stream_takefd(&child[i])) >= 0) {
				close(fd);
				n++;
			}
		}
	sprintf(s + strlen(s), "%d", n);
	return s;
}

/* It says so; p takes it. */
static void
say(unsigned int i, char type, uint32_t tag)
{
	static const char done[] = "n=0\nrelay=x\nverdict=D 2.0.0 0 ok\n";
	iopause_fd x[POOL_RUNNERS];
	size_t n = pool_nfds(&p), k;

	frame_put(&child[i].out, type, tag, done, type == 'V' ?
	    sizeof done - 1 : 0);
	stream_flush(&child[i]);
	pool_iopause(&p, x);
	for (k = 0; k < n; k++)
		x[k].revents = x[k].fd == p.seat[i].w.s.fd ? IOPAUSE_READ : 0;
	pool_io(&p, x);
}

/* It ends, and the forker says so. */
static void
end(unsigned int i)
{
	stream_close(&child[i]);
	pool_ended(&p, POOL_ID + i);
}

/* What pneu-send hears, as "TAG=KIND.CODE ". */
static const char *
heard(void)
{
	static char s[1024];
	struct report r = REPORT_ZERO;
	struct frame f;
	int used;

	hand_flush(&hand);
	s[0] = 0;
	while (stream_fill(&send_) > 0)
		;
	while (stream_next(&send_, &f) > 0)
		while (f.type == 'V' && f.n &&
		    (used = report_scan(&r, f.s, f.n)) > 0) {
			f.s += used;
			f.n -= (size_t)used;
			sprintf(s + strlen(s), "%u=%c%s%s ", f.tag,
			    r.verdict.kind, r.verdict.code, r.site ? "!" : "");
		}
	genalloc_free(uint32_t, &r.ns);
	return s;
}

/* Tags that came back, "1 2 ". They are reported. */
static const char *
back(void)
{
	static char s[256];
	struct job *j;

	s[0] = 0;
	while ((j = pool_back(&p))) {
		sprintf(s + strlen(s), "%u ", j->o->tag);
		order_later(&hand, j->o, 0, "4.0.0", "back");
		free(j);
	}
	heard();
	return s;
}

static void
later(unsigned int seconds)
{
	tain d;

	tain_uint(&d, seconds);
	tain_add(&STAMP, &STAMP, &d);
}

static void
begin(void)
{
	static const struct stream zero = STREAM_ZERO;
	int fd[2], i;

	send_ = forker = fork_ = zero;
	for (i = 0; i < POOL_RUNNERS; i++)
		child[i] = zero;
	hand_init(&hand, -1);
	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	stream_open(&send_, fd[0]);
	ndelay_on(fd[1]);
	hand_take(&hand, fd[1]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	stream_open(&forker, fd[0]);
	stream_open(&fork_, fd[1]);
	pool_init(&p, &hand, &conf, &forker, &spare, 1);
	heard();
}

static void
finish(void)
{
	struct job *j;
	int i;

	for (i = 0; i < POOL_RUNNERS; i++) {
		stream_free(&child[i]);
		stream_free(&p.seat[i].w.s);
		stralloc_free(&p.seat[i].w.user);
		genalloc_free(uint32_t, &p.seat[i].w.ns);
	}
	while ((j = jobs_shift(&spare)))
		free(j);
	stream_free(&send_);
	stream_free(&forker);
	stream_free(&fork_);
	hand_free(&hand);
}

#define IS(got, want) (!strcmp(got, want))

static void
serves(void)
{
	tain t;

	begin();
	ok(give(1, "user:a") && give(2, "user:b"), "takes two");
	turn();
	ok(IS(asked, "R0 ") && IS(sent(0), "O1 O2 2"),
	    "one runner, both orders, a descriptor each");
	ok(p.seat[0].w.s.fd >= 0 && pool_nfds(&p) == 1, "it is listened to");
	say(0, 'C', 2);
	say(0, 'V', 2);
	say(0, 'V', 1);
	ok(IS(heard(), "2=D2.0.0 1=D2.0.0 "), "in any order");
	ok(!pool_nfds(&p), "idle ones are not listened to");
	ok(give(3, "user:a") && (turn(), IS(asked, "")) &&
	    IS(sent(0), "O3 1"), "the next goes to the same");
	ok(give(4, "user:b") && (turn(), IS(asked, "")) &&
	    IS(sent(0), "O4 1"), "one while that has little in hand, too");
	later(1);
	ok(give(5, "user:c") && (turn(), IS(asked, "R1 ")) &&
	    IS(sent(1), "O5 1"), "but not when it is silent");
	say(0, 'N', 3);
	ok(IS(back(), "3 ") && IS(heard(), ""), "not for me: comes back");
	say(0, 'V', 4);
	say(1, 'V', 5);
	ok(IS(heard(), "4=D2.0.0 5=D2.0.0 "), "and the others go on");
	tain_addsec_g(&t, 3600);
	pool_deadline(&p, &t);
	ok(!tain_future(&t) || (later(POOL_IDLE_S - 1), tain_future(&t)),
	    "idle ones are remembered");
	later(2);
	turn();
	ok(p.seat[0].w.s.fd < 0 && p.seat[1].w.s.fd < 0, "and end in time");
	end(0);
	end(1);
	ok(give(6, "user:a") && (turn(), IS(asked, "R0 ")), "seats are free");
	say(0, 'V', 6);
	finish();
}

static void
shares(void)
{
	char to[16];
	uint32_t i;
	int good = 1;

	begin();
	for (i = 1; i <= POOL_TOGETHER + 1; i++) {
		sprintf(to, "user:u%u", i);
		good &= give(i, to);
	}
	turn();
	ok(good && IS(asked, "R0 R1 ") && IS(sent(1), "O5 1"),
	    "no more at once than POOL_TOGETHER");
	ok(give(10, "user:s") && give(11, "user:s") && !give(12, "user:s"),
	    "several of one user: he is to have his own");
	for (i = 20; i < 20 + POOL_RUNNERS * RUNNER_BATCH; i++) {
		sprintf(to, "user:v%u", i);
		give(i, to);
		turn();
	}
	good = 1;
	for (i = 0; i < POOL_RUNNERS; i++)
		good &= p.seat[i].n == RUNNER_BATCH;
	ok(good && !give(200, "user:x"), "then they are full");
	say(0, 'V', 1);
	ok(give(201, "user:x"), "one is free again");
	say(0, 'V', 2);
	later(1);
	ok(!give(202, "user:y"), "who is silent gets no more");
	finish();
}

static void
dies(void)
{
	begin();
	give(1, "user:a");
	give(2, "user:b");
	turn();
	say(0, 'C', 1);
	end(0);
	ok(IS(heard(), "1=L4.3.0 ") && IS(back(), "2 "),
	    "what may be there is later, the rest comes back");
	ok(give(3, "user:a") && (turn(), IS(asked, "R0 ")), "another one");
	end(0);
	ok(IS(back(), "3 ") && !give(4, "user:a"),
	    "that has ended without a word: no more for a while");
	later(POOL_OFF_S);
	ok(give(5, "user:a"), "but then");
	turn();
	frame_put(&child[0].out, 'N', 5, "", 0);
	stream_flush(&child[0]);
	end(0);
	ok(IS(back(), "5 ") && IS(heard(), "") && give(6, "user:a"),
	    "its last words count");
	finish();
}

static void
hangs(void)
{
	begin();
	give(1, "user:a");
	turn();
	later(POOL_OPEN_S - 1);
	turn();
	ok(IS(asked, ""), "it may take some time");
	later(2);
	turn();
	ok(IS(asked, "K0 ") && IS(heard(), "") && IS(back(), ""),
	    "then it is killed, and keeps its order until it is dead");
	ok(!give(2, "user:a") && give(3, "user:b"),
	    "its user gets none, others do");
	turn();
	ok(IS(asked, "R1 "), "another one");
	end(0);
	ok(IS(back(), "1 ") && IS(heard(), ""), "dead: the order comes back");
	say(1, 'C', 3);
	later(POOL_OPEN_S + 1);
	turn();
	ok(IS(asked, ""), "what is being made visible may take longer");
	later(300);
	turn();
	ok(IS(asked, "K1 "), "but not for ever");
	later(301);
	turn();
	ok(IS(heard(), "3=L4.3.0 ") && IS(back(), ""),
	    "not dead after all that: later");
	end(1);
	ok(IS(heard(), "") && IS(back(), ""), "and no more when it is");
	later(POOL_SHY_S);
	ok(give(4, "user:a"), "some time later its user may again");
	finish();
}

static void
lies(void)
{
	begin();
	give(1, "user:a");
	turn();
	say(0, 'V', 2);
	turn();
	ok(IS(asked, "K0 "), "a verdict about another's order: killed");
	end(0);
	ok(IS(back(), "1 "), "and its own comes back");
	later(POOL_SHY_S);
	give(3, "user:a");
	turn();
	say(0, 'C', 3);
	say(0, 'N', 3);
	turn();
	ok(IS(asked, "K0 "), "not for me, when it had begun: killed");
	end(0);
	ok(IS(heard(), "3=L4.3.0 ") && IS(back(), ""), "that is later");
	finish();
}

static void
notheirs(void)
{
	struct job *j;

	begin();
	ok(!give(1, "mailbox:") && !give(2, "smtp:x"), "not a user's");
	j = order(3, "user:a", "Delivered-To: A@x\n\n");
	ok(!pool_take(&p, j), "a loop");
	free(j);
	j = order(4, "user:a", "Delivered-To: a@x");
	ok(!pool_take(&p, j), "also at the end");
	free(j);
	j = order(5, "user:a", "Delivered-To: b@x\n\nDelivered-To: a@x\n");
	ok(pool_take(&p, j), "but not in the body");
	j = order(6, "user:b", msg);
	j->o->o.crc++;
	ok(!pool_take(&p, j), "a damaged message");
	free(j);
	p.on = 0;
	ok(!give(7, "user:c"), "nor without the right to act as others");
	finish();
}

static void
reloads(void)
{
	begin();
	give(1, "user:a");
	turn();
	say(0, 'V', 1);
	pool_reload(&p);
	ok(p.seat[0].w.s.fd < 0, "an idle one ends at once");
	end(0);
	give(2, "user:a");
	turn();
	pool_reload(&p);
	ok(p.seat[0].w.s.fd >= 0 && give(3, "user:b") &&
	    (turn(), IS(asked, "R1 ")), "a busy one gets no more");
	say(0, 'V', 2);
	ok(p.seat[0].w.s.fd < 0, "and ends then");
	finish();
}

int
main(void)
{
	if (conf_open(&conf, 0) < 0)
		return 111;
	tain_now_set_stopwatch_g();
	if (!guise_ishere()) {
		ok(1, "runners # SKIP this system has none");
		return tap_end();
	}
	serves();
	shares();
	dies();
	hangs();
	lies();
	notheirs();
	reloads();
	conf_close(&conf);
	return tap_end();
}
