#include <skalibs/nonposix.h>

#include "deliver/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sig.h>

#include "run/sysexits.h"

#define WORDS 256
#define READS 16		/* at a time: somebody may write without end */

extern char **environ;

static int
isplain(const char *s)
{
	for (; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= '0' && *s <= '9') || strchr(" \t_@%+:,./-", *s)))
			return 0;
	return 1;
}

/* Divide line into words. Returns 1, or 0 if they are too many or none. */
static int
words(char *line, char **argv)
{
	size_t n = 0;
	char *s;

	for (s = strtok(line, " \t"); s; s = strtok(0, " \t")) {
		if (n == WORDS)
			return 0;
		argv[n++] = s;
	}
	argv[n] = 0;
	return n > 0;
}

/* The system's fault, not the command's: later, by either table. */
#define SYSTEM_FAULT EX_TEMPFAIL

static void
cannot(const char *what)
{
	const char *why = strerror(errno);

	allwrite(2, what, strlen(what));
	allwrite(2, ": ", 2);
	allwrite(2, why, strlen(why));
	_exit(SYSTEM_FAULT);
}

/* Without a shell if it needs none; what is not found may be of the shell's
 * own. What cannot be run may be there again later, as with Postfix: it is
 * just being upgraded, or its file system is not mounted. */
static void
run(const char *line, int shell)
{
	char *copy = strdup(line), *argv[WORDS + 1];

	if (!shell && copy && isplain(line) && words(copy, argv)) {
		execvp(argv[0], argv);
		if (errno != ENOENT || strchr(argv[0], '/'))
			cannot(argv[0]);
	}
	execl("/bin/sh", "sh", "-c", line, (char *)0);
	cannot("/bin/sh");
}

static void
plain_signals(void)
{
	int i;

	selfpipe_finish();
	for (i = 1; i < NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP)
			signal(i, SIG_DFL);
	sig_blocknone();
}

/* In the child. exec drops a saved group by itself, but nothing is left to
 * chance; the descriptors of ours are close-on-exec. */
static void
child(const char *line, int shell, char *const *envp, int in, int out)
{
	plain_signals();
	setsid();
#ifdef __linux__
	/* if pneu-lspawn kills us for our silence it would go on unseen */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setresgid(getgid(), getgid(), getgid()) < 0)
		_exit(SYSTEM_FAULT);
#endif
	if (lseek(in, 0, SEEK_SET) < 0 || dup2(in, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(SYSTEM_FAULT);
	umask(077);
	environ = (char **)envp;
	run(line, shell);
}

int
command_start(struct command *c, const char *line, int shell,
    char *const *envp, int in, uint64_t end)
{
	int fd[2], e;

	if (pipenbcoe(fd) < 0)
		return -1;
	c->pid = ndelay_off(fd[1]) < 0 ? -1 : fork();
	if (!c->pid)
		child(line, shell, envp, in, fd[1]);
	e = errno;
	close(fd[1]);
	if (c->pid < 0) {
		close(fd[0]);
		c->pid = 0;
		return (errno = e, -1);
	}
	c->fd = fd[0];
	c->status = c->ended = c->late = 0;
	c->end = end;
	c->out.len = 0;
	return 0;
}

void
command_read(struct command *c)
{
	char s[4096];
	ssize_t r;
	size_t n;
	int i;

	for (i = 0; c->fd >= 0 && i < READS; i++) {
		r = read(c->fd, s, sizeof s);
		if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			close(c->fd);
			c->fd = -1;
			return;
		}
		n = COMMAND_OUTPUT_OCTETS - c->out.len;
		if ((size_t)r < n)
			n = (size_t)r;
		if (n && !stralloc_catb(&c->out, s, n))
			continue;	/* less of it is kept */
	}
}

/* Its own children may live on and hold its output open: that is not waited
 * for. */
void
command_check(struct command *c, uint64_t now)
{
	if (waitpid(c->pid, &c->status, WNOHANG) == c->pid) {
		command_read(c);
		c->ended = 1;
	} else if (!c->late && now >= c->end) {
		c->late = 1;
		kill(-c->pid, SIGKILL);
		kill(c->pid, SIGKILL);
	}
}

void
command_close(struct command *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->pid = 0;
}
