#include <skalibs/nonposix.h>

#include "pneu-lspawn/forker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "deliver/work.h"
#include "pneu-lspawn/become.h"
#include "pneu-lspawn/closeall.h"
#include "pneu-lspawn/lookup.h"
#include "pneu-lspawn/runner.h"
#include "run/log.h"
#include "run/service.h"
#include "run/stream.h"

#define REFUSER_IDLE_S 1	/* of a worker that refuses all */

struct child {
	uint32_t tag;
	pid_t pid;
	char runs;		/* it is a runner */
	char user[LOOKUP_USER_OCTETS + 1];
};

struct forker {
	struct conf *conf;
	struct stream s;
	struct lookup lookup;
	int devnull, sig;
	genalloc children;	/* of struct child */
};

static struct child *
child_at(const struct forker *f, size_t i)
{
	return genalloc_s(struct child, &f->children) + i;
}

static size_t
nchildren(const struct forker *f)
{
	return genalloc_len(struct child, &f->children);
}

static void
ended(struct forker *f, uint32_t tag)
{
	if (!frame_put(&f->s.out, FORKER_ENDED, tag, "", 0))
		strerr_diefusys(111, "answer");
}

/* In the child: keep only the worker's socket, as 0 and 1, and the log. */
static void
settle(struct forker *f, int fd)
{
	selfpipe_finish();
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0)
		strerr_diefusys(111, "move descriptors");
	if (f->devnull != 3 && dup2(f->devnull, 3) < 0)
		strerr_diefusys(111, "move descriptors");
	close_all(4);
}

/* In the child: become the user, work, end. */
static void
work(struct forker *f, const char *user, struct who *w, int known, int fd)
{
	struct timeval idle = { .tv_sec = REFUSER_IDLE_S };
	stralloc text = STRALLOC_ZERO;
	struct verdict v;
	struct place p = { .host = 0 };
	int good;

	settle(f, fd);
	p.host = conf_str(f->conf, myhostname);
	good = become(f->conf, user, w, known, &p, &v, &text);
	/* What runs as a user must not be able to write to our log. */
	if (dup2(3, 2) < 0)
		_exit(111);
	close(3);
	if (!good)
		setsockopt(0, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
	_exit(work_run(&p, good ? 0 : &v, 0, 1) < 0 ? 111 : 0);
}

static void
start(struct forker *f, const struct frame *fr, int fd)
{
	struct child c = { .tag = fr->tag };
	struct who w;
	int known;

	if (fd < 0 || fr->n > LOOKUP_USER_OCTETS || memchr(fr->s, 0, fr->n))
		strerr_dief(111, "malformed request to start a worker");
	memcpy(c.user, fr->s, fr->n);
	c.user[fr->n] = 0;
	known = *c.user && geteuid() == 0 &&
	    lookup_ask(&f->lookup, c.user, &w, 2);
	if (!genalloc_ready(struct child, &f->children, nchildren(f) + 1))
		c.pid = -1;
	else
		c.pid = fork();
	if (!c.pid)
		work(f, c.user, &w, known, fd);
	if (c.pid < 0) {
		log_warnsys("unable to fork");
		ended(f, c.tag);
	} else
		genalloc_append(struct child, &f->children, &c);
	close(fd);
}

/* In the child: nobody, who looks users up in the process that we know. */
static void
run(struct forker *f, int fd, int lookup)
{
	if (lookup < 0)
		_exit(0);
	selfpipe_finish();
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (dup2(fd, 0) < 0 || dup2(0, 1) < 0 || (lookup != 3 &&
	    dup2(lookup, 3) < 0))
		strerr_diefusys(111, "move descriptors");
	close_all(4);
	run_become(f->conf, "pneu-lspawn-runner");
	runner_run(f->conf, 3);
	_exit(0);
}

static void
start_runner(struct forker *f, const struct frame *fr, int fd)
{
	struct child c = { .tag = fr->tag, .runs = 1 };
	int lookup;

	if (fd < 0)
		strerr_dief(111, "malformed request to start a runner");
	lookup = lookup_share(&f->lookup, 2);
	c.pid = lookup < 0 || !genalloc_ready(struct child, &f->children,
	    nchildren(f) + 1) ? -1 : fork();
	if (!c.pid)
		run(f, fd, lookup);
	if (c.pid < 0) {
		log_warnsys("unable to start a runner");
		ended(f, c.tag);
	} else
		genalloc_append(struct child, &f->children, &c);
	if (lookup >= 0)
		close(lookup);
	close(fd);
}

/* We have no right to kill a user's process; a child that has become him
 * has. The pid cannot be another's: it has not been waited for. */
static void
kill_as(struct forker *f, const struct child *c)
{
	pid_t pid = c->pid;
	stralloc text = STRALLOC_ZERO;
	struct verdict v;
	struct place p = { .host = 0 };
	struct who w;

	if (kill(pid, SIGKILL) == 0 || errno != EPERM)
		return;
	switch (fork()) {
	case -1:
		log_warnsys("unable to fork");
		return;
	case 0:
		selfpipe_finish();
		signal(SIGALRM, SIG_DFL);
		close_all(3);
		if (c->runs)
			become_nobody();
		else if (!become(f->conf, c->user, &w, 0, &p, &v, &text))
			_exit(111);
		_exit(kill(pid, SIGKILL) < 0 ? 111 : 0);
	}
}

static void
stop(struct forker *f, uint32_t tag)
{
	size_t i;

	for (i = 0; i < nchildren(f); i++)
		if (child_at(f, i)->tag == tag)
			kill_as(f, child_at(f, i));
}

static void
warn_of(const struct child *c, int status)
{
	char fmt[INT_FMT];
	int issignal = WIFSIGNALED(status);
	int n = issignal ? WTERMSIG(status) : WEXITSTATUS(status);

	fmt[int_fmt(fmt, n)] = 0;
	log_warn("delivery process of ", c->runs ? "several users" :
	    *c->user ? c->user : "virtual mailboxes",
	    issignal ? " was killed by signal " : " ended with ", fmt);
}

static void
reap(struct forker *f)
{
	int status;
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < nchildren(f); i++) {
			struct child *c = child_at(f, i);

			if (c->pid != pid)
				continue;
			if (status)
				warn_of(c, status);
			ended(f, c->tag);
			*c = *child_at(f, nchildren(f) - 1);
			genalloc_setlen(struct child, &f->children,
			    nchildren(f) - 1);
			break;
		}
}

static void
take(struct forker *f, const struct frame *fr)
{
	switch (fr->type) {
	case FORKER_START: start(f, fr, stream_takefd(&f->s)); break;
	case FORKER_RUN: start_runner(f, fr, stream_takefd(&f->s)); break;
	case FORKER_KILL: stop(f, fr->tag); break;
	case FORKER_RELOAD:
		run_reload(f->conf);
		lookup_stop(&f->lookup);
		break;
	default: strerr_dief(111, "unknown request");
	}
}

/* The end of the socket is the end of pneu-lspawn: the workers see theirs
 * end too. */
static void
take_all(struct forker *f)
{
	struct frame fr;
	int r;

	if (stream_fill(&f->s) < 0)
		_exit(0);
	while ((r = stream_next(&f->s, &fr)) > 0)
		take(f, &fr);
	if (r < 0)
		strerr_dief(111, "malformed request");
}

static void
signals(struct forker *f)
{
	int sig;

	while ((sig = selfpipe_read()) > 0)
		if (sig == SIGCHLD)
			reap(f);
}

void
forker_run(struct conf *c, int sock, int devnull)
{
	struct stream zero = STREAM_ZERO;
	struct forker f = { .conf = c, .devnull = devnull,
	    .lookup = LOOKUP_ZERO, .children = GENALLOC_ZERO };

	f.s = zero;
	stream_open(&f.s, sock);
	f.sig = selfpipe_init();
	if (f.sig < 0 || selfpipe_trap(SIGCHLD) < 0 ||
	    selfpipe_trap(SIGTERM) < 0 || selfpipe_trap(SIGHUP) < 0)
		strerr_diefusys(111, "trap signals");
	for (;;) {
		iopause_fd x[2] = {
			{ .fd = f.sig, .events = IOPAUSE_READ },
			{ .fd = f.s.fd, .events = stream_events(&f.s) }
		};

		if (iopause(x, 2, 0, 0) < 0)
			strerr_diefusys(111, "poll");
		if (x[0].revents)
			signals(&f);
		if (x[1].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			take_all(&f);
		stream_flush(&f.s);
	}
}
