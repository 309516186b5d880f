#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "pneu-queue/bell.h"
#include "pneu-queue/desk.h"
#include "run/log.h"
#include "run/now.h"
#include "run/service.h"
#include "spawn/crew.h"

#define PROG_NAME "pneu-queue"
#define OVERFLOW_UID 65534

/* The parent: binds, prepares, forks. It never touches a letter. */
struct queue {
	struct desk desk;
	struct crew crew;	/* seat 0 takes orders */
	struct crew_seat seats[DESK_SEATS];
	int signals;
	int stop;
};

/* The uid that stands for those of other user namespaces. */
static uid_t
overflow_uid(void)
{
	char s[UID_FMT];
	ssize_t r = openreadnclose("/proc/sys/kernel/overflowuid", s,
	    sizeof s - 1);
	uid_t uid;

	if (r <= 0)
		return OVERFLOW_UID;
	s[r] = 0;
	return uid_scan(s, &uid) ? uid : OVERFLOW_UID;
}

static uid_t
user(const struct conf *c, const char *name)
{
	uid_t uid;
	gid_t gid;

	run_user(c, name, &uid, &gid);
	return uid;
}

static int
bind_blocking(const struct conf *c, const char *dir, const char *name,
    const char *group)
{
	int fd = run_bind(c, dir, name, group);

	if (ndelay_off(fd) < 0)
		strerr_diefusys(111, "make run/", dir, "/", name, " block");
	return fd;
}

/* All that takes root. */
static void
prepare(struct desk *d)
{
	struct conf *c = &d->conf;

	run_init(PROG_NAME, c);
	d->pneud = user(c, "pneud");
	d->pneub = user(c, "pneub");
	d->pneuf = user(c, "pneuf");
	d->pneus = user(c, "pneus");
	d->overflow = overflow_uid();
	run_dir(c, "queue", 0750, "pneuq", "pneus");
	d->submit.kind = DOOR_SUBMIT;
	d->submit.fd = bind_blocking(c, "pub", "submit", "root");
	d->intake.kind = DOOR_INTAKE;
	d->intake.fd = bind_blocking(c, "intake", "intake", "pneuq");
	d->orders = run_bind(c, "orders", "orders", "pneus");
	run_become(c, PROG_NAME);
	d->self = geteuid();
	umask(027);		/* pneu-send's group may read */
}

/* The start has brought letters to new/, and pneu-send may have looked there
 * before: a bell connection that closes makes it look again. */
static void
tell(const struct desk *d)
{
	struct bell b;

	if (!d->brought)
		return;
	bell_open(&b);
	if (b.fd >= 0)
		close(b.fd);
}

/* Seats by the settings: 0 for orders, then those of the two doors. */
static void
seat(struct queue *q)
{
	struct desk *d = &q->desk;

	d->intake.first = 1;
	d->intake.n = (size_t)conf_num(&d->conf, intake_workers);
	d->submit.first = 1 + d->intake.n;
	d->submit.n = d->intake.n > 4 ? d->intake.n / 2 : 2;
	q->crew.seat = q->seats;
	q->crew.n = 1 + d->intake.n + d->submit.n;
	if (q->crew.n > DESK_SEATS)
		strerr_dief(100, "too many intake_workers");
}

static void
work(struct queue *q, size_t i)
{
	struct desk *d = &q->desk;

	selfpipe_finish();
	sig_blocknone();
	if (!i)
		desk_orders(d);
	close(d->orders);
	desk_serve(d, i < d->submit.first ? &d->intake : &d->submit, i);
}

/* Fork whoever is missing and due. */
static void
fill(struct queue *q)
{
	int i;

	while (!q->stop && (i = crew_due(&q->crew, now_ms())) >= 0) {
		pid_t pid = crew_fork();

		if (!pid)
			work(q, (size_t)i);
		if (pid < 0) {
			log_warnsys("unable to fork a worker");
			q->seats[i].due = now_ms() + CREW_WAIT_MS;
			continue;
		}
		crew_started(&q->crew, (size_t)i, pid, now_ms());
	}
}

static void
reap(struct queue *q)
{
	char fmt[UINT_FMT];
	pid_t pid;
	int status, i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		i = crew_ended(&q->crew, pid, status, now_ms());
		if (i < 0)
			continue;
		q->desk.seats[i].busy = q->desk.seats[i].big = 0;
		if (!WIFSIGNALED(status) || WTERMSIG(status) == SIGTERM ||
		    WTERMSIG(status) == SIGHUP)
			continue;	/* we asked for it */
		fmt[uint_fmt(fmt, (unsigned int)WTERMSIG(status))] = 0;
		log_warn("a worker was ended by signal ", fmt);
	}
}

/* New settings are for new workers: those of now finish what they have in
 * hand. The number of workers stays, and so does that for orders, who goes by
 * no setting: what was delivered meanwhile would have to wait to be marked. */
static void
reload(struct queue *q)
{
	uint64_t intake = q->desk.intake.n;
	size_t i;

	if (!run_reload(&q->desk.conf))
		return;
	if (conf_num(&q->desk.conf, intake_workers) != intake)
		log_info("intake_workers will count when pneu-queue is "
		    "started anew");
	for (i = 1; i < q->crew.n; i++)
		if (q->seats[i].pid)
			kill(q->seats[i].pid, SIGHUP);
}

/* Who connected already is served, who comes now is told that we are down
 * (where a listening socket can be shut down; else he is cut off). */
static void
stop(struct queue *q)
{
	q->stop = 1;
	shutdown(q->desk.intake.fd, SHUT_RD);
	shutdown(q->desk.submit.fd, SHUT_RD);
	crew_kill(&q->crew, SIGTERM);
}

static void
handle_signals(struct queue *q)
{
	int s;

	while ((s = selfpipe_read()) > 0)
		switch (s) {
		case SIGCHLD:
			reap(q);
			break;
		case SIGHUP:
			reload(q);
			break;
		default:
			stop(q);
		}
}

static void
loop(struct queue *q)
{
	iopause_fd x = { .fd = q->signals, .events = IOPAUSE_READ };

	while (!q->stop || crew_alive(&q->crew)) {
		int64_t ms;
		tain wait, deadline;

		fill(q);
		ms = q->stop ? -1 : crew_wait(&q->crew, now_ms());
		tain_now_g();
		if (ms < 0)
			tain_add_g(&deadline, &tain_infinite_relative);
		else {
			tain_from_millisecs(&wait, (int)ms + 1);
			tain_add_g(&deadline, &wait);
		}
		if (iopause_g(&x, 1, &deadline) > 0)
			handle_signals(q);
	}
}

int
main(void)
{
	static struct queue q;

	prepare(&q.desk);
	desk_open(&q.desk);
	if (desk_share(&q.desk) < 0)
		strerr_diefusys(111, "share memory with the workers");
	seat(&q);
	tain_now_set_stopwatch_g();
	q.signals = selfpipe_init();
	if (q.signals < 0 || selfpipe_trap(SIGCHLD) <= 0 ||
	    selfpipe_trap(SIGTERM) <= 0 || selfpipe_trap(SIGINT) <= 0 ||
	    selfpipe_trap(SIGHUP) <= 0)
		strerr_diefusys(111, "trap signals");
	fill(&q);
	tell(&q.desk);
	run_ready();
	loop(&q);
	return 0;
}
