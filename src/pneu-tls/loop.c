#include "pneu-tls/tls.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "run/log.h"
#include "run/pause.h"
#include "run/service.h"

#define SLEEP_MS 3600000	/* if nothing is due */
#define FINISH_MS 30000		/* for sessions after SIGTERM */
#define ACCEPT 16		/* at a time */

enum { SIGNALS, KEY, DOORS, FIXED = DOORS + TLS_DOORS };

uint64_t
tls_ms(void)
{
	return STAMP.sec.x * 1000 + STAMP.nano / 1000000;
}

static void
set(iopause_fd *x, int fd, short events)
{
	x->fd = events ? fd : -1;
	x->events = events;
	x->revents = 0;
}

static void
gather_links(struct tls *m, iopause_fd *x, unsigned int *n, uint64_t *next)
{
	struct link **all = genalloc_s(struct link *, &m->links);
	size_t nlinks = genalloc_len(struct link *, &m->links), i;

	for (i = 0; i < nlinks; i++) {
		struct link *l = all[i];
		short e;

		if (!l)
			continue;
		l->netat = l->clearat = 0;
		if ((e = link_net(l)))
			set(x + (l->netat = (*n)++), l->net, e);
		if ((e = link_clear(l)))
			set(x + (l->clearat = (*n)++), l->clear, e);
		if (l->deadline && l->deadline < *next)
			*next = l->deadline;
	}
}

static unsigned int
gather(struct tls *m, iopause_fd *x, int signals, uint64_t *next)
{
	unsigned int n = FIXED + TLS_ASKERS, i;

	*next = m->now + SLEEP_MS;
	if (m->key.fd < 0 && m->key_retry < *next)
		*next = m->key_retry;
	set(x + SIGNALS, signals, IOPAUSE_READ);
	set(x + KEY, m->key.fd, m->key.fd < 0 ? 0 : stream_events(&m->key));
	for (i = 0; i < TLS_DOORS; i++)
		set(x + DOORS + i, m->listens[i], m->finish ||
		    m->listens[i] < 0 ? 0 : IOPAUSE_READ);
	for (i = 0; i < TLS_ASKERS; i++) {
		struct stream *s = &m->askers[i].s;

		set(x + FIXED + i, s->fd, s->fd < 0 ? 0 : stream_events(s));
	}
	gather_links(m, x, &n, next);
	return n;
}

static void
on_signal(struct tls *m)
{
	int sig;

	while ((sig = selfpipe_read()) > 0)
		if (sig == SIGTERM)
			m->finish = 1;
		else if (sig == SIGHUP && run_reload(&m->conf))
			cafile_load(m);
}

/* What has come to a session's two sides, and where there is room again. */
static void
note(struct link *l, const iopause_fd *x)
{
	if (l->netat && x[l->netat].revents) {
		if (x[l->netat].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			l->netin = 1;
		if (x[l->netat].revents & (IOPAUSE_WRITE | IOPAUSE_EXCEPT))
			l->netfull = 0;
		l->dirty = 1;
	}
	if (l->clearat && x[l->clearat].revents) {
		if (x[l->clearat].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			l->clearin = 1;
		if (x[l->clearat].revents & (IOPAUSE_WRITE | IOPAUSE_EXCEPT))
			l->clearfull = 0;
		l->dirty = 1;
	}
}

static void
act(struct tls *m, const iopause_fd *x)
{
	struct link **all = genalloc_s(struct link *, &m->links);
	size_t n = genalloc_len(struct link *, &m->links), i;

	for (i = 0; i < n; i++)
		if (all[i])
			note(all[i], x);
	if (m->key.fd >= 0 && x[KEY].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		sign_read(m);
	for (i = 0; i < TLS_ASKERS; i++)
		if (m->askers[i].s.fd >= 0 && x[FIXED + i].revents &
		    (IOPAUSE_READ | IOPAUSE_EXCEPT))
			asker_read(m, &m->askers[i]);
	for (i = 0; i < ACCEPT * TLS_DOORS; i++)
		if (x[DOORS + i % TLS_DOORS].revents)
			asker_accept(m, (enum tls_door)(i % TLS_DOORS));
	if (x[SIGNALS].revents)
		on_signal(m);
}

/* Let every session go on to which something has happened. */
static void
turn(struct tls *m)
{
	struct link **all;
	size_t n, i;

	do {
		sign_turn(m);
		all = genalloc_s(struct link *, &m->links);
		n = genalloc_len(struct link *, &m->links);
		for (i = 0; i < n; i++) {
			if (all[i] && all[i]->dirty)
				link_pump(all[i]);
			if (all[i] && all[i]->deadline &&
			    all[i]->deadline <= m->now)
				link_tick(all[i]);
		}
		asker_turn(m);
	} while (m->key.fd >= 0 && stream_pending(&m->key) &&
	    stream_flush(&m->key) < 0);
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
tls_loop(struct tls *m)
{
	iopause_fd *x = 0;
	size_t have = 0;
	uint64_t next, end = 0;
	unsigned int n;
	tain until;
	int fd = selfpipe_init();

	if (fd < 0 || selfpipe_trap(SIGTERM) < 0 || selfpipe_trap(SIGHUP) < 0)
		strerr_diefu1sys(111, "trap signals");
	for (;;) {
		turn(m);
		if (m->finish && !end)
			end = m->now + FINISH_MS;
		if (m->finish && (!m->nlinks || m->now >= end))
			break;
		x = room(x, &have, FIXED + TLS_ASKERS +
		    2 * genalloc_len(struct link *, &m->links));
		n = gather(m, x, fd, &next);
		if (end && end < next)
			next = end;
		tain_from_millisecs(&until, (int)(next > m->now ?
		    next - m->now : 0));
		tain_add_g(&until, &until);
		if (run_pause(x, n, &until) < 0)
			strerr_diefu1sys(111, "poll");
		m->now = tls_ms();
		act(m, x);
	}
	free(x);
}
