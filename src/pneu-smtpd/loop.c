#include "pneu-smtpd/smtpd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "run/log.h"
#include "run/pause.h"
#include "run/service.h"

#define SLEEP_MS 3600000		/* if nothing is due */
#define LINE_MS 100		/* if letters stand in line */

enum { SIGNALS, LISTEN, ALIAS, TLS, AUTH, CTL, FIXED };

uint64_t
smtpd_ms(void)
{
	return STAMP.sec.x * 1000 + STAMP.nano / 1000000;
}

static void
set(iopause_fd *x, int fd, short events)
{
	x->fd = fd;
	x->events = events;
	x->revents = 0;
}

static void
set_stream(iopause_fd *x, const struct stream *s)
{
	set(x, s->fd, s->fd < 0 ? 0 : stream_events(s));
}

/* What to wait for. Returns the number of entries; *next is when something
 * is due. x has room for FIXED, the ways, and two for each session. */
static unsigned int
gather(struct smtpd *m, iopause_fd *x, int signals, uint64_t *next)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t nconns = genalloc_len(struct conn *, &m->conns), j;
	unsigned int n = FIXED, i;

	*next = m->now + (m->first ? LINE_MS : SLEEP_MS);
	set(x + SIGNALS, signals, IOPAUSE_READ);
	set_stream(x + LISTEN, &m->listen);
	set_stream(x + ALIAS, &m->alias);
	set_stream(x + TLS, &m->tls);
	set_stream(x + AUTH, &m->auth);
	set_stream(x + CTL, &m->ctl);
	for (i = 0; i < SMTPD_WAYS; i++) {
		struct way *w = m->ways + i;

		w->at = 0;
		if (w->stream.fd < 0)
			continue;
		set_stream(x + (w->at = n++), &w->stream);
		if (!w->user && w->idle + SMTPD_WAY_IDLE_MS < *next)
			*next = w->idle + SMTPD_WAY_IDLE_MS;
	}
	for (j = 0; j < nconns; j++) {
		struct conn *c = all[j];
		uint64_t due;
		short e;

		if (!c)
			continue;
		due = session_deadline(&c->s);
		if (due < *next)
			*next = due;
		e = conn_events(c);
		c->at = c->wat = 0;
		if (c->rfd != c->wfd && e & IOPAUSE_WRITE) {
			set(x + (c->wat = n++), c->wfd, IOPAUSE_WRITE);
			e = (short)(e & ~IOPAUSE_WRITE);
		}
		if (e)
			set(x + (c->at = n++), c->rfd, e);
	}
	return n;
}

static void
handle_signals(struct smtpd *m)
{
	int sig;

	while ((sig = selfpipe_read()) > 0)
		if (sig == SIGTERM || sig == SIGINT)
			smtpd_finish(m, 0);
		else if (sig == SIGHUP && run_reload(&m->conf))
			smtpd_conf(m);
}

/* The answers first: they make room. Then the clients, then new ones. */
static void
act(struct smtpd *m, const iopause_fd *x)
{
	struct conn **all;
	size_t n, j;
	unsigned int i;

	if (m->alias.fd >= 0 && x[ALIAS].revents)
		alias_read(m);
	if (m->tls.fd >= 0 && x[TLS].revents)
		tls_read(m);
	if (m->auth.fd >= 0 && x[AUTH].revents)
		auth_read(m);
	if (m->ctl.fd >= 0 && x[CTL].revents)
		ctl_read(m);
	for (i = 0; i < SMTPD_WAYS; i++)
		if (m->ways[i].at && m->ways[i].stream.fd >= 0 &&
		    x[m->ways[i].at].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			way_read(m, m->ways + i);
	all = genalloc_s(struct conn *, &m->conns);
	n = genalloc_len(struct conn *, &m->conns);
	for (j = 0; j < n; j++) {
		struct conn *c = all[j];

		if (!c)
			continue;
		if (c->wat && x[c->wat].revents)
			c->dirty = 1;
		if (!c->at || !x[c->at].revents)
			continue;
		c->dirty = 1;
		if (x[c->at].events & IOPAUSE_READ &&
		    x[c->at].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			conn_read(c);
	}
	if (m->listen.fd >= 0 && x[LISTEN].revents)
		listen_read(m);
	if (x[SIGNALS].revents)
		handle_signals(m);
}

/* Timers, then let everybody speak whom something has happened to. */
static void
turn(struct smtpd *m)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), j;
	int again;

	for (j = 0; j < n; j++)
		if (all[j] && session_deadline(&all[j]->s) <= m->now)
			conn_tick(all[j]);
	do {
		again = 0;
		for (j = 0; j < n; j++)
			if (all[j] && all[j]->dirty)
				conn_turn(all[j]);
		alias_turn(m);
		tls_turn(m);
		auth_turn(m);
		ctl_turn(m);
		way_turn(m);
		for (j = 0; j < n; j++)
			again |= all[j] && all[j]->dirty;
	} while (again);
	if (m->listen.fd >= 0 && stream_pending(&m->listen) &&
	    stream_flush(&m->listen) < 0) {
		stream_close(&m->listen);
		smtpd_finish(m, 1);
	}
}

static iopause_fd *
room(iopause_fd *x, size_t *have, size_t want)
{
	iopause_fd *p;

	if (want <= *have)
		return x;
	want += want / 2;
	p = realloc(x, want * sizeof *p);
	if (!p)
		strerr_dief1sys(111, "out of memory");
	*have = want;
	return p;
}

void
smtpd_loop(struct smtpd *m)
{
	iopause_fd *x = 0;
	size_t have = 0;
	uint64_t next;
	tain until;
	unsigned int n;
	int fd = selfpipe_init();

	if (fd < 0 || selfpipe_trap(SIGTERM) < 0 || selfpipe_trap(SIGINT) < 0 ||
	    selfpipe_trap(SIGHUP) < 0)
		strerr_diefu1sys(111, "trap signals");
	tls_offers(m);	/* so that the first client finds it there */
	log_hold();
	for (;;) {
		turn(m);
		if (!m->nconns && (m->finish || m->listen.fd < 0))
			break;
		x = room(x, &have, FIXED + SMTPD_WAYS +
		    2 * genalloc_len(struct conn *, &m->conns));
		n = gather(m, x, fd, &next);
		next = log_turn(m->now, next);
		tain_from_millisecs(&until, (int)(next > m->now ?
		    next - m->now : 0));
		tain_add_g(&until, &until);
		if (run_pause(x, n, &until) < 0)
			strerr_diefu1sys(111, "poll");
		m->now = smtpd_ms();
		act(m, x);
	}
	log_release();
	free(x);
}
