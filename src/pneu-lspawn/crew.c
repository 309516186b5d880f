#include <skalibs/nonposix.h>

#include "pneu-lspawn/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "pneu-lspawn/forker.h"
#include "pneu-lspawn/plain.h"
#include "run/log.h"

void
crew_init(struct crew *c, struct hand *h, const struct conf *conf,
    int forker, int others)
{
	struct stream zero = STREAM_ZERO;

	memset(c, 0, sizeof *c);
	c->hand = h;
	c->conf = conf;
	c->forker = zero;
	stream_open(&c->forker, forker);
	pool_init(&c->pool, h, conf, &c->forker, &c->spare, others);
}

static void
ask(struct crew *c, char type, uint32_t tag, const char *s)
{
	if (!frame_put(&c->forker.out, type, tag, s, strlen(s)))
		strerr_diefusys(111, "ask for a process");
}

/* Its end of the socket tells it to finish what it has whole, and end. */
static void
dismiss(struct crew *c, struct worker *w)
{
	roster_leave(&c->roster, w);
	roster_forget(&c->roster, w);
	stream_close(&w->s);
	w->state = WORKER_LEAVES;
}

/* One that has not taken all that it was told, such as to forget a damaged
 * message, is not idle yet: nobody looks whether those who are can take
 * more. */
static int
hastodo(const struct worker *w)
{
	return w->jobs.first || stream_pending(&w->s);
}

/* A sign of life: to the end of its list. */
static void
lives(struct crew *c, struct worker *w)
{
	roster_leave(&c->roster, w);
	roster_join(&c->roster, w,
	    hastodo(w) ? WORKER_BUSY : WORKER_IDLE);
	if (w->stale && w->state == WORKER_IDLE)
		dismiss(c, w);
}

static void
lost(struct crew *c, struct worker *w)
{
	worker_fail(w, c->hand, &c->spare, 0, "ended unexpectedly");
	dismiss(c, w);
}

/* Its user gets no other until it is seen dead: a process that hangs in a
 * file system can not be killed, and there should not be more of them. */
static void
destroy(struct crew *c, struct worker *w, const char *why)
{
	log_warn("delivery process of ", *w->user.s ? w->user.s :
	    "virtual mailboxes", " ", why, ": killed");
	worker_fail(w, c->hand, &c->spare, 1, why);
	roster_leave(&c->roster, w);
	stream_close(&w->s);
	w->state = WORKER_KILLED;
	ask(c, FORKER_KILL, w->id, "");
}

/* Have a process for user started. Returns it, or 0 with errno. */
static struct worker *
start(struct crew *c, const char *user)
{
	struct worker *w = roster_new(&c->roster, user);
	int fd[2];

	if (!w || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		return 0;
	if (coe(fd[0]) < 0 || coe(fd[1]) < 0 ||
	    !stream_putfd(&c->forker, fd[1])) {
		close(fd[0]);
		return 0;
	}
	ask(c, FORKER_START, w->id, user);
	stream_open(&w->s, fd[0]);
	roster_join(&c->roster, w, WORKER_IDLE);
	return w;
}

static const char *
user_of(const struct hand_order *o)
{
	if (!strcmp(o->o.to, "mailbox:"))
		return "";
	return plain_user(o->o.to);
}

static void
give(struct crew *c, struct worker *w, struct job *j)
{
	worker_give(w, j);
	if (w->state == WORKER_IDLE)
		lives(c, w);
}

/* Give j to its user's process. Returns 1; 0 if it must wait for another
 * process to become idle. */
static int
assign(struct crew *c, struct job *j)
{
	const char *user = user_of(j->o);
	struct worker *w = roster_find(&c->roster, user);

	if (w && w->state == WORKER_KILLED) {
		order_later(c->hand, j->o, 1, "4.3.0",
		    "an earlier delivery process of ",
		    *user ? user : "virtual mailboxes", " still hangs");
		jobs_add(&c->spare, j);
		return 1;
	}
	if (!w) {
		if (c->roster.n >= conf_num(c->conf, local_workers)) {
			if (!c->roster.idle)
				return 0;
			dismiss(c, c->roster.idle);
		}
		w = start(c, user);
	}
	if (w)
		give(c, w, j);
	else {
		order_later(c->hand, j->o, 0, "4.3.0", "unable to start a "
		    "delivery process: ", strerror(errno));
		jobs_add(&c->spare, j);
	}
	return 1;
}

void
crew_take(struct crew *c, struct hand_order *o)
{
	struct job *j;

	if (!user_of(o)) {
		order_later(c->hand, o, 0, "4.3.5", "no such destination: ",
		    o->o.to);
		return;
	}
	j = jobs_shift(&c->spare);
	if (!j && !(j = malloc(sizeof *j)))
		strerr_diefusys(111, "take an order");
	j->o = o;
	if (!roster_find(&c->roster, user_of(o)) && pool_take(&c->pool, j))
		return;
	/* Who waits for a process goes before who needs another one. */
	if ((c->waiting.first && !roster_find(&c->roster, user_of(o))) ||
	    !assign(c, j))
		jobs_add(&c->waiting, j);
}

size_t
crew_nfds(const struct crew *c)
{
	return 1 + c->roster.nbusy + pool_nfds(&c->pool);
}

/* Idle ones are not listened to: the forker says when one has ended. */
void
crew_iopause(struct crew *c, iopause_fd *x)
{
	struct worker *w;
	size_t i = 1;

	x[0].fd = c->forker.fd;
	x[0].events = stream_events(&c->forker);
	for (w = c->roster.busy; w; w = w->next, i++) {
		w->x = i;
		x[i].fd = w->s.fd;
		x[i].events = stream_events(&w->s);
	}
	pool_iopause(&c->pool, x + i);
}

static ssize_t
take_answers(struct crew *c, struct worker *w)
{
	ssize_t r = worker_take(w, c->hand, &c->spare);

	if (r > 0)
		lives(c, w);
	else if (r < 0 && errno == EPROTO)
		destroy(c, w, "said what it has no right to");
	else if (r < 0)
		lost(c, w);
	return r;
}

/* One that was killed or dismissed, or has ended of its own: then it may
 * have left answers behind. */
static void
ended(struct crew *c, uint32_t id)
{
	struct worker *w;

	if (id >= POOL_ID) {
		pool_ended(&c->pool, id);
		return;
	}
	w = roster_place(&c->roster, id);
	if (!w || w->state == WORKER_FREE)
		strerr_dief(111, "the end of a process that is not ours");
	while (w->state == WORKER_BUSY && take_answers(c, w) > 0)
		;
	if (w->state == WORKER_BUSY)
		lost(c, w);
	if (w->state == WORKER_IDLE)
		dismiss(c, w);
	if (w->state == WORKER_KILLED)
		roster_forget(&c->roster, w);
	w->state = WORKER_FREE;
}

static void
listen_to_forker(struct crew *c)
{
	struct frame f;
	int r;

	if (stream_fill(&c->forker) < 0)
		strerr_dief(111, "the forking process has ended");
	while ((r = stream_next(&c->forker, &f)) > 0 &&
	    f.type == FORKER_ENDED)
		ended(c, f.tag);
	if (r)
		strerr_dief(111, "malformed answer of the forking process");
}

void
crew_io(struct crew *c, const iopause_fd *x)
{
	struct worker *w = c->roster.busy, *next;
	size_t n = c->roster.nbusy;
	const iopause_fd *pooled = x + 1 + n;

	for (; n; n--, w = next) {
		next = w->next;
		if (x[w->x].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			take_answers(c, w);
	}
	pool_io(&c->pool, pooled);
	if (x[0].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		listen_to_forker(c);
}

static void
feed(struct crew *c, struct worker *w)
{
	ssize_t r;

	if (!w->feeding && !stream_pending(&w->s))
		return;
	r = worker_feed(w, c->hand, &c->spare);
	if (r < 0)
		lost(c, w);
	else if (r > 0 || !hastodo(w))
		lives(c, w);
}

static void
after(tain *t, const tain *since, uint64_t seconds)
{
	tain d;

	tain_uint(&d, (unsigned int)seconds);
	tain_add(t, since, &d);
}

static int
islate(const struct worker *w, uint64_t seconds)
{
	tain t;

	if (!w)
		return 0;
	after(&t, &w->since, seconds);
	return !tain_future(&t);
}

void
crew_work(struct crew *c)
{
	struct worker *w, *next;
	struct job *j;
	size_t n;

	pool_work(&c->pool);
	while ((j = pool_back(&c->pool)))
		jobs_add(&c->waiting, j);
	while ((j = jobs_shift(&c->waiting)))
		if (!assign(c, j)) {
			jobs_unshift(&c->waiting, j);
			break;
		}
	for (w = c->roster.busy, n = c->roster.nbusy; n; n--, w = next) {
		next = w->next;
		feed(c, w);
	}
	while (islate(c->roster.busy, conf_num(c->conf, local_time_limit)))
		destroy(c, c->roster.busy, "took longer than local_time_limit");
	while (islate(c->roster.idle, CREW_IDLE_S))
		dismiss(c, c->roster.idle);
	if (stream_flush(&c->forker) < 0)
		strerr_diefusys(111, "ask for a process");
}

void
crew_deadline(const struct crew *c, tain *t)
{
	tain u;

	tain_addsec_g(t, 3600);
	if (c->roster.busy) {
		after(&u, &c->roster.busy->since,
		    conf_num(c->conf, local_time_limit));
		if (tain_less(&u, t))
			*t = u;
	}
	if (c->roster.idle) {
		after(&u, &c->roster.idle->since, CREW_IDLE_S);
		if (tain_less(&u, t))
			*t = u;
	}
	pool_deadline(&c->pool, t);
}

void
crew_reload(struct crew *c)
{
	struct worker *w;

	ask(c, FORKER_RELOAD, 0, "");
	while (c->roster.idle)
		dismiss(c, c->roster.idle);
	for (w = c->roster.busy; w; w = w->next) {
		w->stale = 1;
		roster_forget(&c->roster, w);
	}
	pool_reload(&c->pool);
}
