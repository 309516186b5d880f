#include <skalibs/nonposix.h>

#include "deliver/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

int
scratch_open(uint64_t len)
{
	char name[] = "/tmp/pneu-local.XXXXXX";
	int fd;

#ifdef MFD_CLOEXEC
	if (len <= SCRATCH_MEMORY_OCTETS &&
	    (fd = memfd_create("message", MFD_CLOEXEC)) >= 0)
		return fd;
#else
	(void)len;
#endif
	fd = mkstemp(name);
	if (fd < 0)
		return -1;
	if (unlink(name) < 0 || coe(fd) < 0) {
		int e = errno;

		close(fd);
		return (errno = e, -1);
	}
	return fd;
}
