#include "pneu-router/pneu-router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "run/service.h"

#define ARGS 64			/* of a word */

#define USAGE "pneu queue | show ID | retry [ID] | hold ID|ALL | " \
	"release ID|ALL | delete ID|ALL | status | conf WORD | log"

/* What each word stands for: a program, and what stands before the rest. */
static const struct word {
	const char *word;
	int (*run)(int, char **);
	const char *argv[2];
} known[] = {
	{ "queue", applet_pneu_q, { "pneu-q", "list" } },
	{ "list", applet_pneu_q, { "pneu-q", "list" } },
	{ "show", applet_pneu_q, { "pneu-q", "show" } },
	{ "retry", applet_pneu_q, { "pneu-q", "retry" } },
	{ "hold", applet_pneu_q, { "pneu-q", "hold" } },
	{ "release", applet_pneu_q, { "pneu-q", "release" } },
	{ "delete", applet_pneu_q, { "pneu-q", "delete" } },
	{ "status", applet_pneu_q, { "pneu-q", "status" } },
	{ "conf", applet_pneu_conf, { "pneu-conf", 0 } },
};

/* The home is over the directory we were called in, if it looks like one. */
static void
find_home(const char *self)
{
	static char home[RUN_HOME_OCTETS];
	const char *slash = strrchr(self, '/');
	struct stat st;
	size_t n;

	if (getenv("PNEU_HOME") || !slash ||
	    (n = (size_t)(slash - self)) > sizeof home - 8)
		return;
	memcpy(home, self, n);
	memcpy(home + n, "/../etc", 8);
	if (stat(home, &st) < 0 || !S_ISDIR(st.st_mode))
		return;
	home[n + 3] = 0;
	if (chdir(home) == 0 && getcwd(home, sizeof home))
		setenv("PNEU_HOME", home, 1);
}

/* In a process of its own: are the settings that are in force the latest? */
static void
say_fresh(void)
{
	char *argv[] = { (char *)"pneu-conf", (char *)"fresh", 0 };
	pid_t pid = fork();

	if (!pid)
		_exit(applet_pneu_conf(2, argv));
	if (pid > 0)
		waitpid(pid, 0, 0);
}

/* The end of the log. */
static int
show_log(void)
{
	char *argv[] = { (char *)"tail", (char *)"-n", (char *)"50",
	    (char *)run_path("log/current"), 0 };

	execvp(argv[0], argv);
	strerr_diefusys(111, "run ", argv[0]);
}

int
words(int argc, char **argv)
{
	char *args[ARGS + 3];
	size_t i, n = 0;

	PROG = "pneu";
	if (argc < 2 || argc > ARGS)
		strerr_dieusage(100, USAGE);
	find_home(argv[0]);
	if (!strcmp(argv[1], "log"))
		return show_log();
	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (!strcmp(known[i].word, argv[1]))
			break;
	if (i == sizeof known / sizeof known[0])
		strerr_dieusage(100, USAGE);
	while (n < 2 && known[i].argv[n]) {
		args[n] = (char *)known[i].argv[n];
		n++;
	}
	memcpy(args + n, argv + 2, (size_t)(argc - 1) * sizeof *args);
	if (!strcmp(argv[1], "status"))
		say_fresh();
	return known[i].run((int)n + argc - 2, args);
}
