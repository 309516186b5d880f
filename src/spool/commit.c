#include "spool/spare-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/at.h"
#include "spool/slot.h"
#include "spool/spare.h"

#ifdef PNEU_BREAK
int
spool_breaks(const char *what)
{
	const char *s = getenv("PNEU_BREAK");

	return s && !strcmp(s, what);
}
#endif

static int
dir_open(int fd, const char *name)
{
	return openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
spool_open(struct spool *s, int fd)
{
	memset(s, 0, sizeof *s);
	s->fd = fd;
	s->gen = s->spare = s->spare_dir = -1;
	s->tmp = dir_open(fd, "tmp");
	s->new = dir_open(fd, "new");
	return s->tmp < 0 || s->new < 0 ? -1 : 1;
}

int
spool_spares(struct spool *s, struct spare *row, unsigned int seat)
{
	s->spare_dir = dir_open(s->fd, "spare");
	if (s->spare_dir < 0)
		return -1;
	s->spares = row;
	s->seat = seat;
	spare_heir(row, seat, s->fd);
	return 1;
}

int
spool_create(struct spool *s, const char *id)
{
	/* queue/ itself keeps all but pneuq and pneus out */
	return openat(s->tmp, id, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0640);
}

int
spool_write(int fd, struct iovec *v, int n)
{
	while (n) {
		ssize_t r = writev(fd, v, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return spool_breaks("write") ? 1 : -1;
		for (; n && (size_t)r >= v->iov_len; v++, n--)
			r -= (ssize_t)v->iov_len;
		if (n) {
			v->iov_base = (char *)v->iov_base + r;
			v->iov_len -= (size_t)r;
		}
	}
	return 1;
}

int
spool_flush(struct spool *s, int fd, const char *what)
{
	int r;

	if (s->nosync || spool_breaks(what))
		return 1;
	if (fd == s->gen && s->group)
		r = group_flush(s->group, fd, s->g) > 0 ? 0 : -1;
	else
		do
			r = fsync(fd);
		while (r < 0 && errno == EINTR);
	if (r == 0)
		return 1;
	s->broken = 1;
	return -1;
}

/* Another worker may have made new/G and not flushed it yet, so everybody
 * does that. */
int
spool_gen(struct spool *s, uint64_t g)
{
	char dir[AT_DIR_OCTETS + 1];

	if (s->gen >= 0 && s->g == g)
		return 1;
	if (s->gen >= 0)
		close(s->gen);
	s->g = g;
	at_dir_fmt(dir, AT_NEW, g);
	if (mkdirat(s->fd, dir, 0750) < 0 && errno != EEXIST)
		return (s->gen = -1);
	s->gen = dir_open(s->fd, dir);
	if (s->gen < 0)
		return -1;
	if (spool_flush(s, s->new, "dir") > 0)
		return 1;
	close(s->gen);
	return (s->gen = -1);
}

/* tmp/ID to new/G/NAME. G may have been pruned since it was opened: once
 * more, then. */
static int
publish(struct spool *s, const char *id, const char *name, uint64_t g)
{
	int again;

	for (again = 0; again < 2; again++) {
		if (spool_gen(s, g) < 0)
			return -1;
		if (renameat(s->tmp, id, s->gen, name) == 0)
			return 1;
		if (errno != ENOENT)
			return -1;
		close(s->gen);
		s->gen = -1;
	}
	return -1;
}

void
spool_abort(struct spool *s, int fd, const char *id)
{
	int e = errno;

	if (fd >= 0)
		close(fd);
	if (s->spare >= 0)
		spare_drop(s);
	else
		unlinkat(s->tmp, id, 0);	/* else the next start does */
	errno = e;
}

int
spool_commit(struct spool *s, int fd, const char *id,
    const struct letter_name *n, uint64_t now,
    char path[LETTER_PATH_OCTETS + 1])
{
	char name[LETTER_NAME_OCTETS + 1];
	uint64_t g = now / GENERATION_S;
	unsigned int len;
	int own = s->spare < 0, e;

	letter_name_fmt(name, n);
	if (spool_flush(s, fd, "file") < 0) {
		spool_abort(s, fd, id);
		return -1;
	}
	if (close(fd) < 0 || (own ? publish(s, id, name, g) :
	    spare_publish(s, id, name, g)) < 0) {
		spool_abort(s, -1, id);
		return -1;
	}
	if (own && spool_flush(s, s->gen, "dir") < 0) {
		e = errno;
		s->lingers = unlinkat(s->gen, name, 0) < 0;
		errno = e;
		return -1;
	}
	len = at_dir_fmt(path, AT_NEW, s->g);
	path[len++] = '/';
	strcpy(path + len, name);
	return 1;
}
