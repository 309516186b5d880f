#include "spool/walk.h"

#include <skalibs/nonposix.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/slot.h"

/* A stream on the directory at, relative to queuefd; 0 with errno. */
static DIR *
dir_open(int queuefd, const char *at)
{
	int fd = openat(queuefd, at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d;

	if (fd < 0)
		return 0;
	d = fdopendir(fd);
	if (!d) {
		int e = errno;

		close(fd);
		errno = e;
	}
	return d;
}

/* The next name but "." and ".."; 0 at the end, errno 0 or why. */
static const char *
dir_next(DIR *d)
{
	struct dirent *e;

	do {
		errno = 0;
		e = readdir(d);
	} while (e && (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")));
	return e ? e->d_name : 0;
}

static int
cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int
walk_dirs(int queuefd, const char *top, genalloc *out)
{
	DIR *d = dir_open(queuefd, top);
	const char *s;
	size_t first = genalloc_len(uint64_t, out);
	int isnew = !strcmp(top, "new"), e;

	if (!d)
		return -1;
	while ((s = dir_next(d))) {
		uint64_t u;

		if ((isnew ? generation_scan(s, &u) : slot_scan(s, &u)) < 0)
			continue;
		if (!genalloc_append(uint64_t, out, &u))
			break;
	}
	e = s ? ENOMEM : errno;
	closedir(d);
	if (e)
		return (errno = e, -1);
	if (genalloc_len(uint64_t, out) > first)
		qsort(genalloc_s(uint64_t, out) + first,
		    genalloc_len(uint64_t, out) - first, sizeof(uint64_t), cmp);
	return 1;
}

int
walk_open(struct walk *w, int queuefd, const char *at)
{
	size_t n = strlen(at);

	if (n >= sizeof w->at)
		return (errno = ENAMETOOLONG, -1);
	memcpy(w->at, at, n + 1);
	w->dir = dir_open(queuefd, at);
	if (w->dir)
		return 1;
	return errno == ENOENT ? 0 : -1;
}

int
walk_next(struct walk *w, struct letter_name *n, const char **bad)
{
	const char *s = dir_next(w->dir);

	if (!s)
		return errno ? -1 : 0;
	if (letter_name_scan(n, s) > 0)
		return 1;
	*bad = s;
	return 2;
}

void
walk_close(struct walk *w)
{
	if (w->dir)
		closedir(w->dir);
	w->dir = 0;
}
