#include <skalibs/nonposix.h>

#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>

#define PROGRAM "bin/pneu-smtpd"

static void
back_off(struct worker *w)
{
	w->wait = w->wait ? 2 * w->wait : WORKER_FIRST_S;
	if (w->wait > WORKER_LAST_S)
		w->wait = WORKER_LAST_S;
	tain_addsec_g(&w->due, (int)w->wait);
}

/* In the child. What we have open is closed on exec, but for 1 and 2. */
static void
become(int fd)
{
	static char *argv[] = { (char *)(size_t)"pneu-smtpd", 0 };

	selfpipe_finish();
	sig_blocknone();
	unsetenv("PNEU_NOTIFY");
	if (fd_move(0, fd) < 0 || uncoe(0) < 0)
		strerr_diefusys(111, "move a descriptor");
	execv(PROGRAM, argv);
	strerr_diefusys(111, "run ", PROGRAM);
}

int
worker_start(struct worker *w)
{
	int sv[2], e;
	pid_t pid;

	w->started = STAMP;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0) {
		back_off(w);
		return -1;
	}
	coe(sv[0]);
	coe(sv[1]);
	pid = fork();
	if (!pid)
		become(sv[1]);
	e = errno;
	close(sv[1]);
	if (pid < 0) {
		close(sv[0]);
		back_off(w);
		return (errno = e, -1);
	}
	w->pid = pid;
	w->n = 0;
	stream_open(&w->s, sv[0]);
	return 1;
}

void
worker_died(struct worker *w)
{
	tain well;

	stream_close(&w->s);
	w->pid = 0;
	w->n = 0;
	tain_addsec(&well, &w->started, WORKER_WELL_S);
	if (tain_future(&well)) {
		back_off(w);
		return;
	}
	w->wait = 0;
	w->due = STAMP;
}

void
worker_finish(struct worker *w)
{
	if (w->s.fd < 0)
		return;
	frame_put(&w->s.out, 'Z', 0, "", 0);
	stream_flush(&w->s);
}
