#include <skalibs/nonposix.h>

#include "pneu-auth/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "run/log.h"

/* The half that starts checkpassword programs: it has pneuc's rights, and no
 * jail, for what the program needs is not known. */

#define ARGUMENTS 64
#define ASKED_OCTETS 512	/* of user, password and time: the interface
				 * has no more */

struct child {
	pid_t pid;		/* 0: free */
	uint32_t id;
	tain until;
	int late;
};

struct runner {
	char *argv[ARGUMENTS + 1];
	struct stream s;
	int signals;
	struct child children[RUNNING];
};

static void
split(struct runner *r, const char *command)
{
	char *copy = strdup(command), *word;
	size_t n = 0;

	if (!copy)
		strerr_diefusys(111, "allocate");
	for (word = strtok(copy, " \t"); word && n < ARGUMENTS;
	    word = strtok(0, " \t"))
		r->argv[n++] = word;
	r->argv[n] = 0;
	if (!n)
		strerr_dief(100, "setting smtpd_sasl_path: no program");
}

/* In the child. */
static void
become(struct runner *r, int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	selfpipe_finish();
	sig_blocknone();
	sig_restore(SIGPIPE);
	setpgid(0, 0);
	unsetenv("PNEU_NOTIFY");
	if (fd == 3 ? uncoe(3) < 0 : fd_move(3, fd) < 0)
		strerr_diefusys(111, "move a descriptor");
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		strerr_diefusys(111, "open /dev/null");
	execvp(r->argv[0], r->argv);
	strerr_diefusys(111, "run ", r->argv[0]);
}

static int
start(struct runner *r, struct child *c, const struct frame *f)
{
	int p[2];

	if (pipe(p) < 0)
		return -1;
	coe(p[0]);
	coe(p[1]);
	/* a pipe takes that at once */
	if (write(p[1], f->s, f->n) != (ssize_t)f->n)
		c->pid = -1;
	else if (!(c->pid = fork()))
		become(r, p[0]);
	close(p[0]);
	close(p[1]);
	if (c->pid < 0)
		return (c->pid = 0, -1);
	c->id = f->tag;
	c->late = 0;
	tain_addsec_g(&c->until, PROGRAM_S);
	return 0;
}

static void
say(struct runner *r, uint32_t id, char what)
{
	if (!frame_put(&r->s.out, 'E', id, &what, 1))
		_exit(111);
}

static void
hear(struct runner *r)
{
	struct frame f;
	size_t i;

	if (stream_fill(&r->s) < 0)
		_exit(0);	/* the other half has ended */
	while (stream_next(&r->s, &f) > 0) {
		if (f.n > ASKED_OCTETS) {	/* that is nobody */
			say(r, f.tag, 'n');
			continue;
		}
		for (i = 0; i < RUNNING && r->children[i].pid; i++)
			;
		if (i == RUNNING || start(r, r->children + i, &f) < 0) {
			log_warnsys("unable to start ", r->argv[0]);
			say(r, f.tag, 't');
		}
	}
	if (r->s.in.s)
		hash_wipe(r->s.in.s, r->s.in.len);
}

/* Exit 0: it is he. 1: it is not. All else is for another time. */
static void
ended(struct runner *r, struct child *c, int status)
{
	char n[UINT_FMT];

	c->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) <= 1 && !c->late) {
		say(r, c->id, WEXITSTATUS(status) ? 'n' : 'y');
		return;
	}
	n[uint_fmt(n, (unsigned int)(WIFEXITED(status) ?
	    WEXITSTATUS(status) : WTERMSIG(status)))] = 0;
	log_warn(r->argv[0], c->late ? ": took too long" :
	    WIFEXITED(status) ? ": exit " : ": signal ", c->late ? "" : n);
	say(r, c->id, 't');
}

static void
reap(struct runner *r)
{
	int status, sig;
	size_t i;
	pid_t pid;

	while ((sig = selfpipe_read()) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < RUNNING; i++)
			if (r->children[i].pid == pid) {
				ended(r, r->children + i, status);
				break;
			}
}

/* End who takes too long; *next is when the next would. */
static void
watch(struct runner *r, tain *next)
{
	size_t i;

	tain_addsec_g(next, 3600);
	for (i = 0; i < RUNNING; i++) {
		struct child *c = r->children + i;

		if (!c->pid || c->late)
			continue;
		if (!tain_future(&c->until)) {
			c->late = 1;
			kill(-c->pid, SIGKILL);
			kill(c->pid, SIGKILL);
		} else if (tain_less(&c->until, next))
			*next = c->until;
	}
}

void
runner(const char *command, int fd)
{
	static struct runner r;
	struct rlimit none = { 0, 0 };
	iopause_fd x[2];
	tain next;

	r.s = (struct stream)STREAM_ZERO;
	split(&r, command);
	stream_open(&r.s, fd);
	setrlimit(RLIMIT_CORE, &none);
	selfpipe_finish();
	r.signals = selfpipe_init();
	if (r.signals < 0 || !selfpipe_trap(SIGCHLD))
		strerr_diefusys(111, "trap signals");
	tain_now_set_stopwatch_g();
	for (;;) {
		watch(&r, &next);
		x[0].fd = r.signals;
		x[0].events = IOPAUSE_READ;
		x[1].fd = r.s.fd;
		x[1].events = stream_events(&r.s);
		if (iopause_g(x, 2, &next) < 0)
			strerr_diefusys(111, "iopause");
		if (x[0].revents)
			reap(&r);
		if (x[1].revents)
			hear(&r);
		if (stream_pending(&r.s) && stream_flush(&r.s) < 0)
			_exit(0);
	}
}
