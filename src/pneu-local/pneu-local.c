#include <skalibs/nonposix.h>

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "deliver/work.h"

#define USAGE "pneu-local [-b mbox | -m maildir | -v] [-c command] " \
    "[-f forward_path] [-H host] [-t seconds] directory"
#define FORWARD_PATH "$home/.forward${recipient_delimiter}${extension}, " \
    "$home/.forward"

/* What pneu-lspawn's workers do, on 0 and 1, as who calls it. */

/* Who we are; a uid without a name is called by its number. */
static void
who(struct place *p)
{
	static char name[256];
	struct passwd *pw;

	errno = 0;
	pw = getpwuid(getuid());
	if (!pw && errno && errno != ENOENT && errno != ESRCH)
		strerr_diefusys(111, "look up who we are");
	if (pw && strlen(pw->pw_name) < sizeof name)
		strcpy(name, pw->pw_name);
	else
		name[uid_fmt(name, getuid())] = 0;
	p->user = name;
	p->shell = "/bin/sh";
}

int
main(int argc, char *const *argv)
{
	struct place p = { .maildir = "Maildir", .relay = "local",
	    .forward_path = FORWARD_PATH, .limit_ms = 270000,
	    .box = { BOXLOCK_FCNTL | BOXLOCK_DOT, 0, MBOX_NOGID } };
	subgetopt l = SUBGETOPT_ZERO;
	char host[256] = "";
	uint64_t s;
	int opt;

	PROG = "pneu-local";
	if (gethostname(host, sizeof host - 1) < 0)
		strerr_diefusys(111, "get the host's name");
	p.host = host;
	while ((opt = subgetopt_r(argc, (const char *const *)argv,
	    "b:c:f:H:m:t:v", &l)) != -1)
		switch (opt) {
		case 'b':
			p.mbox = l.arg;
			p.maildir = 0;
			break;
		case 'c': p.command = l.arg; break;
		case 'f': p.forward_path = l.arg; break;
		case 'H': p.host = l.arg; break;
		case 'm': p.maildir = l.arg; break;
		case 't':
			if (!uint640_scan(l.arg, &s))
				strerr_dieusage(100, USAGE);
			p.limit_ms = s * 1000;
			break;
		case 'v':
			p.maildir = 0;
			p.relay = "virtual";
			break;
		default: strerr_dieusage(100, USAGE);
		}
	if (argc - l.ind != 1 || argv[l.ind][0] != '/')
		strerr_dieusage(100, USAGE);
	p.home = argv[l.ind];
	if (!place_isvirtual(&p))
		who(&p);
	signal(SIGPIPE, SIG_IGN);
	if (work_run(&p, 0, 0, 1) < 0)
		strerr_diefusys(111, "go on");
	return 0;
}
