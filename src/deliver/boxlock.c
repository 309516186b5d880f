#include <skalibs/nonposix.h>

#include "deliver/boxlock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "run/now.h"

#define PAUSE_MS 200

/* Made by somebody who has gone without removing it. */
static int
isstale(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 &&
	    st.st_mtime + BOXLOCK_STALE_S < time(0);
}

/* It holds our pid, as those want it who ask whether its maker lives. */
static int
dot(struct boxlock *b)
{
	char s[PID_FMT + 1];
	size_t n = pid_fmt(s, getpid());
	int fd;

	if (isstale(b->name))
		unlink(b->name);
	fd = open(b->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return -1;
	b->held |= BOXLOCK_DOT;
	s[n++] = '\n';
	if (write(fd, s, n) < 0) {
		int e = errno;

		close(fd);
		return (errno = e, -1);
	}
	return close(fd);
}

static int
try(struct boxlock *b, int fd, unsigned int kinds)
{
	struct flock f = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if ((kinds & BOXLOCK_FCNTL) && fcntl(fd, F_SETLK, &f) < 0)
		return (errno = errno == EACCES ? EAGAIN : errno, -1);
	if ((kinds & BOXLOCK_FLOCK) && flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -1;
	if (!(kinds & BOXLOCK_DOT) || dot(b) == 0)
		return 0;
	if (errno == EEXIST)
		return (errno = EAGAIN, -1);
	return (kinds & BOXLOCK_DOT_MAYFAIL) && !b->held ? 0 : -1;
}

/* So that nobody waits for us while we wait for him. */
static void
let_go(struct boxlock *b, int fd, unsigned int kinds)
{
	struct flock f = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	int e = errno;

	boxlock_drop(b);
	if (kinds & BOXLOCK_FLOCK)
		flock(fd, LOCK_UN);
	if (kinds & BOXLOCK_FCNTL)
		fcntl(fd, F_SETLK, &f);
	errno = e;
}

int
boxlock_take(struct boxlock *b, int fd, const char *path, unsigned int kinds,
    uint64_t end)
{
	struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	size_t n = strlen(path);

	b->held = 0;
	if (n + sizeof ".lock" > sizeof b->name)
		return (errno = ENAMETOOLONG, -1);
	memcpy(b->name, path, n);
	memcpy(b->name + n, ".lock", sizeof ".lock");
	while (try(b, fd, kinds) < 0) {
		let_go(b, fd, kinds);
		if ((errno != EAGAIN && errno != EINTR) || now_ms() >= end)
			return -1;
		nanosleep(&pause, 0);
	}
	return 0;
}

void
boxlock_drop(struct boxlock *b)
{
	if (b->held & BOXLOCK_DOT)
		unlink(b->name);
	b->held = 0;
}
