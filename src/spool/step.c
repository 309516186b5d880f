#include "spool/step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/slot.h"
#include "spool/walk.h"

#define TAIL_OCTETS 4096

int
step_open(int queuefd, const char *path, struct letter_head *h)
{
	char head[LETTER_HEAD_OCTETS];
	ssize_t r;
	int fd, e;

	fd = openat(queuefd, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ELOOP || errno == EISDIR)
			errno = EBADMSG;
		return -1;
	}
	do
		r = pread(fd, head, sizeof head, 0);
	while (r < 0 && errno == EINTR);
	if (r >= 0 && letter_head_scan(h, head, (size_t)r) > 0)
		return fd;
	e = r < 0 ? errno : EBADMSG;
	close(fd);
	errno = e;
	return -1;
}

static int
write_at(int fd, const char *s, size_t n, uint64_t at)
{
	while (n) {
		ssize_t r = pwrite(fd, s, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		s += r;
		n -= (size_t)r;
		at += (uint64_t)r;
	}
	return 1;
}

int
step_mark(int fd, const struct letter_head *h, const struct step_mark *m,
    size_t n)
{
	char run[256];
	size_t i, k;

	for (i = 0; i < n; i++)
		if (m[i].n >= h->nrcpts || (m[i].status != LETTER_WAITING &&
		    m[i].status != LETTER_DONE &&
		    m[i].status != LETTER_FAILED &&
		    m[i].status != LETTER_SUCCEEDED))
			return (errno = EINVAL, -1);
	for (i = 0; i < n; i += k) {
		/* neighbours go in one write */
		for (k = 0; k < sizeof run && i + k < n &&
		    m[i + k].n == m[i].n + k; k++)
			run[k] = m[i + k].status;
		if (write_at(fd, run, k, LETTER_HEAD_OCTETS + m[i].n) < 0)
			return -1;
	}
	return 1;
}

/* Does the file of this size end in s[0..n)? */
static int
ends_in(int fd, uint64_t size, const char *s, size_t n)
{
	char tail[TAIL_OCTETS];

	return n <= sizeof tail && n <= size &&
	    pread(fd, tail, n, (off_t)(size - n)) == (ssize_t)n &&
	    !memcmp(tail, s, n);
}

int
step_append(int fd, const char *s, size_t n)
{
	struct stat st;
	uint64_t size;
	int e;

	if (!n)
		return 1;
	if (fstat(fd, &st) < 0)
		return -1;
	size = (uint64_t)st.st_size;
	if (ends_in(fd, size, s, n))
		return 1;
	if (!ends_in(fd, size, "\n", 1)) {
		if (write_at(fd, "\n", 1, size) < 0)
			return -1;
		size++;
	}
	if (write_at(fd, s, n, size) > 0)
		return 1;
	e = errno;
	while (ftruncate(fd, (off_t)size) < 0 && errno == EINTR)
		;
	errno = e;
	return -1;
}

static void
path_fmt(char *to, enum at_top top, uint64_t dir, const char *name)
{
	unsigned int len = at_dir_fmt(to, top, dir);

	to[len++] = '/';
	strcpy(to + len, name);
}

int
step_move(int queuefd, const char *path, const struct at *a,
    enum at_top top, uint64_t dir, char to[AT_PATH_OCTETS + 1])
{
	char d[AT_DIR_OCTETS + 1];
	struct stat st;

	path_fmt(to, top, dir, a->file);
	if (!strcmp(path, to))
		return fstatat(queuefd, to, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
		    1 : errno == ENOENT ? 0 : -1;
	if (renameat(queuefd, path, queuefd, to) == 0)
		return 1;
	if (errno != ENOENT)
		return -1;
	/* no such letter, or no such directory */
	if (fstatat(queuefd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno != ENOENT ? -1 :
		    step_find(queuefd, a->file, top, to);
	at_dir_fmt(d, top, dir);
	if (mkdirat(queuefd, d, 0750) < 0 && errno != EEXIST)
		return -1;
	return renameat(queuefd, path, queuefd, to) == 0 ? 1 : -1;
}

int
step_find(int queuefd, const char *name, enum at_top top,
    char to[AT_PATH_OCTETS + 1])
{
	static const char *const tops[] = {
		[AT_NEW] = "new", [AT_DEFER] = "defer",
	};
	genalloc dirs = GENALLOC_ZERO;
	struct stat st;
	size_t i;
	int found = 0;

	if (top == AT_HOLD || top == AT_BAD) {
		path_fmt(to, top, 0, name);
		return fstatat(queuefd, to, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
		    1 : errno == ENOENT ? 0 : -1;
	}
	if (walk_dirs(queuefd, tops[top], &dirs) < 0)
		found = -1;
	for (i = 0; !found && i < genalloc_len(uint64_t, &dirs); i++) {
		path_fmt(to, top, genalloc_s(uint64_t, &dirs)[i], name);
		if (fstatat(queuefd, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
			found = 1;
		else if (errno != ENOENT)
			found = -1;
	}
	genalloc_free(uint64_t, &dirs);
	return found;
}

int
step_retire(int queuefd, const char *path)
{
	return unlinkat(queuefd, path, 0) == 0 || errno == ENOENT ? 1 : -1;
}

int
step_prune(int queuefd, const char *path, const struct at *a, uint64_t now)
{
	uint64_t g = now / GENERATION_S;

	if (a->top == AT_NEW && (a->dir == g || a->dir == g + 1))
		return 0;
	if (unlinkat(queuefd, path, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 1;
	return errno == ENOTEMPTY || errno == EEXIST ? 0 : -1;
}
