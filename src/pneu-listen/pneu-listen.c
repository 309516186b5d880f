#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "conf/net.h"
#include "door.h"
#include "hall.h"
#include "lobby.h"
#include "refuse.h"
#include "run/log.h"
#include "run/pause.h"
#include "run/service.h"

#define TURN_CONNECTIONS 64	/* accepted before the workers' turn */
#define LAST_CONNECTIONS 1024	/* that wait when it ends */
#define SHORT_S 1		/* without descriptors: until the next try */
#define FINISH_S 30		/* for sessions after SIGTERM */
#define FOREVER_S 86400

/* Entries of x: signals, workers, doors, and the lobby's behind those that
 * there are. */
#define WORKERS 1
#define DOORS (WORKERS + HALL_WORKERS)

struct listen {
	struct conf conf;
	struct hall hall;
	struct lobby lobby;
	struct refuse refuse;
	struct door doors[DOOR_MAX];
	size_t ndoors;
	int signals;
	int isshort;		/* of descriptors; said so */
	tain retry;		/* accept again at; if isshort */
	tain end;		/* of finishing */
	iopause_fd x[DOORS + DOOR_MAX + LOBBY_GUESTS];
};

static int
settle(struct listen *l)
{
	const struct conf *c = &l->conf;

	return hall_limits(&l->hall, (size_t)conf_num(c, smtpd_processes),
	    (size_t)conf_num(c, smtpd_sessions),
	    (size_t)conf_num(c, smtpd_client_connection_count_limit));
}

/* What accept says when there is nothing more. A host that is out of
 * something gets a pause: connections wait in the kernel. */
static void
accept_failed(struct listen *l)
{
	switch (errno) {
	case EMFILE: case ENFILE: case ENOBUFS: case ENOMEM:
		if (!l->isshort)
			log_warnsys("unable to accept connections now");
		l->isshort = 1;
		tain_addsec_g(&l->retry, SHORT_S);
	}
}

/* Of a proxy only those are taken whom we trust: who they say that their
 * client is, is what counts. */
static int
isproxy(struct listen *l, int fd, const struct door_peer *p)
{
	char ip[DOOR_TEXT_OCTETS];

	if (conf_innets(&l->conf, CONF_mynetworks, p->ip, p->is6))
		return 1;
	door_fmt(ip, p);
	log_warn("not a trusted proxy, as of mynetworks: closing connection "
	    "from ", ip);
	close(fd);
	return 0;
}

static void
welcome(struct listen *l, int fd, const struct door_peer *p)
{
	int trusted = !p->unknown &&
	    conf_innets(&l->conf, CONF_mynetworks, p->ip, p->is6);
	enum admit_answer r = hall_take(&l->hall, fd, p, trusted);
	struct admit_key k;

	if (r == ADMIT_YES)
		return;
	admit_key(&k, p->ip, p->is6);
	refuse(&l->refuse, fd, r, conf_str(&l->conf, myhostname), p,
	    admit_count(&l->hall.admit, &k),
	    (unsigned long)tai_sec(tain_secp(&STAMP)));
}

static void
open_door(struct listen *l, const struct door *d, int most)
{
	struct door_peer p;
	int fd, n;

	hall_count(&l->hall);
	for (n = 0; n < most && hall_isready(&l->hall) &&
	    !(d->proxy && lobby_isfull(&l->lobby)); n++) {
		fd = door_accept(d->fd, &p);
		if (fd < 0 && errno == ECONNABORTED)
			continue;
		if (fd < 0) {
			accept_failed(l);
			return;
		}
		l->isshort = 0;
		p.role = d->role;
		if (!d->proxy)
			welcome(l, fd, &p);
		else if (isproxy(l, fd, &p))
			lobby_enter(&l->lobby, fd, &p);
	}
}

/* Those in the lobby, the last first; x has their events. */
static void
see_lobby(struct listen *l, const iopause_fd *x)
{
	struct door_peer p;
	size_t i = l->lobby.n;
	int fd;

	if (i)
		hall_count(&l->hall);
	while (i--)
		if (lobby_see(&l->lobby, i, x[i].revents != 0, &fd, &p) ==
		    LOBBY_GOES)
			welcome(l, fd, &p);
}

static void
finish(struct listen *l)
{
	if (l->hall.finishing) {
		l->end = STAMP;
		return;
	}
	/* who waits to be let in is told 421, not cut off */
	while (l->ndoors) {
		open_door(l, &l->doors[--l->ndoors], LAST_CONNECTIONS);
		close(l->doors[l->ndoors].fd);
	}
	lobby_close(&l->lobby);
	hall_finish(&l->hall);
	tain_addsec_g(&l->end, FINISH_S);
}

static void
on_signal(struct listen *l)
{
	int c;

	while ((c = selfpipe_read()) > 0)
		switch (c) {
		case SIGTERM: finish(l); break;
		case SIGCHLD: hall_reap(&l->hall); break;
		case SIGHUP:
			if (!run_reload(&l->conf))
				break;
			if (!settle(l))
				log_warnsys("unable to make room for sessions");
			hall_kill(&l->hall, SIGHUP);
		}
}

static void
wait_for(struct listen *l)
{
	int pause = l->isshort && tain_future(&l->retry);
	int isopen;
	tain t;
	size_t i;

	tain_addsec_g(&t, FOREVER_S);
	hall_start(&l->hall, &t);
	isopen = !pause && hall_isready(&l->hall);
	if (pause && tain_less(&l->retry, &t))
		t = l->retry;
	if (l->hall.finishing && tain_less(&l->end, &t))
		t = l->end;
	l->x[0].fd = l->signals;
	l->x[0].events = IOPAUSE_READ;
	hall_iopause(&l->hall, l->x + WORKERS);
	for (i = 0; i < l->ndoors; i++) {
		l->x[DOORS + i].fd = isopen && !(l->doors[i].proxy &&
		    lobby_isfull(&l->lobby)) ? l->doors[i].fd : -1;
		l->x[DOORS + i].events = IOPAUSE_READ;
	}
	lobby_iopause(&l->lobby, l->x + DOORS + l->ndoors, &t);
	if (run_pause(l->x, (unsigned int)(DOORS + l->ndoors + l->lobby.n),
	    &t) < 0)
		strerr_diefusys(111, "iopause");
}

static void
loop(struct listen *l)
{
	size_t i, n;

	do {
		wait_for(l);
		hall_io(&l->hall, l->x + WORKERS);
		see_lobby(l, l->x + DOORS + l->ndoors);
		for (i = 0, n = l->ndoors; i < n; i++)
			if (l->x[DOORS + i].fd >= 0 &&
			    l->x[DOORS + i].revents)
				open_door(l, &l->doors[i],
				    TURN_CONNECTIONS);
		hall_flush(&l->hall);
		if (l->x[0].revents)
			on_signal(l);
		if (l->hall.finishing && !tain_future(&l->end)) {
			hall_kill(&l->hall, SIGTERM);
			tain_addsec_g(&l->end, FINISH_S);
		}
	} while (!l->hall.finishing || hall_running(&l->hall));
}

int
main(void)
{
	static struct listen l;

	run_init("pneu-listen", &l.conf);
	l.ndoors = door_open(&l.conf, l.doors);
	run_become(&l.conf, "pneu-listen");
	l.signals = selfpipe_init();
	if (l.signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP) || !selfpipe_trap(SIGCHLD))
		strerr_diefusys(111, "trap signals");
	tain_now_set_stopwatch_g();
	hall_init(&l.hall);
	if (!settle(&l))
		strerr_diefusys(111, "make room for sessions");
	run_ready();
	loop(&l);
	return 0;
}
