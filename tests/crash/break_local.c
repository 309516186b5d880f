/* For the controls of local_powercut: loaded into pneu-local, makes it do
 * wrong, by PNEU_BREAK:
 *
 *	file	no file is fsynced
 *	dir	no directory is
 *	early	everything is fsynced, but after the answer
 *	write	a failed write is ignored
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int late[4096];
static int nlate;

static int
breaks(const char *what)
{
	const char *s = getenv("PNEU_BREAK");

	return s && !strcmp(s, what);
}

int
fsync(int fd)
{
	struct stat st;
	int isdir = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);

	if (breaks(isdir ? "dir" : "file"))
		return 0;
	if (breaks("early") && nlate < 4096) {
		late[nlate++] = dup(fd);
		return 0;
	}
	return (int)syscall(SYS_fsync, fd);
}

ssize_t
write(int fd, const void *s, size_t n)
{
	ssize_t r = syscall(SYS_write, fd, s, n);

	while (nlate) {
		syscall(SYS_fsync, late[--nlate]);
		close(late[nlate]);
	}
	return r;
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	ssize_t r = syscall(SYS_writev, fd, v, n);
	int i;

	if (r < 0 && breaks("write"))
		for (r = 0, i = 0; i < n; i++)
			r += (ssize_t)v[i].iov_len;
	return r;
}
