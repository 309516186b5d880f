#include <skalibs/nonposix.h>

#include "pneu-lspawn/lookup.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>

#include "pneu-lspawn/closeall.h"
#include "pneu-lspawn/known.h"
#include "run/log.h"
#include "run/now.h"

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

static int
recall(struct known *k, struct who *w, const char *user)
{
	int found;

	if (known_get(k, w, user, now_ms() / 1000))
		return 1;
	alarm(LOOKUP_S);
	found = who_look_up(w, user, 1);
	alarm(0);
	if (found == 1)
		known_put(k, w, user, now_ms() / 1000);
	return found;
}

/* A question or, only from who started us, another asker, with the octet
 * that its socket comes with. Returns octets read; 0 or less at the end. */
static ssize_t
hear(int fd, struct question *q, int *asker)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec v = { .iov_base = q, .iov_len = sizeof *q };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
	    .msg_control = control.space,
	    .msg_controllen = sizeof control.space };
	struct cmsghdr *c;
	ssize_t r = recvmsg(fd, &m, 0);

	*asker = -1;
	c = r > 0 ? CMSG_FIRSTHDR(&m) : 0;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(asker, CMSG_DATA(c), sizeof *asker);
	return r;
}

/* x[i] has asked. Returns 0 if it has ended. */
static int
answer(struct known *k, int fd, const struct question *q)
{
	static struct answer a;

	a.serial = q->serial;
	a.found = recall(k, &a.who, q->user);
	return send(fd, &a, sizeof a, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* One turn: a question of each asker who has one. x[0] is who started us:
 * without him we end. Returns askers. */
static nfds_t
turn(struct known *k, struct pollfd *x, nfds_t n)
{
	struct question q;
	nfds_t i, have = n;
	int asker;

	if (poll(x, n, -1) < 0)
		return n;
	for (i = n; i-- > 0; ) {
		ssize_t r = x[i].revents ? hear(x[i].fd, &q, &asker) : -2;

		if (r == -2)
			continue;
		if (asker >= 0 && (i || have == LOOKUP_ASKERS))
			close(asker);
		else if (asker >= 0) {
			x[have].fd = asker;
			x[have++].events = POLLIN;
		}
		if ((r != 1 || i) && (r != (ssize_t)sizeof q ||
		    !answer(k, x[i].fd, &q))) {
			if (!i)
				_exit(0);
			close(x[i].fd);
			x[i] = x[--have];
		}
	}
	return have;
}

/* The process: without rights, with nothing but its sockets and the log. It
 * is asked one question at a time. */
static void
serve(int fd, int keep)
{
	static struct known known;
	struct pollfd x[LOOKUP_ASKERS] = { { .fd = 0, .events = POLLIN } };
	nfds_t n = 1;

	selfpipe_finish();
	signal(SIGALRM, SIG_DFL);
	if (dup2(fd, 0) < 0 || dup2(0, 1) < 0 || (keep != 2 &&
	    dup2(keep, 2) < 0))
		_exit(111);
	close_all(3);
	if (geteuid() == 0 && (setgroups(0, 0) < 0 || setgid(WHO_NOBODY) < 0 ||
	    setuid(WHO_NOBODY) < 0))
		_exit(111);
	for (;;)
		n = turn(&known, x, n);
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
	if (l->fd < 0 && (keep < 0 || !start(l, keep)))
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

int
lookup_share(struct lookup *l, int keep)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char octet = 0;
	struct iovec v = { .iov_base = &octet, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
	    .msg_control = control.space,
	    .msg_controllen = sizeof control.space };
	int fd[2];
	ssize_t r;

	if (l->fd < 0 && !start(l, keep))
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) < 0)
		return -1;
	memset(&control, 0, sizeof control);
	control.h.cmsg_level = SOL_SOCKET;
	control.h.cmsg_type = SCM_RIGHTS;
	control.h.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.h), &fd[1], sizeof(int));
	r = sendmsg(l->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd[1]);
	if (r == 1 && coe(fd[0]) == 0)
		return fd[0];
	close(fd[0]);
	return r == 1 || errno == EAGAIN ? -1 : (stop(l), -1);
}
