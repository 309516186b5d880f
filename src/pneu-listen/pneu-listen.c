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
#include "refuse.h"
#include "run/log.h"
#include "run/service.h"

#define TURN_CONNECTIONS 64	/* accepted before the workers' turn */
#define LAST_CONNECTIONS 1024	/* that wait when it ends */
#define SHORT_S 1		/* without descriptors: until the next try */
#define FINISH_S 30		/* for sessions after SIGTERM */
#define FOREVER_S 86400

struct listen {
	struct conf conf;
	struct hall hall;
	struct refuse refuse;
	struct door doors[DOOR_MAX];
	size_t ndoors;
	int signals;
	int isshort;		/* of descriptors; said so */
	tain retry;		/* accept again at; if isshort */
	tain end;		/* of finishing */
	iopause_fd x[1 + DOOR_MAX + HALL_WORKERS];
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

static void
welcome(struct listen *l, int fd, const struct door_peer *p)
{
	int trusted = conf_innets(&l->conf, CONF_mynetworks, p->ip, p->is6);
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
	for (n = 0; n < most && hall_isready(&l->hall); n++) {
		fd = door_accept(d->fd, &p);
		if (fd < 0 && errno == ECONNABORTED)
			continue;
		if (fd < 0) {
			accept_failed(l);
			return;
		}
		l->isshort = 0;
		p.role = d->role;
		p.proxy = d->proxy;
		welcome(l, fd, &p);
	}
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
	hall_iopause(&l->hall, l->x + 1);
	for (i = 0; i < l->ndoors; i++) {
		l->x[1 + HALL_WORKERS + i].fd = isopen ? l->doors[i].fd : -1;
		l->x[1 + HALL_WORKERS + i].events = IOPAUSE_READ;
	}
	if (iopause_g(l->x, (unsigned int)(1 + HALL_WORKERS + l->ndoors),
	    &t) < 0)
		strerr_diefusys(111, "iopause");
}

static void
loop(struct listen *l)
{
	size_t i, n;

	do {
		wait_for(l);
		hall_io(&l->hall, l->x + 1);
		for (i = 0, n = l->ndoors; i < n; i++)
			if (l->x[1 + HALL_WORKERS + i].fd >= 0 &&
			    l->x[1 + HALL_WORKERS + i].revents)
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
