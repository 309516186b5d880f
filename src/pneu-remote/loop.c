#include <skalibs/nonposix.h>

#include "pneu-remote/remote.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "run/now.h"
#include "run/pause.h"
#include "run/service.h"

#define REFIND_MS 1000		/* jobs that wait for the DNS look again */

/* What poll found, and about whom: a conn may be another by then. */
struct turn {
	struct conn *c;
	uint32_t serial;
};

/* Say goodbye on kept connections, take no orders, and let those end that
 * are with a host just now. The others were not begun: whoever comes after
 * us is given them again. */
static void
stop(struct remote *r)
{
	if (r->stopping)
		return;
	r->stopping = 1;
	r->stop = r->now + REMOTE_STOP_MS;
	hand_stop(&r->hand);
	conn_quit_idle(r, 1);
}

static void
signals(struct remote *r)
{
	int s;

	while ((s = selfpipe_read()) > 0)
		if (s == SIGTERM)
			stop(r);
		else if (run_reload(&r->conf)) {
			remote_set(r);
			remote_servers(r);
			login_look(r);
		}
}

/* 1 when nothing is under way that would be a pity to break. */
static int
isstopped(struct remote *r)
{
	struct job *j;

	if (!r->stopping)
		return 0;
	if (r->now >= r->stop)
		return 1;
	for (j = r->stage[JOB_CONN]; j; j = j->next)
		if (j->c->state == CONN_BUSY &&
		    j->c->client.state >= CLIENT_BODY)
			return 0;
	return !hand_pending(&r->hand);
}

static size_t
watch(struct remote *r, genalloc *xs, genalloc *turns, uint64_t *deadline)
{
	size_t i, n = genalloc_len(struct conn *, &r->active);
	struct conn **a = genalloc_s(struct conn *, &r->active);
	struct turn *t;
	iopause_fd *x;

	if (!genalloc_ready(iopause_fd, xs, n) ||
	    !genalloc_ready(struct turn, turns, n))
		strerr_diefusys(111, "poll");
	x = genalloc_s(iopause_fd, xs);
	t = genalloc_s(struct turn, turns);
	for (i = 0; i < n; i++) {
		uint64_t at = conn_deadline(a[i]);

		x[i].fd = a[i]->fd;
		x[i].events = a[i]->state == CONN_CONNECT ? IOPAUSE_WRITE :
		    (short)(IOPAUSE_READ | (a[i]->out.len ? IOPAUSE_WRITE :
		    0));
		x[i].revents = 0;
		t[i].c = a[i];
		t[i].serial = a[i]->serial;
		if (at < *deadline)
			*deadline = at;
	}
	if (r->oldest && r->oldest->deadline < *deadline)
		*deadline = r->oldest->deadline;
	if (r->stage[JOB_FIND] && r->refind < *deadline)
		*deadline = r->refind;
	if (r->stage[JOB_CHECK])
		*deadline = r->now;
	return n;
}

static void
conns(struct remote *r, const iopause_fd *x, const struct turn *t, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct conn *c = t[i].c;

		if (c->serial != t[i].serial || c->state == CONN_IDLE)
			continue;
		if (x[i].revents)
			conn_io(c, r, x[i].revents);
		else if (conn_deadline(c) <= r->now)
			conn_expire(c, r);
	}
	conn_quit_idle(r, 0);
}

static void
jobs(struct remote *r)
{
	struct job *j, *next;
	struct hand_order *o;

	for (j = r->stage[JOB_CHECK]; j; j = next) {
		next = j->next;
		job_check(j);
	}
	while ((o = hand_next(&r->hand)))
		job_begin(r, o);
	if (r->answers == r->dns.answers && r->now < r->refind)
		return;
	r->answers = r->dns.answers;
	r->refind = r->now + REFIND_MS;
	for (j = r->stage[JOB_FIND]; j; j = next) {
		next = j->next;
		job_find(j);
	}
}

static void
await(iopause_fd *x, const struct stream *s)
{
	x->fd = s->fd;
	x->events = stream_events(s);
	x->revents = 0;
}

static void
pause_(iopause_fd *x, size_t n, uint64_t now, uint64_t deadline)
{
	tain span, until;
	uint64_t ms = deadline > now ? deadline - now : 0;

	tain_from_millisecs(&span, ms > 60000 ? 60000 : (int)ms);
	tain_add_g(&until, &span);
	if (run_pause(x, (unsigned int)n, &until) < 0 && errno != EINTR)
		strerr_diefusys(111, "poll");
}

/* Everything has one place in the array of poll: signals, pneu-send,
 * pneu-tls, pneu-sts, then the DNS, then the connections. */
void
loop_run(struct remote *r, int sigfd)
{
	genalloc xs = GENALLOC_ZERO, all = GENALLOC_ZERO, ts = GENALLOC_ZERO;

	while (!isstopped(r)) {
		uint64_t deadline = r->now + 60000;
		size_t n, nd, head = 3 + HAND_FDS;
		iopause_fd *x;

		n = watch(r, &xs, &ts, &deadline);
		if (!genalloc_ready(iopause_fd, &all, head + DNS_FDS + n))
			strerr_diefusys(111, "poll");
		x = genalloc_s(iopause_fd, &all);
		x[0].fd = sigfd;
		x[0].events = IOPAUSE_READ;
		hand_iopause(&r->hand, x + 1);
		await(x + head - 2, &r->tlsout.s);
		await(x + head - 1, &r->sts.s);
		nd = dns_iopause(&r->dns, x + head, r->now, &deadline);
		memcpy(x + head + nd, xs.s, n * sizeof *x);
		if (r->stopping && deadline > r->now + 100)
			deadline = r->now + 100;
		pause_(x, head + nd + n, r->now, deadline);
		r->now = now_ms();
		if (x[0].revents)
			signals(r);
		hand_io(&r->hand, x + 1, &r->conf);
		dns_io(&r->dns, x + head, nd, r->now);
		if (r->redns)
			remote_servers(r);
		conns(r, x + head + nd, genalloc_s(struct turn, &ts), n);
		if (x[head - 2].revents & ~IOPAUSE_WRITE)
			tlsout_read(r);
		if (x[head - 1].revents & ~IOPAUSE_WRITE)
			sts_read(r);
		jobs(r);
		tlsout_turn(r);
		sts_turn(r);
		hand_flush(&r->hand);
	}
	genalloc_free(iopause_fd, &xs);
	genalloc_free(iopause_fd, &all);
	genalloc_free(struct turn, &ts);
}
