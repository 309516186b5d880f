#include "spool/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/crc32c.h"

#define FIRST_OCTETS 4096	/* read at first: mostly all but the message */

/* All n octets at offset at. 1, 0 if the file ends before, -1. */
static int
read_at(int fd, char *s, size_t n, uint64_t at)
{
	while (n) {
		ssize_t r = pread(fd, s, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return (int)r;
		s += r;
		n -= (size_t)r;
		at += (uint64_t)r;
	}
	return 1;
}

/* Read what stands before the message to l->buf, and a NUL behind it. */
static int
read_front(struct letter *l)
{
	ssize_t r;
	size_t have, need;

	if (!stralloc_ready(&l->buf, FIRST_OCTETS + 1))
		return -1;
	do
		r = pread(l->fd, l->buf.s, FIRST_OCTETS, 0);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -1;
	have = (size_t)r;
	if (letter_head_scan(&l->head, l->buf.s, have) < 0)
		return (errno = EBADMSG, -1);
	need = (size_t)letter_msg_offset(&l->head);
	if (need > have) {
		l->buf.len = have;
		if (!stralloc_ready(&l->buf, need + 1))
			return -1;
		r = read_at(l->fd, l->buf.s + have, need - have, have);
		if (r <= 0)
			return r < 0 ? -1 : (errno = EBADMSG, -1);
	}
	l->buf.len = need;
	l->buf.s[need] = 0;
	return 1;
}

static int
isstatus(char c)
{
	return c == LETTER_WAITING || c == LETTER_DONE || c == LETTER_FAILED ||
	    c == LETTER_SUCCEEDED;
}

/* Does what was read make sense? */
static int
check(struct letter *l, const char *path)
{
	const struct letter_head *h = &l->head;
	struct letter_head again = *h;
	struct letter_name name;
	const char *slash = strrchr(path, '/');
	char *env = l->buf.s + letter_env_offset(h);
	struct stat st;
	size_t i;

	if (fstat(l->fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size < letter_history_offset(h))
		return (errno = EBADMSG, -1);
	if (letter_name_scan(&name, slash ? slash + 1 : path) > 0 &&
	    (strcmp(name.id, h->id) || name.size != h->msglen))
		return (errno = EBADMSG, -1);
	letter_head_seal(&again, env);
	if (again.ecrc != h->ecrc)
		return (errno = EBADMSG, -1);
	for (i = 0; i < h->nrcpts; i++)
		if (!isstatus(l->status[i]))
			return (errno = EBADMSG, -1);
	if (l->status[i] != '\n')
		return (errno = EBADMSG, -1);
	if (envelope_scan(&l->env, env, h->envlen) < 0)
		return errno == ENOMEM ? -1 : (errno = EBADMSG, -1);
	if (envelope_nrcpts(&l->env) != h->nrcpts || !l->env.sender)
		return (errno = EBADMSG, -1);
	return 1;
}

int
letter_open(struct letter *l, int dirfd, const char *path)
{
	int e;

	l->fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (l->fd < 0) {
		if (errno == ENOENT)
			return 0;
		if (errno == ELOOP || errno == ENXIO)	/* no file of ours */
			errno = EBADMSG;
		return -1;
	}
	l->buf.len = 0;
	if (read_front(l) > 0) {
		l->status = l->buf.s + LETTER_HEAD_OCTETS;
		if (check(l, path) > 0)
			return 1;
	}
	e = errno == EISDIR || errno == ESPIPE ? EBADMSG : errno;
	letter_close(l);
	errno = e;
	return -1;
}

int
letter_history(const struct letter *l, stralloc *sa, size_t max)
{
	uint64_t at = letter_history_offset(&l->head), size;
	size_t len = sa->len, n;
	struct stat st;

	if (fstat(l->fd, &st) < 0)
		return -1;
	size = (uint64_t)st.st_size;
	if (size <= at)
		return 1;
	if (size - at > max) {		/* begins within a line: torn */
		at = size - max;
	}
	n = (size_t)(size - at);
	if (!stralloc_readyplus(sa, n))
		return -1;
	if (read_at(l->fd, sa->s + len, n, at) < 0)
		return -1;
	sa->len = len + n;
	return 1;
}

int
letter_verify(const struct letter *l)
{
	uint64_t at = letter_msg_offset(&l->head), left = l->head.msglen;
	uint32_t crc = 0;
	char buf[16384];

	while (left) {
		size_t n = left < sizeof buf ? (size_t)left : sizeof buf;
		int r = read_at(l->fd, buf, n, at);

		if (r <= 0)
			return r < 0 ? -1 : (errno = EBADMSG, -1);
		crc = crc32c(crc, buf, n);
		at += n;
		left -= n;
	}
	return crc == l->head.mcrc ? 1 : (errno = EBADMSG, -1);
}

void
letter_close(struct letter *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

void
letter_free(struct letter *l)
{
	letter_close(l);
	envelope_free(&l->env);
	stralloc_free(&l->buf);
}
