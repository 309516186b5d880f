#include "spawn/crew.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

int
crew_due(const struct crew *c, uint64_t now)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!c->seat[i].pid && c->seat[i].due <= now)
			return (int)i;
	return -1;
}

int64_t
crew_wait(const struct crew *c, uint64_t now)
{
	int64_t wait = -1;
	size_t i;

	for (i = 0; i < c->n; i++) {
		const struct crew_seat *s = c->seat + i;
		int64_t left = s->due <= now ? 0 : (int64_t)(s->due - now);

		if (!s->pid && (wait < 0 || left < wait))
			wait = left;
	}
	return wait;
}

void
crew_started(struct crew *c, size_t i, pid_t pid, uint64_t now)
{
	c->seat[i].pid = pid;
	c->seat[i].since = now;
}

int
crew_ended(struct crew *c, pid_t pid, int status, uint64_t now)
{
	struct crew_seat *s;
	size_t i;

	for (i = 0; i < c->n && c->seat[i].pid != pid; i++)
		;
	if (i == c->n)
		return -1;
	s = c->seat + i;
	s->pid = 0;
	s->due = now;
	if ((WIFEXITED(status) && !WEXITSTATUS(status)) ||
	    now - s->since >= CREW_EARLY_MS) {
		s->wait = 0;
		return (int)i;
	}
	s->wait = s->wait ? s->wait * 2 : CREW_WAIT_MS;
	if (s->wait > CREW_WAIT_MAX_MS)
		s->wait = CREW_WAIT_MAX_MS;
	s->due = now + s->wait;
	return (int)i;
}

size_t
crew_alive(const struct crew *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++)
		n += c->seat[i].pid != 0;
	return n;
}

void
crew_kill(const struct crew *c, int sig)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->seat[i].pid)
			kill(c->seat[i].pid, sig);
}

pid_t
crew_fork(void)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD,
	    SIGALRM, SIGUSR1, SIGUSR2 };
	pid_t parent = getpid(), pid = fork();
	sigset_t none;
	size_t i;

	if (pid)
		return pid;
	for (i = 0; i < sizeof caught / sizeof caught[0]; i++)
		signal(caught[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, 0);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (getppid() != parent)
		_exit(0);
	return 0;
}
