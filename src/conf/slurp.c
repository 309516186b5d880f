#include "conf/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
slurp(stralloc *sa, int fd, size_t max)
{
	struct stat st;
	ssize_t r;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode))
		return (errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL, -1);
	for (;;) {
		if (!stralloc_readyplus(sa, 65536))
			return -1;
		r = read(fd, sa->s + sa->len, 65536);
		if (r <= 0)
			return r < 0 ? -1 : 1;
		sa->len += (size_t)r;
		if (sa->len > max)
			return (errno = EFBIG, -1);
	}
}

int
conf_slurp(stralloc *sa, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r, e;

	if (fd < 0)
		return -1;
	r = slurp(sa, fd, max);
	e = errno;
	close(fd);
	errno = e;
	return r;
}
