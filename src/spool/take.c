#include <skalibs/nonposix.h>

#include "spool/spare-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/spare.h"

/* Fewer retired files than these are not worth a flush of their directory:
 * rather another file is made. */
#define FLUSH_MIN 8
#define TRIES 4		/* files that others have open */

/* Nobody else has the file open (its letter's readers may have, after it was
 * retired: they would read the next one), and it has no other name? A lease
 * is granted for writing only then. Else 0 with errno; EAGAIN: later. Its
 * size, too. */
static int
alone(int fd, uint64_t *size)
{
#ifdef F_SETLEASE
	struct stat st;

	if (fstat(fd, &st) < 0)
		return 0;
	if (st.st_nlink != 1)
		return (errno = EAGAIN, 0);
	*size = (uint64_t)st.st_size;
	return fcntl(fd, F_SETLEASE, F_WRLCK) == 0 &&
	    fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
#else
	(void)fd, (void)size;
	return (errno = ENOSYS, 0);
#endif
}

/* A free one: its descriptor, s->spare is set; -1 if there is none. */
static int
take_free(struct spool *s)
{
	char path[SPARE_PATH_OCTETS + 1];
	unsigned int i, k, tries = 0;
	int fd;

	for (i = 0; !s->cannot && tries < TRIES && i < SPARE_MAX; i++) {
		k = (s->turn + i) % SPARE_MAX;
		if (s->spares[k].state != SPARE_FREE)
			continue;
		spare_path(path, s->seat, k);
		fd = openat(s->fd, path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0) {
			if (errno == ENOENT)
				s->spares[k].state = SPARE_NONE;
			continue;
		}
		if (alone(fd, &s->size)) {
			s->spare = (int)k;
			s->turn = k + 1;
			return fd;
		}
		tries++;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			s->cannot = 1;
		close(fd);
	}
	return -1;
}

/* That new/G has lost names is made durable. 1 or -1. */
static int
flush_gen(struct spool *s, uint64_t g)
{
	char dir[AT_DIR_OCTETS + 1];
	int fd, r;

	if (spool_breaks("again"))
		return 1;
	if (s->gen >= 0 && s->g == g)
		return spool_flush(s, s->gen, "dir");
	at_dir_fmt(dir, AT_NEW, g);
	fd = openat(s->fd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)		/* removed, and with it all names in it */
		return errno == ENOENT ? spool_flush(s, s->new, "dir") : -1;
	r = spool_flush(s, fd, "dir");
	close(fd);
	return r;
}

/* Make retired files free. 1, or 0 if there are fewer than min. */
static int
collect(struct spool *s, size_t min)
{
	unsigned char ks[SPARE_MAX];
	size_t n = 0, i, left;
	unsigned int k;

	for (k = 0; k < SPARE_MAX; k++)
		if (s->spares[k].state == SPARE_RETIRED)
			ks[n++] = (unsigned char)k;
	if (n < min)
		return 0;
	for (; n; n = left) {
		uint64_t g = s->spares[ks[0]].g;
		int r = flush_gen(s, g);

		for (i = left = 0; i < n; i++)
			if (s->spares[ks[i]].g != g)
				ks[left++] = ks[i];
			else if (r > 0)
				s->spares[ks[i]].state = SPARE_FREE;
			else if (s->broken)
				s->spares[ks[i]].state = SPARE_LOST;
	}
	return 1;
}

/* A new one. */
static int
take_new(struct spool *s)
{
	char path[SPARE_PATH_OCTETS + 1];
	unsigned int k;
	int fd;

	for (k = 0; k < SPARE_MAX; k++) {
		if (s->spares[k].state != SPARE_NONE)
			continue;
		spare_path(path, s->seat, k);
		fd = openat(s->fd, path, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC, 0640);
		if (fd >= 0) {
			s->spare = (int)k;
			s->fresh = 1;
			s->size = 0;
			return fd;
		}
		if (errno != EEXIST)
			return -1;
		s->spares[k].state = SPARE_LOST;
	}
	return -1;
}

int
spool_reuse(struct spool *s)
{
	int fd;

	s->fresh = 0;
	s->size = 0;
	if (!s->spares || s->cannot || s->broken)
		return -1;
	fd = take_free(s);
	if (fd < 0 && !s->cannot && collect(s, FLUSH_MIN))
		fd = take_free(s);
	if (fd < 0 && !s->cannot)
		fd = take_new(s);
	if (fd < 0 && !s->cannot && collect(s, 1))	/* a full disk */
		fd = take_free(s);
	if (fd >= 0)
		s->spares[s->spare].state = SPARE_TAKEN;
	return fd;
}

int
spool_cut(struct spool *s, int fd, uint64_t size)
{
	return s->spare < 0 || s->size <= size ||
	    ftruncate(fd, (off_t)size) == 0 ? 1 : -1;
}

int
spare_publish(struct spool *s, const char *id, const char *name, uint64_t g)
{
	struct spare *p = s->spares + s->spare;
	char path[SPARE_PATH_OCTETS + 1];
	int again;

	if (s->fresh && spool_flush(s, s->spare_dir, "dir") < 0)
		return -1;
	spare_path(path, s->seat, (unsigned int)s->spare);
	memcpy(p->id, id, sizeof p->id);
	p->g = g;
	p->nrcpts = s->nrcpts;
	p->linked = 0;
	p->state = SPARE_LIVE;	/* it may be retired as soon as it is linked */
	for (again = 0; again < 2; again++) {
		if (spool_gen(s, g) < 0)
			return -1;
		if (linkat(s->fd, path, s->gen, name, 0) == 0) {
			p->linked = 1;
			s->spare = -1;
			return 1;
		}
		if (errno != ENOENT) {
			s->cannot = errno == EPERM || errno == ENOSYS ||
			    errno == EOPNOTSUPP;
			return -1;
		}
		close(s->gen);		/* pruned meanwhile */
		s->gen = -1;
	}
	return -1;
}

void
spare_drop(struct spool *s)
{
	char path[SPARE_PATH_OCTETS + 1];
	struct spare *p = s->spares + s->spare;
	int e = errno;

	spare_path(path, s->seat, (unsigned int)s->spare);
	if (unlinkat(s->fd, path, 0) == 0 || errno == ENOENT)
		p->state = SPARE_NONE;
	else {
		p->state = SPARE_LOST;
		s->lingers = 1;
	}
	s->spare = -1;
	errno = e;
}
