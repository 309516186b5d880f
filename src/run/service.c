#include "run/service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/log.h"
#include "run/run-internal.h"

#define SETTINGS "etc/pneu.cdb"
#define SOURCE "etc/pneu.conf"

static int root;

int
run_isroot(void)
{
	return root;
}

/* Enter the home. A worker may not be allowed the way there that the one
 * who started it had as root: then it is there already. */
static void
enter(void)
{
	char cwd[RUN_HOME_OCTETS];
	int e;

	if (chdir(run_home()) == 0)
		return;
	e = errno;
	if (e == EACCES && getcwd(cwd, sizeof cwd) && !strcmp(cwd, run_home()))
		return;
	errno = e;
	strerr_diefusys(111, "chdir to ", run_home());
}

void
run_init(const char *prog, struct conf *c)
{
	PROG = prog;
	log_init(prog);
	root = geteuid() == 0;
	if (sig_ignore(SIGPIPE) < 0)
		strerr_diefusys(111, "ignore SIGPIPE");
	enter();
	if (conf_open(c, SETTINGS) < 0) {
		if (errno != ENOENT)
			strerr_diefusys(111, "read ", run_path(SETTINGS));
		/* what is meant is another thing than the defaults */
		if (access(SOURCE, F_OK) == 0)
			strerr_dief(111, run_path(SOURCE),
			    " is not compiled: pneu conf compile");
		if (conf_open(c, 0) < 0)
			strerr_diefusys(111, "take the default settings");
	}
}

int
run_reload(struct conf *c)
{
	struct conf fresh;

	if (conf_open(&fresh, SETTINGS) < 0) {
		log_warnsys("unable to read ", SETTINGS,
		    " anew, the settings stay as they were");
		return 0;
	}
	conf_close(c);
	*c = fresh;
	return 1;
}

void
run_ready(void)
{
	const char *s = getenv("PNEU_NOTIFY");
	unsigned int fd;

	if (!s || !uint0_scan(s, &fd))
		return;
	if (write((int)fd, "\n", 1) < 0)
		log_warnsys("unable to tell the supervisor that we serve");
	close((int)fd);
}
