#include <skalibs/nonposix.h>

#include "include.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
include_open(struct include *in, const char *path)
{
	struct stat st;
	int e;

	if (strlen(path) > TARGET_OCTETS)
		return (errno = ENAMETOOLONG, -1);
	strcpy(in->path, path);
	in->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (in->fd < 0)
		return -1;
	if (fstat(in->fd, &st) < 0)
		e = errno;
	else if (!S_ISREG(st.st_mode))
		e = EISDIR;
	else
		e = st.st_mode & S_IWOTH ? EPERM : 0;
	if (e) {
		close(in->fd);
		in->fd = -1;
		return (errno = e, -1);
	}
	in->eof = 0;
	in->have = in->pos = in->line = 0;
	target_walk_over(&in->w, "", 0, 0);
	return 1;
}

void
include_close(struct include *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}

static int
fill(struct include *in)
{
	ssize_t r;

	in->have -= in->pos;
	memmove(in->buf, in->buf + in->pos, in->have);
	in->pos = 0;
	if (in->have == sizeof in->buf)
		return (errno = EMSGSIZE, -1);
	do
		r = read(in->fd, in->buf + in->have,
		    sizeof in->buf - in->have);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -1;
	in->have += (size_t)r;
	in->eof = !r;
	return 1;
}

/* Have the walk go over the next line. Returns 1, 0 at the end, -1. */
static int
line(struct include *in)
{
	const char *s, *nl;
	size_t n;

	for (;;) {
		s = in->buf + in->pos;
		n = in->have - in->pos;
		nl = memchr(s, '\n', n);
		if (!nl && !in->eof) {
			if (fill(in) < 0)
				return -1;
			continue;
		}
		if (!n)
			return 0;
		in->pos += nl ? (size_t)(nl - s) + 1 : n;
		in->line++;
		target_walk_over(&in->w, s, nl ? (size_t)(nl - s) : n,
		    TARGET_LINES);
		return 1;
	}
}

int
include_next(struct include *in, struct target *t)
{
	int r;

	while (!(r = target_next(&in->w, t))) {
		r = line(in);
		if (r <= 0)
			return r;
	}
	if (r < 0)
		errno = in->w.error ? EINVAL : ENOMEM;
	return r;
}
