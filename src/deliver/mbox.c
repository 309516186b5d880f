#include <skalibs/nonposix.h>

#include "deliver/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>

#include "deliver/mboxtext.h"
#include "run/sync.h"

#define PART_OCTETS 65536
#define OPENS 20	/* of a file that others replace meanwhile */

static int
fail(struct mbox *m, const char *step)
{
	if (!m->failed)
		m->failed = step;
	return -1;
}

/* The right to the spool directory, taken only while it is needed. */
static void
spool_right(const struct mbox *m, int on)
{
	int e = errno;

	if (m->rules.gid != MBOX_NOGID &&
	    setegid(on ? m->rules.gid : getgid()) < 0 && !on)
		_exit(111);	/* never go on with it */
	errno = e;
}

/* Made by us: whoever has the group may read and lock it, as in Debian's
 * policy, section 11.6. That the directory passes its group on is not
 * everywhere so. */
static int
dress(const struct mbox *m)
{
	if (!m->rules.spool)
		return 0;
	if (m->rules.gid != MBOX_NOGID &&
	    fchown(m->fd, (uid_t)-1, m->rules.gid) < 0)
		return -1;
	return fchmod(m->fd, 0660);
}

static int
open_it(struct mbox *m)
{
	int flags = O_RDWR | O_APPEND | O_NONBLOCK | O_CLOEXEC |
	    (m->rules.spool ? O_NOFOLLOW : 0);

	m->created = 0;
	m->fd = open(m->path, flags);
	if (m->fd >= 0 || errno != ENOENT)
		return m->fd;
	m->fd = open(m->path, flags | O_CREAT | O_EXCL, 0600);
	if (m->fd < 0)
		return -1;
	m->created = 1;
	return dress(m);
}

static int
isgood(const struct mbox *m, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return (errno = EINVAL, 0);
	if (st->st_nlink > 1)
		return (errno = EMLINK, 0);
	if (m->rules.spool && st->st_uid != geteuid())
		return (errno = EPERM, 0);
	return 1;
}

/* Some mail readers replace the file: 1 if it is still the one at its path,
 * which is ours now; 0 if not, or if it has been removed; -1. */
static int
isthere(struct mbox *m)
{
	struct stat a, b;

	if (fstat(m->fd, &a) < 0)
		return -1;
	m->before = m->size = (uint64_t)a.st_size;
	if (stat(m->path, &b) < 0)
		return errno == ENOENT ? 0 : -1;
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void
let_go(struct mbox *m)
{
	int e = errno;

	spool_right(m, 1);
	boxlock_drop(&m->lock);
	spool_right(m, 0);
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	errno = e;
}

/* Returns as isthere. */
static int
open_locked(struct mbox *m, uint64_t end)
{
	struct stat st;
	int r;

	spool_right(m, 1);
	r = open_it(m);
	if (r >= 0 && fstat(m->fd, &st) == 0 && isgood(m, &st))
		r = boxlock_take(&m->lock, m->fd, m->path, m->rules.locks,
		    end) < 0 ? (fail(m, "lock"), -1) : 0;
	else
		r = -1;
	spool_right(m, 0);
	return r < 0 ? -1 : isthere(m);
}

int
mbox_open(struct mbox *m, const char *path, const struct mbox_rules *rules,
    uint64_t end)
{
	int i, r = 0;

	m->path = path;
	m->failed = 0;
	m->fd = -1;
	m->rules = *rules;
	m->lock.held = 0;
	for (i = 0; i < OPENS && !r; i++) {
		r = open_locked(m, end);
		if (r <= 0)
			let_go(m);
	}
	if (!r)
		errno = EAGAIN;
	return r > 0 ? 0 : fail(m, "open");
}

static int
put(struct mbox *m)
{
	if (allwrite(m->fd, m->out.s, m->out.len) < m->out.len)
		return -1;
	m->size += m->out.len;
	m->out.len = 0;
	return 0;
}

static int
put_message(struct mbox *m, int src)
{
	struct mboxtext t = { 0 };
	char part[PART_OCTETS];
	off_t at = 0;
	ssize_t r;

	while ((r = pread(src, part, sizeof part, at))) {
		if (r < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		at += r;
		if (!mboxtext_part(&t, part, (size_t)r, &m->out) || put(m) < 0)
			return -1;
	}
	return mboxtext_end(&t, &m->out) ? put(m) : -1;
}

/* A From_ line must begin a line, whatever was there. */
static int
put_head(struct mbox *m, const char *head, size_t n)
{
	char last = '\n';

	if (m->size && pread(m->fd, &last, 1, (off_t)m->size - 1) < 0)
		return -1;
	m->out.len = 0;
	return (last == '\n' || stralloc_append(&m->out, '\n')) &&
	    stralloc_catb(&m->out, head, n) ? 0 : -1;
}

/* A torn message would spoil those that follow. */
static int
take_back(struct mbox *m, uint64_t size, const char *step)
{
	int e = errno;

	fail(m, step);
	if (ftruncate(m->fd, (off_t)size) < 0)
		m->failed = "truncate what could not be written whole";
	m->size = size;
	errno = e;
	return -1;
}

int
mbox_append(struct mbox *m, const char *head, size_t n, int src)
{
	uint64_t start = m->size;

	if (put_head(m, head, n) < 0 || put_message(m, src) < 0)
		return take_back(m, start, "write");
	return 0;
}

int
mbox_sync(struct mbox *m)
{
	if (fsync(m->fd) < 0)
		return take_back(m, m->before, "fsync");
	if (m->created && sync_above(m->path) < 0)
		return take_back(m, m->before, "fsync the directory");
	return 0;
}

void
mbox_close(struct mbox *m)
{
	let_go(m);
}

void
mbox_free(struct mbox *m)
{
	stralloc_free(&m->out);
}
