/* Apart from door.c, so that a program that is started for each letter links
 * no more than this. */
#include <skalibs/nonposix.h>

#include "run/service.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <skalibs/socket.h>

#include "run/run-internal.h"

/* "run/DIR/NAME" in un. The programs stand in the home, so that its length
 * does not count. Returns 1, or -1. */
int
run_address(struct sockaddr_un *un, const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);

	memset(un, 0, sizeof *un);
	un->sun_family = AF_UNIX;
	if (sizeof "run/" + n + 1 + m > sizeof un->sun_path)
		return (errno = ENAMETOOLONG, -1);
	memcpy(un->sun_path, "run/", 4);
	memcpy(un->sun_path + 4, dir, n);
	un->sun_path[4 + n] = '/';
	memcpy(un->sun_path + 5 + n, name, m + 1);
	return 1;
}

int
run_connect(const char *dir, const char *name)
{
	struct sockaddr_un un;
	int fd, e;

	if (run_address(&un, dir, name) < 0)
		return -1;
	fd = ipc_stream_nbcoe();
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&un, sizeof un) < 0) {
		e = errno;
		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}
