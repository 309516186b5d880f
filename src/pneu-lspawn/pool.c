#include "pneu-lspawn/pool-internal.h"

#include <string.h>
#include <skalibs/strerr.h>

#include "pneu-lspawn/forker.h"
#include "pneu-lspawn/guise.h"
#include "pneu-lspawn/plain.h"
#include "run/log.h"

void
pool_init(struct pool *p, struct hand *h, const struct conf *c,
    struct stream *forker, struct jobs *spare, int on)
{
	static const struct stream zero = STREAM_ZERO;
	size_t i;

	memset(p, 0, sizeof *p);
	p->hand = h;
	p->conf = c;
	p->forker = forker;
	p->spare = spare;
	p->on = on && guise_ishere();
	for (i = 0; i < POOL_RUNNERS; i++) {
		p->seat[i].w.id = POOL_ID + (uint32_t)i;
		p->seat[i].w.s = zero;
		if (!stralloc_copys(&p->seat[i].w.user, "several users") ||
		    !stralloc_0(&p->seat[i].w.user))
			strerr_diefusys(111, "begin");
	}
}

void
pool_ask(struct pool *p, char type, const struct runner_seat *r)
{
	if (!frame_put(&p->forker->out, type, r->w.id, "", 0))
		strerr_diefusys(111, "ask for a process");
}

static tain
after(const tain *since, uint64_t seconds)
{
	tain d, t;

	tain_uint(&d, (unsigned int)seconds);
	tain_add(&t, since, &d);
	return t;
}

tain *
pool_shy(const struct pool *p, const char *user)
{
	uint32_t h = 5381;

	for (; *user; user++)
		h = h * 33 ^ (unsigned char)*user;
	return (tain *)&p->shy[(h ^ h >> 12) % POOL_SHY];
}

static int
islistened(const struct runner_seat *r)
{
	return r->w.s.fd >= 0 && r->w.state != WORKER_IDLE;
}

struct job *
pool_back(struct pool *p)
{
	return jobs_shift(&p->back);
}

size_t
pool_nfds(const struct pool *p)
{
	size_t i, n = 0;

	for (i = 0; i < POOL_RUNNERS; i++)
		n += (size_t)islistened(p->seat + i);
	return n;
}

void
pool_iopause(struct pool *p, iopause_fd *x)
{
	size_t i, n = 0;

	for (i = 0; i < POOL_RUNNERS; i++) {
		struct runner_seat *r = p->seat + i;

		if (!islistened(r))
			continue;
		r->w.x = n;
		x[n].fd = r->w.s.fd;
		x[n++].events = stream_events(&r->w.s);
	}
}

static void
turn_back(struct pool *p, struct runner_seat *r, struct job *j)
{
	jobs_remove(&r->w.jobs, j);
	r->n--;
	jobs_add(&p->back, j);
}

/* What the runner says of j, or of all up to it. Returns -1 if that is not
 * its to say. */
static int
hear(struct pool *p, struct runner_seat *r, const struct frame *f)
{
	struct job *j = worker_job(&r->w, f->tag), *i;

	if (f->type == 'V') {
		if (worker_hear(&r->w, p->hand, f, p->spare) < 0)
			return -1;
		for (r->n = 0, i = r->w.jobs.first; i; i = i->next)
			r->n++;
		return 1;
	}
	if (!j || j->state != JOB_GONE)
		return -1;
	if (f->type == 'N')
		turn_back(p, r, j);
	else if (f->type == 'C')
		for (i = r->w.jobs.first; i != j->next; i = i->next)
			i->state = JOB_COMMITS;
	else
		return -1;
	return 1;
}

/* It is dead, or as good as: what it may have delivered is later, the rest
 * is somebody else's to do. */
static void
settle(struct pool *p, struct runner_seat *r, const char *why)
{
	struct job *j, *next;

	for (j = r->w.jobs.first; j; j = next) {
		next = j->next;
		if (j->state == JOB_GONE)
			turn_back(p, r, j);
	}
	worker_fail(&r->w, p->hand, p->spare, 0, why);
	r->n = 0;
}

static void
leave(struct runner_seat *r)
{
	stream_close(&r->w.s);
	r->w.state = WORKER_LEAVES;
}

static void
lost(struct pool *p, struct runner_seat *r)
{
	if (!r->proven)
		p->off = after(&STAMP, POOL_OFF_S);
	settle(p, r, r->why);
	leave(r);
}

/* Its orders stay with it until it is dead, or has been past help for long:
 * it may still be at work. Those whom it served are not to meet the next. */
static void
kill_it(struct pool *p, struct runner_seat *r, const char *why)
{
	struct job *j;

	log_warn("delivery process of several users ", why, ": killed");
	for (j = r->w.jobs.first; j; j = j->next)
		*pool_shy(p, plain_user(j->o->o.to)) = after(&STAMP, POOL_SHY_S);
	r->why = why;
	r->w.state = WORKER_KILLED;
	pool_ask(p, FORKER_KILL, r);
}

/* Returns frames taken; -1 if it has ended. */
static int
take_answers(struct pool *p, struct runner_seat *r)
{
	struct frame f;
	int k, n = 0;

	if (stream_fill(&r->w.s) < 0) {
		lost(p, r);
		return -1;
	}
	while ((k = stream_next(&r->w.s, &f)) > 0 &&
	    (k = hear(p, r, &f)) > 0)
		n++;
	if (n) {
		r->proven = 1;
		tain_copynow(&r->w.since);
	}
	if (k < 0 && r->w.state == WORKER_BUSY)
		kill_it(p, r, "said what it has no right to");
	else if (r->w.state == WORKER_BUSY && !r->w.jobs.first)
		r->w.state = WORKER_IDLE;
	if (r->w.state == WORKER_IDLE && r->w.stale)
		leave(r);
	return n;
}

void
pool_io(struct pool *p, const iopause_fd *x)
{
	size_t i;

	for (i = 0; i < POOL_RUNNERS; i++) {
		struct runner_seat *r = p->seat + i;

		if (islistened(r) && (x[r->w.x].revents &
		    (IOPAUSE_READ | IOPAUSE_EXCEPT)))
			take_answers(p, r);
	}
}

/* When to do something about it: no time, as long as it is silent. */
static int
due(const struct pool *p, const struct runner_seat *r, tain *t)
{
	uint64_t limit = conf_num(p->conf, local_time_limit);
	uint64_t s = limit;

	if (r->w.s.fd < 0)
		return 0;
	if (r->w.state == WORKER_IDLE)
		s = POOL_IDLE_S;
	else if (r->w.state == WORKER_BUSY && s > POOL_OPEN_S &&
	    r->w.jobs.first && r->w.jobs.first->state == JOB_GONE)
		s = POOL_OPEN_S;
	*t = after(&r->w.since, s);
	return 1;
}

static void
watch(struct pool *p, struct runner_seat *r)
{
	tain t;

	if (!due(p, r, &t) || tain_future(&t))
		return;
	switch (r->w.state) {
	case WORKER_IDLE:
		leave(r);
		break;
	case WORKER_BUSY:
		kill_it(p, r, r->w.jobs.first->state == JOB_COMMITS ?
		    "took longer than local_time_limit" : "took too long");
		tain_copynow(&r->w.since);
		break;
	default:
		/* not even dead: they are not to wait any longer */
		while (r->w.jobs.first) {
			r->w.jobs.first->state = JOB_COMMITS;
			settle(p, r, "hangs");
		}
		stream_close(&r->w.s);
	}
}

void
pool_work(struct pool *p)
{
	size_t i;

	for (i = 0; i < POOL_RUNNERS; i++) {
		struct runner_seat *r = p->seat + i;

		if (r->w.s.fd >= 0 && stream_pending(&r->w.s) &&
		    stream_flush(&r->w.s) < 0 &&
		    r->w.state == WORKER_BUSY)
			lost(p, r);
		watch(p, r);
	}
}

void
pool_deadline(const struct pool *p, tain *t)
{
	size_t i;
	tain u;

	for (i = 0; i < POOL_RUNNERS; i++)
		if (due(p, p->seat + i, &u) && tain_less(&u, t))
			*t = u;
}

/* It may have left answers behind. */
void
pool_ended(struct pool *p, uint32_t tag)
{
	struct runner_seat *r = p->seat + (tag - POOL_ID);

	if (tag - POOL_ID >= POOL_RUNNERS || r->w.state == WORKER_FREE)
		strerr_dief(111, "the end of a process that is not ours");
	while (r->w.jobs.first && take_answers(p, r) > 0)
		;
	if (r->w.jobs.first)
		lost(p, r);
	stream_close(&r->w.s);
	r->w.state = WORKER_FREE;
}

void
pool_reload(struct pool *p)
{
	size_t i;

	for (i = 0; i < POOL_RUNNERS; i++) {
		p->seat[i].w.stale = 1;
		if (p->seat[i].w.state == WORKER_IDLE)
			leave(p->seat + i);
	}
}
