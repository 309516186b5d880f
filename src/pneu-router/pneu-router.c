/* pneu-router: all that a null client needs, in one executable. What it is
 * called by, or its first argument, says which program it is. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "pneu-router/pneu-router.h"

#define USAGE "pneu-router -l | pneu-router NAME [ARGUMENT ...]"

static const struct applet {
	const char *name;
	int (*run)(int, char **);
} applets[] = {
#define X(name, fn) { name, fn },
	APPLETS(X)
	OTHER_NAMES(X)
#undef X
};
#define APPLETS_N (sizeof applets / sizeof applets[0])

static const struct applet *
find(const char *arg)
{
	const char *slash = strrchr(arg, '/');
	const char *name = slash ? slash + 1 : arg;
	size_t i;

	for (i = 0; i < APPLETS_N; i++)
		if (!strcmp(applets[i].name, name))
			return applets + i;
	return 0;
}

/* One name a line: each may be a link to us. */
static int
list(void)
{
	size_t i;

	for (i = 0; i < APPLETS_N; i++)
		if (write(1, applets[i].name, strlen(applets[i].name)) < 0 ||
		    write(1, "\n", 1) < 0)
			return 111;
	return 0;
}

int
main(int argc, char **argv)
{
	const struct applet *a = argc > 0 ? find(argv[0]) : 0;

	PROG = "pneu-router";
	if (!a && argc > 1) {
		if (!strcmp(argv[1], "-l"))
			return list();
		a = find(argv[1]);
		if (!a)
			strerr_dief(100, argv[1], ": no such program here; "
			    "pneu-router -l lists them");
		argc--;
		argv++;
	}
	if (!a)
		strerr_dieusage(100, USAGE);
	return a->run(argc, argv);
}
