#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/stralloc.h>

#include "pneu-import/import.h"
#include "pneu-import/plan.h"
#include "pneu-import/source.h"

#define USAGE "pneu-import [-o home] [-r root] [-n name] " \
	"postfix | qmail | sendmail [directory]"

/* Whose configurations we read, and where they lie. */
static const struct {
	const char *name, *base;
	import_read *read;
} kinds[] = {
	{ "postfix", "/etc/postfix", import_postfix },
	{ "qmail", "/var/qmail", import_qmail },
	{ "sendmail", "/etc/mail", import_sendmail },
};

struct options {
	const char *home, *root, *host;
};

static int
options(int argc, const char *const *argv, struct options *o)
{
	subgetopt l = SUBGETOPT_ZERO;
	int opt;

	while ((opt = subgetopt_r(argc, argv, "o:r:n:", &l)) >= 0)
		switch (opt) {
		case 'o': o->home = l.arg; break;
		case 'r': o->root = l.arg; break;
		case 'n': o->host = l.arg; break;
		default: strerr_dieusage(100, USAGE);
		}
	return l.ind;
}

/* What is so whoever was there before. */
static void
always(struct plan *p)
{
	static const struct origin at = { "pneu's min_uid", 0, 0 };

	plan_tell(p, &at, "users of the system itself (daemon, www-data)",
	    "get no mail: aliases are for them");
}

/* The name of this host, as those three find it. */
static const char *
host_name(void)
{
	static char s[256];

	if (gethostname(s, sizeof s - 1) < 0 || !*s)
		return "localhost.localdomain";
	return strchr(s, '.') ? s : str_cat(s, ".localdomain");
}

static void
tell(const struct plan *p, const char *home)
{
	stralloc sa = STRALLOC_ZERO;

	plan_report(p, 0, &sa);
	allwrite(2, sa.s, sa.len);
	if (p->lost)
		strerr_warnw(home, "/etc is written; what has no counterpart "
		    "is told above, and with notes on the rest in ", home,
		    "/import.report");
}

int
main(int argc, const char *const *argv)
{
	struct options o = { "pneu-imported", "", 0 };
	struct plan p = PLAN_ZERO;
	struct source src;
	size_t i, n = sizeof kinds / sizeof kinds[0];

	PROG = "pneu-import";
	umask(022);
	i = (size_t)options(argc, argv, &o);
	argc -= (int)i;
	argv += i;
	for (i = 0; argc && i < n; i++)
		if (!strcmp(kinds[i].name, argv[0]))
			break;
	if (argc < 1 || argc > 2 || i == n)
		strerr_dieusage(100, USAGE);
	src.base = kinds[i].base;
	src.root = o.root;
	src.dir = argc > 1 ? argv[1] : str_cat(o.root, src.base);
	if (!kinds[i].read(&p, &src, o.host ? o.host : host_name()))
		strerr_dief(100, "no configuration of ", kinds[i].name,
		    " in ", src.dir);
	always(&p);
	plan_write(&p, o.home, str_cat("# Made by pneu-import from ", src.dir,
	    ".\n"));
	tell(&p, o.home);
	return p.lost ? 1 : 0;
}
