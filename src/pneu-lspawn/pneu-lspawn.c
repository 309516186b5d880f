#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>

#include "pneu-lspawn/crew.h"
#include "pneu-lspawn/forker.h"
#include "run/log.h"
#include "run/pause.h"
#include "run/service.h"

#define STOP_S 20		/* for deliveries under way at SIGTERM */

struct lspawn {
	struct conf conf;
	struct hand hand;
	struct crew crew;
	genalloc x;		/* of iopause_fd */
	int sig, stopping;
	tain end;
};

/* The forking process keeps root; we, who see mail and orders, need no
 * right at all. Returns our end of the socket between the two. */
static int
fork_forker(struct conf *c)
{
	int devnull = open("/dev/null", O_RDWR | O_CLOEXEC), fd[2];
	pid_t pid;

	if (devnull < 0)
		strerr_diefusys(111, "open /dev/null");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0 ||
	    coe(fd[0]) < 0 || coe(fd[1]) < 0)
		strerr_diefusys(111, "make a socket");
	pid = fork();
	if (pid < 0)
		strerr_diefusys(111, "fork");
	if (!pid) {
		close(fd[0]);
		run_become(c, "pneu-lspawn");
		forker_run(c, fd[1], devnull);
	}
	close(fd[1]);
	close(devnull);
	return fd[0];
}

/* The directory of the virtual mailboxes, if it is not there: where there are
 * none of them mail for root and postmaster is put there all the same, by
 * admin_mailbox. How one that exists looks is the admin's. */
static void
make_base(const struct conf *c)
{
	const char *base = conf_str(c, virtual_mailbox_base);
	uid_t uid;
	gid_t gid;

	if (mkdir(base, 0700) < 0) {
		if (errno != EEXIST)	/* users' mail does not need it */
			log_warnsys("unable to make ", base);
		return;
	}
	run_user(c, conf_str(c, virtual_user), &uid, &gid);
	if (chown(base, uid, gid) < 0)
		strerr_diefusys(111, "chown ", base);
}

/* As many letters and processes as the hard limit allows. */
static void
raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static void
start(struct lspawn *l)
{
	int listenfd, forker, isroot = geteuid() == 0;

	run_init("pneu-lspawn", &l->conf);
	make_base(&l->conf);
	listenfd = run_bind(&l->conf, "lspawn", "lspawn", "pneus");
	forker = fork_forker(&l->conf);
	raise_limit();
	run_become(&l->conf, "pneu-lspawn-front");
	hand_init(&l->hand, listenfd);
	crew_init(&l->crew, &l->hand, &l->conf, forker, isroot);
	l->sig = selfpipe_init();
	if (l->sig < 0 || selfpipe_trap(SIGTERM) < 0 ||
	    selfpipe_trap(SIGHUP) < 0)
		strerr_diefusys(111, "trap signals");
	run_ready();
}

static void
signals(struct lspawn *l)
{
	int sig;

	while ((sig = selfpipe_read()) > 0) {
		if (sig == SIGHUP && run_reload(&l->conf))
			crew_reload(&l->crew);
		if (sig == SIGTERM && !l->stopping) {
			hand_stop(&l->hand);
			tain_addsec_g(&l->end, STOP_S);
			l->stopping = 1;
		}
	}
}

/* Wait, then take in what there is. */
static void
wait_for(struct lspawn *l)
{
	size_t n = 1 + HAND_FDS + crew_nfds(&l->crew);
	iopause_fd *x;
	tain t;

	if (!genalloc_ready(iopause_fd, &l->x, n))
		strerr_diefusys(111, "wait");
	x = genalloc_s(iopause_fd, &l->x);
	x[0].fd = l->sig;
	x[0].events = IOPAUSE_READ;
	hand_iopause(&l->hand, x + 1);
	crew_iopause(&l->crew, x + 1 + HAND_FDS);
	crew_deadline(&l->crew, &t);
	if (l->stopping && tain_less(&l->end, &t))
		t = l->end;
	if (run_pause(x, (unsigned int)n, &t) < 0)
		strerr_diefusys(111, "wait");
	if (x[0].revents)
		signals(l);
	crew_io(&l->crew, x + 1 + HAND_FDS);
	hand_io(&l->hand, x + 1, &l->conf);
}

static int
isdone(const struct lspawn *l)
{
	return l->stopping && (!tain_future(&l->end) ||
	    (!l->hand.open && !hand_pending(&l->hand)));
}

int
main(void)
{
	static struct lspawn l;
	struct hand_order *o;

	tain_now_set_stopwatch_g();
	start(&l);
	while (!isdone(&l)) {
		wait_for(&l);
		while ((o = hand_next(&l.hand)))
			crew_take(&l.crew, o);
		crew_work(&l.crew);
		hand_flush(&l.hand);
	}
	return 0;
}
