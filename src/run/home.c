#include "run/service.h"

#include <stdlib.h>
#include <string.h>
#include <skalibs/strerr.h>
#include <skalibs/stralloc.h>

#include "run/home.h"

const char *
run_home(void)
{
	static char home[RUN_HOME_OCTETS];
	const char *s = getenv("PNEU_HOME");
	size_t n;

	if (home[0])
		return home;
	if (!s || !*s)
		s = RUN_HOME;
	n = strlen(s);
	while (n > 1 && s[n - 1] == '/')
		n--;
	if (s[0] != '/' || n >= sizeof home)
		strerr_dief(100, "PNEU_HOME is not an absolute path: ", s);
	memcpy(home, s, n);
	return home;
}

const char *
run_path(const char *sub)
{
	static stralloc sa = STRALLOC_ZERO;

	sa.len = 0;
	if (!stralloc_cats(&sa, run_home()) || !stralloc_append(&sa, '/') ||
	    !stralloc_cats(&sa, sub) || !stralloc_0(&sa))
		strerr_dief(111, "out of memory");
	return sa.s;
}
