#include "pneu-sendmail/tools.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pneu-sendmail/say.h"
#include "run/service.h"

static void run(const char *const *argv) __attribute__((noreturn));

static void
run(const char *const *argv)
{
	stralloc path = STRALLOC_ZERO;

	if (!stralloc_cats(&path, run_path("bin/")) ||
	    !stralloc_cats(&path, argv[0]) || !stralloc_0(&path))
		die(EX_TEMPFAIL, "out of memory", "");
	execv(path.s, (char *const *)argv);
	die(EX_UNAVAILABLE, "unable to run ", path.s);
}

/* A selection in pneu-q's words. */
static const char *
match_of(const struct flags_queue *q)
{
	stralloc sa = STRALLOC_ZERO;

	if (!stralloc_cats(&sa, q->no ? "!" : "") ||
	    !stralloc_cats(&sa, q->what == 'I' ? "id=" :
	    q->what == 'R' ? "rcpt=" : "sender=") ||
	    !stralloc_cats(&sa, q->text) || !stralloc_0(&sa))
		die(EX_TEMPFAIL, "out of memory", "");
	return sa.s;
}

void
tools_queue(const struct flags *f)
{
	const char *argv[5 + FLAGS_QUEUE] = { "pneu-q", "-S" };
	unsigned int n = 2, i;

	if (f->mode == MODE_FLUSH) {
		argv[n++] = "retry";
		if (f->nqueue)
			argv[n++] = "match";
		for (i = 0; i < f->nqueue; i++)
			argv[n++] = match_of(f->queue + i);
	} else {
		argv[n++] = f->mode == MODE_COUNT ? "count" : "list";
		if (f->json)
			argv[n++] = "--json";
	}
	run(argv);
}

int
tools_run(const char *const *argv)
{
	int status;
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);	/* a caller who ignores it would have
					 * us lose the status */
	pid = fork();
	if (!pid)
		run(argv);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die(EX_OSERR, "unable to run ", argv[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

/* pneu-conf exits with 100 and 111, which mean other things to sendmail's
 * callers. */
void
tools_conf(const struct flags *f)
{
	int status = tools_run((const char *const[]){ "pneu-conf",
	    f->mode == MODE_CHECK ? "check" : "aliases", 0 });

	_exit(status == 100 ? EX_CONFIG : status == 111 ? EX_TEMPFAIL :
	    status);
}

void
tools_smtpd(void)
{
	run((const char *const[]){ "pneu-smtpd", 0 });
}

void
tools_daemon(void)
{
	if (chdir(run_home()) < 0)
		die(EX_UNAVAILABLE, "mail system is not installed", "");
	if (run_connect("pub", "submit") < 0)
		die(EX_UNAVAILABLE, "the mail system does not run; its "
		    "supervisor starts it: s6-svscan, with a link to ",
		    run_path("service"));
	say_warning("the mail system runs already: its supervisor starts it",
	    "");
	_exit(0);
}
