#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "run/now.h"
#include "run/pause.h"
#include "run/service.h"

#define QUEUE_WAITS 100
#define QUEUE_WAIT_MS 100

/* What is waited for, in the order of the array. */
enum { X_SIGNALS, X_BELL, X_PEERS, X_BELLS = X_PEERS + PEERS };

static void
clocks(struct send *g)
{
	struct timespec t;

	g->now = now_ms() + 1;
	clock_gettime(CLOCK_REALTIME, &t);
	g->wall = (uint64_t)t.tv_sec;
	g->wall_us = g->wall * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static unsigned int
set(struct send *g, iopause_fd *x)
{
	unsigned int n = X_BELLS;
	uint32_t i;

	x[X_SIGNALS].fd = g->signals;
	x[X_SIGNALS].events = IOPAUSE_READ;
	x[X_BELL].fd = g->stop || g->nbells == BELLS ? -1 : g->bell;
	x[X_BELL].events = IOPAUSE_READ;
	for (i = 0; i < PEERS; i++) {
		x[X_PEERS + i].fd = g->peers[i].s.fd;
		x[X_PEERS + i].events = stream_events(&g->peers[i].s);
	}
	/* letters are heard of when there is somebody to give them to */
	for (i = 0; i < g->nbells; i++) {
		x[n].fd = g->started && !g->stop ? g->bells[i].fd : -1;
		x[n++].events = IOPAUSE_READ;
	}
	return n + ctl_iopause(g, x + n);
}

static void
wait_for(struct send *g, iopause_fd *x, unsigned int n)
{
	uint64_t t = log_turn(g->now, send_deadline(g));
	tain d, ms;

	tain_now_g();
	clocks(g);
	tain_from_millisecs(&ms, t <= g->now ? 0 : t - g->now > 60000 ? 60000 :
	    (int)(t - g->now));
	tain_add_g(&d, &ms);
	if (run_pause(x, n, &d) < 0)
		strerr_diefusys(111, "iopause");
	clocks(g);
}

static void
on_signal(struct send *g)
{
	int c;

	while ((c = selfpipe_read()) > 0) {
		if (c == SIGTERM && !g->stop) {
			g->stop = 1;
			g->stopped = g->now;
		}
		if (c == SIGHUP && run_reload(&g->conf))
			sites_configure(g);
	}
}

static void
act(struct send *g, const iopause_fd *x, unsigned int n)
{
	unsigned int i, bells = g->nbells;

	if (x[X_SIGNALS].revents)
		on_signal(g);
	for (i = 0; i < PEERS; i++)
		if (g->peers[i].s.fd >= 0 && x[X_PEERS + i].revents &
		    (IOPAUSE_READ | IOPAUSE_EXCEPT))
			peer_read(g, (int)i);
	ctl_turn(g, x + X_BELLS + bells, n - X_BELLS - bells);
	/* from the last to the first: who hangs up is replaced by the last */
	for (i = bells; i--;)
		if (x[X_BELLS + i].fd >= 0 && x[X_BELLS + i].revents)
			bell_read(g, i);
	if (x[X_BELL].fd >= 0 && x[X_BELL].revents)
		bell_accept(g);
	turn(g);
}

/* Does somebody who stops as we do have an order in hand? He will tell
 * nobody but us what came of it, within his own patience. */
static int
isawaited(const struct send *g, int peer)
{
	uint32_t i;

	for (i = 0; i < g->ajobs; i++)
		if (g->jobs[i].used && g->jobs[i].left &&
		    (peer < 0 ? g->peers[g->jobs[i].peer].ending :
		    g->jobs[i].peer == peer) &&
		    g->peers[g->jobs[i].peer].s.fd >= 0 &&
		    sched_job_isout(&g->s, i))
			return 1;
	return 0;
}

/* At the end: what is in the hands of others stays there; who was told
 * nothing of his verdict tells it again to the next one. */
static int
isover(struct send *g)
{
	uint64_t ms = g->now - g->stopped;
	uint32_t i;

	if (!g->stop)
		return 0;
	if (ms >= STOP_LONG_MS)
		return 1;
	if (isawaited(g, -1)) {
		if (!g->stays)
			queue_stay(g);
		return 0;
	}
	for (i = 0; i < g->nmails; i++)
		if (g->mails[i].used && g->mails[i].order)
			return 0;
	/* if all stop, who is about to hear from another host may not have
	 * said that he does */
	for (i = PEER_LSPAWN; ms < STOP_MS && i < PEERS; i++)
		if (isawaited(g, (int)i))
			return 0;
	return 1;
}

static void
loop(struct send *g)
{
	static iopause_fd x[X_BELLS + BELLS + CTLS + 1];
	unsigned int n;

	log_hold();
	while (!isover(g)) {
		n = set(g, x);
		wait_for(g, x, n);
		act(g, x, n);
	}
	log_release();
	sites_save(g);
}

/* pneu-queue makes it; at the first start it may not have yet. To be done
 * before the jail, in which what is not there stays out of reach. */
static int
open_queue(void)
{
	int fd, n;

	for (n = 0; (fd = open("queue", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) < 0 && errno == ENOENT && n < QUEUE_WAITS; n++)
		poll(0, 0, QUEUE_WAIT_MS);
	if (fd < 0)
		strerr_diefusys(111, "open queue");
	return fd;
}

int
main(void)
{
	static struct send g;

	run_init("pneu-send", &g.conf);
	run_dir(&g.conf, "state", 0750, "pneus", "pneus");
	/* pneuq has pneus for its group; who it is is checked, too */
	g.bell = run_bind(&g.conf, "bell", "bell", "pneus");
	g.ctl = run_bind(&g.conf, "pub", "ctl", "root");
	g.signals = selfpipe_init();
	if (g.signals < 0 || !selfpipe_trap(SIGTERM) || !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
	tain_now_set_stopwatch_g();
	g.queue = open_queue();
	run_become(&g.conf, "pneu-send");
	clocks(&g);
	send_begin(&g);
	sites_load(&g);
	run_ready();
	loop(&g);
	return 0;
}
