#include <skalibs/nonposix.h>

#include "pneu-lspawn/pool-internal.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "deliver/delivered.h"
#include "pneu-lspawn/forker.h"
#include "pneu-lspawn/plain.h"

static int
ispast(tain t)
{
	return !tain_future(&t);
}

/* It has been silent for a while, with something in hand. */
static int
isquiet(const struct runner_seat *r)
{
	tain d, t;

	tain_from_millisecs(&d, POOL_QUIET_MS);
	tain_add(&t, &r->w.since, &d);
	return ispast(t);
}

static size_t
in_hand(const struct pool *p, const char *to)
{
	const struct job *j;
	size_t i, n = 0;

	for (i = 0; i < POOL_RUNNERS; i++)
		for (j = p->seat[i].w.jobs.first; j; j = j->next)
			n += !strcmp(j->o->o.to, to);
	return n;
}

static int
start(struct pool *p, struct runner_seat *r)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		return 0;
	if (coe(fd[0]) < 0 || coe(fd[1]) < 0 ||
	    !stream_putfd(p->forker, fd[1])) {
		close(fd[0]);
		return 0;
	}
	pool_ask(p, FORKER_RUN, r);
	stream_open(&r->w.s, fd[0]);
	r->w.state = WORKER_IDLE;
	r->w.stale = 0;
	r->proven = 0;
	r->why = "ended unexpectedly";
	tain_copynow(&r->w.since);
	return 1;
}

/* Of those that go on, the one with least in hand, which is less than max. */
static struct runner_seat *
least(struct pool *p, size_t max)
{
	struct runner_seat *r, *end = p->seat + POOL_RUNNERS, *best = 0;

	for (r = p->seat; r < end; r++)
		if (r->w.state == WORKER_BUSY && !r->w.stale &&
		    r->n < (best ? best->n : max) && !isquiet(r))
			best = r;
	return best;
}

/* One that is being given something now; or one that is idle; or one that has
 * little in hand; or a new one; or one that has more. */
static struct runner_seat *
choose(struct pool *p)
{
	struct runner_seat *r, *end = p->seat + POOL_RUNNERS, *idle = 0;
	struct runner_seat *place = 0;

	for (r = p->seat; r < end; r++) {
		if (r->w.state == WORKER_BUSY && stream_pending(&r->w.s) &&
		    r->n < POOL_TOGETHER)
			return r;
		if (r->w.state == WORKER_IDLE && !idle)
			idle = r;
		if (r->w.state == WORKER_FREE && !place)
			place = r;
	}
	if (idle || (idle = least(p, POOL_TOGETHER)))
		return idle;
	return place && start(p, place) ? place : least(p, RUNNER_BATCH);
}

/* The message is what was committed, and has not been delivered here before.
 * If not, a process of the user's own is sent it and says so. */
static int
isgood(const struct hand_order *o)
{
	static char part[PLAIN_OCTETS];
	const char *addr = order_rcpt(&o->o, 0)->addr, *s;
	struct hand_reader reader;
	struct delivered d;
	ssize_t r;
	size_t n;
	int k = 0;

	hand_reader_init(&reader, o);
	delivered_init(&d);
	while ((r = hand_read(&reader, part, sizeof part)) > 0) {
		s = part;
		n = (size_t)r;
		while (k >= 0 && (k = delivered_next(&d, &s, &n)) > 0)
			if (!strcasecmp(addr, d.value))
				return 0;
	}
	return r == 0 && !(k >= 0 && delivered_end(&d) &&
	    !strcasecmp(addr, d.value));
}

/* Returns 1, or 0 if there is no descriptor to be had for it. */
static int
give(struct runner_seat *r, struct job *j)
{
	stralloc *out = &r->w.s.out;
	int fd = dup(j->o->fd);
	ssize_t at;

	if (fd < 0)
		return 0;
	if (coe(fd) < 0 || !stream_putfd(&r->w.s, fd)) {
		close(fd);
		return 0;
	}
	at = frame_begin(out, 'O', j->o->tag);
	if (at < 0 || !order_put(out, &j->o->o) || !frame_end(out, at))
		strerr_diefusys(111, "pass a letter on");
	j->state = JOB_GONE;
	jobs_add(&r->w.jobs, j);
	r->n++;
	if (r->w.state == WORKER_IDLE)
		tain_copynow(&r->w.since);
	r->w.state = WORKER_BUSY;
	return 1;
}

int
pool_take(struct pool *p, struct job *j)
{
	const char *user = plain_user(j->o->o.to);
	struct runner_seat *r;

	if (!p->on || !user || !plain_isorder(&j->o->o) ||
	    !plain_isplace(p->conf, user) || !ispast(p->off) ||
	    !ispast(*pool_shy(p, user)) ||
	    in_hand(p, j->o->o.to) >= POOL_SEVERAL || !isgood(j->o))
		return 0;
	r = choose(p);
	return r ? give(r, j) : 0;
}
