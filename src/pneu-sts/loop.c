#include <skalibs/nonposix.h>

#include "pneu-sts/sts.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "run/now.h"
#include "run/pause.h"
#include "run/service.h"

enum { SIGNALS, LISTEN, TLS, ASKERS, FIXED = ASKERS + STS_ASKERS };
#define FDS (FIXED + STS_FETCHES + DNS_FDS)

static void
on_signal(struct sts *m)
{
	int s;

	while ((s = selfpipe_read()) > 0)
		if (s == SIGTERM)
			m->over = 1;
		else if (run_reload(&m->conf)) {
			sts_set(m);
			sts_reservers(m);
		}
}

static void
set(iopause_fd *x, int fd, short events)
{
	x->fd = events ? fd : -1;
	x->events = events;
	x->revents = 0;
}

/* Fill x but for the DNS; returns how many. */
static size_t
gather(struct sts *m, iopause_fd *x)
{
	size_t i, n = FIXED;

	set(x + SIGNALS, m->signals, IOPAUSE_READ);
	set(x + LISTEN, m->listen, IOPAUSE_READ);
	set(x + TLS, m->tls.fd, m->tls.fd < 0 ? 0 : stream_events(&m->tls));
	for (i = 0; i < STS_ASKERS; i++)
		set(x + ASKERS + i, m->askers[i].s.fd, m->askers[i].s.fd < 0 ?
		    0 : stream_events(&m->askers[i].s));
	for (i = 0; i < STS_FETCHES; i++) {
		struct fetch *f = m->fetches[i];

		if (!f)
			continue;
		f->at = 0;
		if (f->fd >= 0 && fetch_events(f))
			set(x + (f->at = n++), f->fd, fetch_events(f));
	}
	return n;
}

static void
act(struct sts *m, const iopause_fd *x)
{
	size_t i;

	if (x[SIGNALS].revents)
		on_signal(m);
	for (i = 0; i < STS_FETCHES; i++) {
		struct fetch *f = m->fetches[i];

		if (f && f->at && x[f->at].revents)
			fetch_io(m, f, x[f->at].revents);
	}
	if (m->tls.fd >= 0 && x[TLS].revents & ~IOPAUSE_WRITE)
		tlsout_read(m);
	for (i = 0; i < STS_ASKERS; i++)
		if (m->askers[i].s.fd >= 0 &&
		    x[ASKERS + i].revents & ~IOPAUSE_WRITE)
			asker_read(m, m->askers + i);
	if (x[LISTEN].revents)
		asker_knock(m);
}

static void
pause_(iopause_fd *x, size_t n, uint64_t now, uint64_t until)
{
	uint64_t ms = until > now ? until - now : 0;
	tain t;

	tain_from_millisecs(&t, ms > STS_SWEEP_MS ? STS_SWEEP_MS : (int)ms);
	tain_add_g(&t, &t);
	if (run_pause(x, (unsigned int)n, &t) < 0 && errno != EINTR)
		strerr_diefusys(111, "poll");
}

/* What is known is on disk: at SIGTERM there is nothing to finish. */
void
sts_loop(struct sts *m)
{
	iopause_fd x[FDS];
	uint64_t next;
	size_t n, nd;

	while (!m->over) {
		domain_sweep(m);
		do {
			fetch_turn(m);
			ask_turn(m);
		} while (m->look);
		tlsout_turn(m);
		asker_turn(m);
		next = m->ndomains ? m->sweep : m->now + 3600000;
		next = fetch_due(m, ask_due(m, next));
		n = gather(m, x);
		nd = dns_iopause(&m->dns, x + n, m->now, &next);
		pause_(x, n + nd, m->now, m->look ? m->now : next);
		m->now = now_ms();
		m->wall = (uint64_t)time(0);
		dns_io(&m->dns, x + n, nd, m->now);
		if (m->redns)
			sts_reservers(m);
		act(m, x);
	}
}
