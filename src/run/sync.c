#include <skalibs/nonposix.h>

#include "run/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* On ext4 and its like it also gives the data its place on the disk, so
 * that the journal's next commit, whoever asks for it, holds all files. */
void
sync_start(int fd)
{
#ifdef SYNC_FILE_RANGE_WRITE
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
	(void)fd;
#endif
}

int
sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r, e;

	if (fd < 0)
		return -1;
	r = fsync(fd);
	e = errno;
	close(fd);
	errno = e;
	return r;
}

int
sync_above(const char *path)
{
	char dir[SYNC_PATH_OCTETS];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (!slash)
		return sync_dir(".");
	if (n >= sizeof dir - 1)
		return (errno = ENAMETOOLONG, -1);
	memcpy(dir, path, n ? n : 1);
	dir[n ? n : 1] = 0;
	return sync_dir(dir);
}
