#include <skalibs/nonposix.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "deliver/work.h"

#define USAGE "pneu-local [-H host] [-m maildir | -v] directory"

/* What pneu-lspawn's workers do, on 0 and 1, as who calls it. */

int
main(int argc, char *const *argv)
{
	struct place p = { .maildir = "Maildir", .relay = "local" };
	subgetopt l = SUBGETOPT_ZERO;
	char host[256] = "";
	int opt;

	PROG = "pneu-local";
	if (gethostname(host, sizeof host - 1) < 0)
		strerr_diefusys(111, "get the host's name");
	p.host = host;
	while ((opt = subgetopt_r(argc, (const char *const *)argv, "H:m:v",
	    &l)) != -1)
		switch (opt) {
		case 'H': p.host = l.arg; break;
		case 'm': p.maildir = l.arg; break;
		case 'v':
			p.maildir = 0;
			p.relay = "virtual";
			break;
		default: strerr_dieusage(100, USAGE);
		}
	if (argc - l.ind != 1 || argv[l.ind][0] != '/')
		strerr_dieusage(100, USAGE);
	p.home = argv[l.ind];
	signal(SIGPIPE, SIG_IGN);
	if (work_run(&p, 0, 0, 1) < 0)
		strerr_diefusys(111, "go on");
	return 0;
}
