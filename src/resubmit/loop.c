#include <skalibs/nonposix.h>

#include "resubmit/resubmit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "run/log.h"
#include "run/pause.h"
#include "run/service.h"

#define JOBS RESUBMIT_JOBS
#define RETRY_S 1		/* between attempts to reach pneu-queue */
#define PATIENCE_S 10		/* without it, until orders are given back */
#define FINISH_S 5		/* for jobs after SIGTERM */
#define FOREVER_S 86400
#define FDS (1 + HAND_FDS + 2 * JOBS)

struct maker {
	const struct resubmit *r;
	struct conf conf;
	struct hand hand;
	struct resubmit_job jobs[JOBS];
	struct hand_order *first, *last;	/* not begun; next in o->x */
	int isdown;		/* pneu-queue */
	tain down;		/* since when; if isdown */
	tain retry;		/* not before; if isdown */
	int finishing;
	tain end;		/* if finishing */
	int signals;
	iopause_fd x[FDS];
	char buf[RESUBMIT_CHUNK_OCTETS];
};

static void
settle(struct maker *b, struct hand_order *o, const struct resubmit_end *e)
{
	struct report r = REPORT_ZERO;
	char text[VERDICT_TEXT_OCTETS + 1];

	snprintf(text, sizeof text, "%s%s", e->sent ? b->r->sent : "",
	    e->text);
	verdict_set(&r.verdict, e->kind, e->code, 0, text);
	r.relay = b->r->relay;
	r.made = e->sent ? e->text : 0;
	r.action = e->action;
	b->r->say(&o->o, e);
	if (hand_rest(&b->hand, o, &r) < 0)
		strerr_diefusys(111, "keep a report");
}

static struct hand_order *
take_first(struct maker *b)
{
	struct hand_order *o = b->first;

	b->first = o->x;
	if (!b->first)
		b->last = 0;
	return o;
}

static void
put_last(struct maker *b, struct hand_order *o)
{
	o->x = 0;
	if (b->last)
		b->last->x = o;
	else
		b->first = o;
	b->last = o;
}

/* pneu-queue cannot be reached. Orders that have waited long enough are
 * given back: pneu-send brings them again. */
static void
unreachable(struct maker *b)
{
	static const struct resubmit_end e = {
		.kind = VERDICT_LATER, .code = "4.3.0",
		.text = "pneu-queue is not to be reached"
	};
	tain t;

	if (!b->isdown) {
		log_warnsys("unable to reach pneu-queue");
		b->isdown = 1;
		b->down = STAMP;
	}
	tain_addsec_g(&b->retry, RETRY_S);
	tain_addsec(&t, &b->down, PATIENCE_S);
	while (b->first && !tain_future(&t))
		settle(b, take_first(b), &e);
}

static int
connected(struct maker *b, struct resubmit_job *j)
{
	int fd;

	if (j->s.fd >= 0)
		return 1;
	if (b->isdown && tain_future(&b->retry))
		return 0;
	fd = run_connect("intake", "intake");
	if (fd < 0) {
		unreachable(b);
		return 0;
	}
	b->isdown = 0;
	stream_open(&j->s, fd);
	return 1;
}

static void
begin(struct maker *b, struct resubmit_job *j, struct hand_order *o)
{
	struct resubmit_end e;

	resubmit_begin(b->r, j, &e, o, &b->conf, b->buf, (uint64_t)time(0));
	if (!e.kind)
		resubmit_go(b->r, j, &e, &b->conf, 0, 0);
	if (e.kind)
		settle(b, o, &e);
}

/* j's job has ended as e says. */
static void
ended(struct maker *b, struct resubmit_job *j, struct hand_order *o,
    const struct resubmit_end *e)
{
	if (e->kind == VERDICT_NEVER && j->s.fd >= 0 && b->r->refused &&
	    b->r->refused(j, &o->o, e))
		begin(b, j, o);
	else
		settle(b, o, e);
}

/* Let idle connections have what waits. */
static void
dispatch(struct maker *b)
{
	size_t i;

	for (i = 0; i < JOBS && !b->finishing; i++) {
		struct resubmit_job *j = &b->jobs[i];

		while (b->first && j->phase == RESUBMIT_IDLE &&
		    connected(b, j))
			begin(b, j, take_first(b));
	}
}

/* Each job that has something to read, to write, or no time left. */
static void
work(struct maker *b)
{
	struct hand_order *o;
	struct resubmit_end e;
	size_t i;

	for (i = 0; i < JOBS; i++) {
		struct resubmit_job *j = &b->jobs[i];
		iopause_fd *x = &b->x[1 + HAND_FDS + 2 * i];

		if (j->s.fd < 0)
			continue;
		o = j->order;
		if (x[0].revents || x[1].revents)
			resubmit_go(b->r, j, &e, &b->conf, x, x + 1);
		else if (!tain_future(&j->due))
			resubmit_timeout(j, &e);
		else
			continue;
		if (e.kind)
			ended(b, j, o, &e);
	}
}

static size_t
busy(const struct maker *b)
{
	size_t i, n = 0;

	for (i = 0; i < JOBS; i++)
		n += b->jobs[i].phase != RESUBMIT_IDLE;
	return n;
}

static void
on_signal(struct maker *b)
{
	int c;

	while ((c = selfpipe_read()) > 0)
		if (c == SIGHUP)
			run_reload(&b->conf);
		else if (c == SIGTERM) {
			b->finishing = 1;
			hand_stop(&b->hand);
			tain_addsec_g(&b->end, FINISH_S);
		}
}

static void
earlier(tain *t, const tain *u)
{
	if (tain_less(u, t))
		*t = *u;
}

static void
watch(iopause_fd *x, const struct stream *s)
{
	x->fd = s->fd;
	x->events = stream_events(s);
	x->revents = 0;
}

static void
wait_for(struct maker *b)
{
	tain t;
	size_t i;

	tain_addsec_g(&t, FOREVER_S);
	if (b->first && b->isdown)
		earlier(&t, &b->retry);
	if (b->finishing)
		earlier(&t, &b->end);
	b->x[0].fd = b->signals;
	b->x[0].events = IOPAUSE_READ;
	hand_iopause(&b->hand, b->x + 1);
	for (i = 0; i < JOBS; i++) {
		iopause_fd *x = &b->x[1 + HAND_FDS + 2 * i];

		watch(x, &b->jobs[i].s);
		watch(x + 1, &b->jobs[i].alias);
		if (b->jobs[i].s.fd >= 0)
			earlier(&t, &b->jobs[i].due);
	}
	if (run_pause(b->x, FDS, &t) < 0)
		strerr_diefusys(111, "iopause");
}

static int
isover(const struct maker *b)
{
	return b->finishing && (!tain_future(&b->end) ||
	    (!busy(b) && !hand_pending(&b->hand)));
}

static void
loop(struct maker *b)
{
	struct hand_order *o;

	while (!isover(b)) {
		wait_for(b);
		if (b->x[0].revents)
			on_signal(b);
		hand_io(&b->hand, b->x + 1, &b->conf);
		while ((o = hand_next(&b->hand)))
			put_last(b, o);
		work(b);
		dispatch(b);
		hand_flush(&b->hand);
	}
}

int
resubmit_main(const struct resubmit *r, void *xs[RESUBMIT_JOBS])
{
	static struct maker b;
	const struct resubmit_job zero = RESUBMIT_JOB_ZERO;
	size_t i;

	for (i = 0; i < JOBS; i++) {
		b.jobs[i] = zero;
		b.jobs[i].x = xs[i];
	}
	b.r = r;
	run_init(r->prog, &b.conf);
	hand_init(&b.hand, run_bind(&b.conf, r->dir, r->dir, "pneus"));
	run_become(&b.conf, r->prog);
	b.signals = selfpipe_init();
	if (b.signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
	tain_now_set_stopwatch_g();
	run_ready();
	loop(&b);
	return 0;
}
