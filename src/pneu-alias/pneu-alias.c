#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "alias.h"
#include "run/log.h"
#include "run/own.h"
#include "run/pause.h"
#include "run/service.h"

static void
knock(struct alias *a)
{
	uid_t uid;
	int fd;

	while (a->n < CLIENTS && (fd = run_accept(a->listen)) >= 0) {
		if (run_peer(fd, &uid) < 0 ||
		    (!run_isuser(&a->conf, uid, "pneud") &&
		    !run_isuser(&a->conf, uid, "pneuf") &&
		    !run_isuser(&a->conf, uid, "pneus"))) {
			log_warn("connection refused: not one of our users");
			close(fd);
			continue;
		}
		a->clients[a->n].waits = 0;
		stream_open(&a->clients[a->n++].s, fd);
	}
}

static void
drop(struct alias *a, size_t i)
{
	struct client last = a->clients[--a->n];

	ask_over(a, &a->clients[i]);
	stream_close(&a->clients[i].s);
	if (i != a->n) {
		a->clients[a->n] = a->clients[i];
		a->clients[i] = last;
	}
}

/* New tables: who is being told a list from the old ones asks again. The jail
 * cannot be made wider: for that we start anew. Returns 0 when it is time. */
static int
reload(struct alias *a)
{
	size_t i;

	for (i = a->n; a->lister >= 0 && i--;)
		if (a->clients[i].s.fd == a->lister)
			drop(a, i);
	if (!run_reload(&a->conf))
		return 1;
	facts_settle(a);
	for (i = a->n; i--;)
		if (!frame_put(&a->clients[i].s.out, 'F', 0, "", 0) ||
		    stream_flush(&a->clients[i].s) < 0)
			drop(a, i);
	memset(a->stale, 0, sizeof a->stale);
	if (!stale_lacks(a))
		return 1;
	log_info("list files in other directories: starting anew");
	return 0;
}

/* Returns 0 when it is time to go. */
static int
on_signal(struct alias *a)
{
	int c;

	while ((c = selfpipe_read()) > 0) {
		if (c == SIGTERM)
			return 0;
		if (c == SIGHUP && !reload(a))
			return 0;
	}
	return 1;
}

static void
wait_for(struct alias *a)
{
	size_t i;

	a->x[0].fd = a->signals;
	a->x[0].events = IOPAUSE_READ;
	a->x[1].fd = a->n < CLIENTS ? a->listen : -1;
	a->x[1].events = IOPAUSE_READ;
	for (i = 0; i < a->n; i++) {
		a->x[2 + i].fd = a->clients[i].s.fd;
		a->x[2 + i].events = ask_events(a, &a->clients[i]);
	}
	if (run_pause(a->x, 2 + (unsigned int)a->n, 0) < 0)
		strerr_diefusys(111, "iopause");
}

/* Whoever waited for a list to end may have the next turn. */
static void
serve_waiting(struct alias *a)
{
	size_t i;

	for (i = a->n; i-- && a->lister < 0;)
		if (a->clients[i].waits && !ask_serve(a, &a->clients[i], 0))
			drop(a, i);
}

static void
loop(struct alias *a)
{
	tain t;
	size_t i;

	for (;;) {
		wait_for(a);
		tain_sub(&t, &STAMP, &a->began);
		a->now = tai_sec(tain_secp(&t));
		if (a->x[0].revents && !on_signal(a))
			return;
		/* From the last to the first: drop puts the last, which has
		 * been served, in the place of the one that is gone. */
		for (i = a->n; i--;)
			if (a->x[2 + i].revents &&
			    !ask_serve(a, &a->clients[i], a->x[2 + i].revents))
				drop(a, i);
		serve_waiting(a);
		if (a->x[1].fd >= 0 && a->x[1].revents)
			knock(a);
		if (stale_look(a))
			return;
	}
}

static void
listen_signals(struct alias *a)
{
	a->signals = selfpipe_init();
	if (a->signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
}

/* By the facts in force. */
static void
learn(struct alias *a)
{
	if (!users_init(&a->users, "root"))
		strerr_diefusys(111, "allocate");
	/* Nobody is called that: so the system asks all its sources, and what
	 * it needs for it is loaded before the jail. */
	users_find(&a->users, "no-such-user", 0);
	tain_now_set_stopwatch_g();
	a->began = STAMP;
	facts_settle(a);
	if (own_read(&a->own) < 0)
		log_warnsys("unable to read this host's addresses");
}

int
main(int argc, char *const *argv)
{
	static struct alias a;
	const struct stream zero = STREAM_ZERO;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		a.clients[i].s = zero;
	a.lister = -1;
	expand_init(&a.expand);
	run_init("pneu-alias", &a.conf);
	if (argc > 1) {
		learn(&a);
		return tell_all(&a, argv + 1);
	}
	a.listen = run_bind(&a.conf, "alias", "alias", "pneua");
	listen_signals(&a);
	stale_compile(&a);
	learn(&a);
	stale_grant(&a);
	run_become(&a.conf, "pneu-alias");
	run_ready();
	loop(&a);
	return 0;
}
