#include <skalibs/nonposix.h>

#include "pneu-lspawn/closeall.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Without the system call: each that may be open. */
static void
close_each(int fd)
{
	struct rlimit r;
	int max = 65536;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_max < 65536)
		max = (int)r.rlim_max;
	for (; fd < max; fd++)
		close(fd);
}

void
close_all(int fd)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned int)fd, ~0u, 0) == 0)
		return;
#endif
	close_each(fd);
}
