#include <skalibs/nonposix.h>

#include "pneu-lspawn/lookup.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>

#include "pneu-lspawn/closeall.h"
#include "pneu-lspawn/known.h"
#include "run/log.h"

#define NOBODY 65534

/* Both ends are this program, so these go as they lie in memory. */
struct question {
	uint32_t serial;
	char user[LOOKUP_USER_OCTETS + 1];
};

struct answer {
	uint32_t serial;
	int found;
	struct who who;
};

int
who_look_up(struct who *w, const char *user, int withgroups)
{
	struct passwd *pw;
	int n = LOOKUP_GROUPS;

	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		return errno && errno != ENOENT && errno != ESRCH ? -1 : 0;
	if (strlen(pw->pw_dir) > LOOKUP_HOME_OCTETS)
		return (errno = ERANGE, -1);
	w->uid = pw->pw_uid;
	w->gid = pw->pw_gid;
	strcpy(w->home, pw->pw_dir);
	w->shell[0] = 0;
	if (strlen(pw->pw_shell) <= LOOKUP_SHELL_OCTETS)
		strcpy(w->shell, pw->pw_shell);
	w->ngroups = -1;
	if (!withgroups)
		return 1;
	if (getgrouplist(user, w->gid, w->groups, &n) < 0)
		return (errno = ERANGE, -1);
	w->ngroups = n;
	return 1;
}

static uint64_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec;
}

static int
recall(struct known *k, struct who *w, const char *user)
{
	int found;

	if (known_get(k, w, user, seconds()))
		return 1;
	alarm(LOOKUP_S);
	found = who_look_up(w, user, 1);
	alarm(0);
	if (found == 1)
		known_put(k, w, user, seconds());
	return found;
}

/* The process: without rights, with nothing but its socket and the log. It
 * is asked one question at a time. */
static void
serve(int fd, int keep)
{
	static struct known known;
	struct question q;
	struct answer a;

	selfpipe_finish();
	signal(SIGALRM, SIG_DFL);
	if (dup2(fd, 0) < 0 || dup2(0, 1) < 0 || (keep != 2 &&
	    dup2(keep, 2) < 0))
		_exit(111);
	close_all(3);
	if (geteuid() == 0 && (setgroups(0, 0) < 0 || setgid(NOBODY) < 0 ||
	    setuid(NOBODY) < 0))
		_exit(111);
	memset(&a, 0, sizeof a);
	while (recv(0, &q, sizeof q, 0) == (ssize_t)sizeof q) {
		a.serial = q.serial;
		a.found = recall(&known, &a.who, q.user);
		if (send(1, &a, sizeof a, 0) < 0)
			break;
	}
	_exit(0);
}

static int
start(struct lookup *l, int keep)
{
	int fd[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) < 0)
		return 0;
	pid = coe(fd[0]) < 0 ? -1 : fork();
	if (!pid)
		serve(fd[1], keep);
	close(fd[1]);
	if (pid < 0) {
		close(fd[0]);
		return 0;
	}
	l->fd = fd[0];
	l->answered = l->asked;
	return 1;
}

void
lookup_stop(struct lookup *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

static int
stop(struct lookup *l)
{
	log_warn("the process that looks users up has ended");
	lookup_stop(l);
	return 0;
}

/* Take the answer to the last question, waiting that long. Returns 1; 0. */
static int
take(struct lookup *l, struct answer *a, int ms)
{
	struct pollfd x = { .fd = l->fd, .events = POLLIN };

	if (poll(&x, 1, ms) <= 0)
		return 0;
	if (recv(l->fd, a, sizeof *a, MSG_DONTWAIT) != (ssize_t)sizeof *a)
		return stop(l);
	l->answered = a->serial;
	return l->answered == l->asked;
}

int
lookup_ask(struct lookup *l, const char *user, struct who *w, int keep)
{
	struct question q;
	struct answer a;

	if (l->fd >= 0 && l->answered != l->asked && !take(l, &a, 0) &&
	    l->fd >= 0)
		return 0;	/* it is still at an earlier one */
	if (l->fd < 0 && !start(l, keep))
		return 0;
	memset(&q, 0, sizeof q);
	q.serial = ++l->asked;
	strncpy(q.user, user, LOOKUP_USER_OCTETS);
	if (send(l->fd, &q, sizeof q, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return stop(l);
	if (!take(l, &a, LOOKUP_PATIENCE_MS) || a.found != 1)
		return 0;
	*w = a.who;
	return 1;
}
