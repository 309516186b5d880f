#include <skalibs/nonposix.h>

#include "pneu-queue/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/direntry.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "run/log.h"
#include "run/service.h"
#include "spool/made.h"

#define LOCK_WAIT_MS 10000
#define LOCK_STEP_MS 50

/* The directories in queue/, durable before anything is put there. */
static void
make_dirs(int queue)
{
	static const char *const dirs[] = { "tmp", "spare", "new", "defer",
	    "hold", "bad", "made" };
	size_t i;
	int made = 0;

	for (i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
		if (mkdirat(queue, dirs[i], 0750) == 0)
			made = 1;
		else if (errno != EEXIST)
			strerr_diefusys(111, "mkdir queue/", dirs[i]);
	}
	if (made && fsync(queue) < 0)
		strerr_diefusys(111, "fsync queue");
}

/* Workers of a parent that died end by themselves, soon. */
static void
lock(int queue)
{
	int waited = 0;

	while (flock(queue, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			strerr_diefusys(111, "lock queue");
		if (waited >= LOCK_WAIT_MS)
			strerr_dief(111, "queue is locked by another "
			    "pneu-queue");
		poll(0, 0, LOCK_STEP_MS);
		waited += LOCK_STEP_MS;
	}
}

/* Half letters of those who died: nobody was told that we have them. */
static void
sweep(int queue)
{
	int fd = openat(queue, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? 0 : fdopendir(fd);
	struct dirent *e;

	if (!dir)
		strerr_diefusys(111, "open queue/tmp");
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (unlinkat(fd, e->d_name, 0) < 0)
			log_warnsys("unable to remove queue/tmp/", e->d_name);
	}
	closedir(dir);
}

static void
warn(const char *path)
{
	log_warnsys("unable to clear queue/", path);
}

/* The number in queue/start, 0 if there is none. */
static uint64_t
counter_read(int queue)
{
	char s[UINT64_FMT];
	int fd = openat(queue, "start", O_RDONLY | O_CLOEXEC);
	uint64_t u;
	ssize_t r;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || (r = read(fd, s, sizeof s - 1)) < 0)
		strerr_diefusys(111, "read queue/start");
	close(fd);
	s[r] = 0;
	if (!uint64_scan(s, &u)) {
		log_warn("queue/start holds no number, counting anew");
		return 0;
	}
	return u;
}

static void
counter_write(int queue, uint64_t u)
{
	char s[UINT64_FMT + 1];
	size_t n = uint64_fmt(s, u);
	int fd = openat(queue, "start.new",
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	s[n++] = '\n';
	if (fd < 0 || write(fd, s, n) != (ssize_t)n || fsync(fd) < 0 ||
	    close(fd) < 0)
		strerr_diefusys(111, "write queue/start.new");
	if (renameat(queue, "start.new", queue, "start") < 0 ||
	    fsync(queue) < 0)
		strerr_diefusys(111, "replace queue/start");
}

void
desk_open(struct desk *d)
{
	uint64_t start;

	d->queue = open("queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->queue < 0)
		strerr_diefusys(111, "open ", run_path("queue"));
	make_dirs(d->queue);
	lock(d->queue);
	sweep(d->queue);
	d->brought = spare_start(d->queue, warn);
	if (d->brought < 0)
		strerr_diefusys(111, "read queue/spare");
	if (made_sweep(d->queue, (uint64_t)time(0)) < 0)
		strerr_diefusys(111, "read queue/made");
	start = counter_read(d->queue) + 1;
	counter_write(d->queue, start);
	start %= 4096 - 16;	/* those that end in FF are left out */
	d->start = (unsigned int)(start + start / 255);
}
