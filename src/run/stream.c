#include "run/stream.h"

#include <skalibs/nonposix.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/iopause.h>

#define FILL_OCTETS 65536

/* Descriptors that come are close-on-exec: at once, or two calls later. */
#ifdef MSG_CMSG_CLOEXEC
#define RECEIVE_FLAGS MSG_CMSG_CLOEXEC
#else
#define RECEIVE_FLAGS 0
#endif

void
stream_open(struct stream *s, int fd)
{
	ndelay_on(fd);
	s->fd = fd;
	s->eof = 0;
	s->in.len = s->inpos = 0;
	s->out.len = s->outpos = 0;
	genalloc_setlen(struct stream_fd, &s->outfds, 0);
	genalloc_setlen(int, &s->infds, 0);
}

void
stream_close(struct stream *s)
{
	size_t i;

	for (i = 0; i < genalloc_len(struct stream_fd, &s->outfds); i++)
		close(genalloc_s(struct stream_fd, &s->outfds)[i].fd);
	for (i = 0; i < genalloc_len(int, &s->infds); i++)
		close(genalloc_s(int, &s->infds)[i]);
	genalloc_setlen(struct stream_fd, &s->outfds, 0);
	genalloc_setlen(int, &s->infds, 0);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->in.len = s->inpos = 0;
	s->out.len = s->outpos = 0;
}

void
stream_free(struct stream *s)
{
	stream_close(s);
	stralloc_free(&s->in);
	stralloc_free(&s->out);
	genalloc_free(struct stream_fd, &s->outfds);
	genalloc_free(int, &s->infds);
}

/* Keep the descriptors that came with a message. Linux ends a read behind
 * the octets that a descriptor came with, so one read brings one set. */
static int
keep_fds(struct stream *s, struct msghdr *m)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t i, n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (!RECEIVE_FLAGS)
				coe(fd);
			if (!genalloc_append(int, &s->infds, &fd)) {
				close(fd);
				return -1;
			}
		}
	}
	return m->msg_flags & MSG_CTRUNC ? (errno = EMFILE, -1) : 0;
}

/* Move what is not taken yet to the front: frames handed out go stale. */
static void
compact(struct stream *s)
{
	if (!s->inpos)
		return;
	s->in.len -= s->inpos;
	memmove(s->in.s, s->in.s + s->inpos, s->in.len);
	s->inpos = 0;
}

ssize_t
stream_fill(struct stream *s)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct iovec v;
	struct msghdr m;
	ssize_t r;

	compact(s);
	if (!stralloc_readyplus(&s->in, FILL_OCTETS))
		return -1;
	memset(&m, 0, sizeof m);
	v.iov_base = s->in.s + s->in.len;
	v.iov_len = FILL_OCTETS;
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	m.msg_control = control.space;
	m.msg_controllen = sizeof control.space;
	do
		r = recvmsg(s->fd, &m, MSG_DONTWAIT | RECEIVE_FLAGS);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (r <= 0 || keep_fds(s, &m) < 0) {
		s->eof = 1;
		if (!r)
			errno = EPIPE;
		return -1;
	}
	s->in.len += (size_t)r;
	return r;
}

int
stream_next(struct stream *s, struct frame *f)
{
	int used;

	if (s->inpos == s->in.len)
		return 0;
	used = frame_scan(f, s->in.s + s->inpos, s->in.len - s->inpos);
	if (used < 0)
		return (errno = EPROTO, -1);
	s->inpos += (size_t)used;
	return used > 0;
}

int
stream_takefd(struct stream *s)
{
	int *fds = genalloc_s(int, &s->infds);
	size_t n = genalloc_len(int, &s->infds);
	int fd;

	if (!n)
		return -1;
	fd = fds[0];
	memmove(fds, fds + 1, (n - 1) * sizeof *fds);
	genalloc_setlen(int, &s->infds, n - 1);
	return fd;
}

int
stream_putfd(struct stream *s, int fd)
{
	struct stream_fd x = { s->out.len, fd };

	if (!genalloc_append(struct stream_fd, &s->outfds, &x)) {
		close(fd);
		return 0;
	}
	return 1;
}

size_t
stream_pending(const struct stream *s)
{
	return s->out.len - s->outpos;
}

/* One sendmsg: from outpos up to the next octet that brings a descriptor,
 * with the descriptor that belongs to the first one, if any. */
static ssize_t
send_some(struct stream *s)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct stream_fd *x = genalloc_s(struct stream_fd, &s->outfds);
	size_t n = genalloc_len(struct stream_fd, &s->outfds);
	size_t end = s->out.len;
	int with = n && x[0].at == s->outpos;
	struct iovec v;
	struct msghdr m;
	ssize_t r;

	if (n > (size_t)with)
		end = x[with].at;
	memset(&m, 0, sizeof m);
	v.iov_base = s->out.s + s->outpos;
	v.iov_len = end - s->outpos;
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	if (with) {
		memset(&control, 0, sizeof control);
		control.h.cmsg_level = SOL_SOCKET;
		control.h.cmsg_type = SCM_RIGHTS;
		control.h.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.h), &x[0].fd, sizeof(int));
		m.msg_control = control.space;
		m.msg_controllen = sizeof control.space;
	}
	do
		r = sendmsg(s->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r > 0 && with) {
		close(x[0].fd);
		memmove(x, x + 1, (n - 1) * sizeof *x);
		genalloc_setlen(struct stream_fd, &s->outfds, n - 1);
	}
	return r;
}

int
stream_flush(struct stream *s)
{
	size_t i;

	while (stream_pending(s)) {
		ssize_t r = send_some(s);

		if (r < 0) {
			if (errno != EAGAIN && errno != EWOULDBLOCK) {
				s->eof = 1;
				return -1;
			}
			break;
		}
		s->outpos += (size_t)r;
	}
	if (!stream_pending(s)) {
		s->out.len = s->outpos = 0;
		return 1;
	}
	if (s->outpos > STREAM_OUT_OCTETS / 4) {
		s->out.len -= s->outpos;
		memmove(s->out.s, s->out.s + s->outpos, s->out.len);
		for (i = 0; i < genalloc_len(struct stream_fd, &s->outfds); i++)
			genalloc_s(struct stream_fd, &s->outfds)[i].at -=
			    s->outpos;
		s->outpos = 0;
	}
	return 0;
}

short
stream_events(const struct stream *s)
{
	short e = 0;

	if (stream_pending(s) <= STREAM_OUT_OCTETS)
		e |= IOPAUSE_READ;
	if (stream_pending(s))
		e |= IOPAUSE_WRITE;
	return e;
}
