#include "pneu-q/ctl.h"

#include <errno.h>
#include <poll.h>

#include "run/service.h"

#define TAG 1

int
ctl_open(struct ctl *c)
{
	int fd = run_connect("pub", "ctl");

	if (fd < 0)
		return -1;
	stream_open(&c->s, fd);
	return 1;
}

void
ctl_close(struct ctl *c)
{
	stream_free(&c->s);
}

static int
wait_for(struct ctl *c, short events)
{
	struct pollfd p = { .fd = c->s.fd, .events = events };
	int r;

	do
		r = poll(&p, 1, CTL_ANSWER_MS);
	while (r < 0 && errno == EINTR);
	return r > 0 ? 1 : (errno = ETIMEDOUT, -1);
}

int
ctl_ask(struct ctl *c, char type, const char *s, size_t n)
{
	int r;

	if (!frame_put(&c->s.out, type, TAG, s, n))
		return -1;
	while ((r = stream_flush(&c->s)) == 0)
		if (wait_for(c, POLLOUT) < 0)
			return -1;
	return r > 0 || errno == EPIPE ? 1 : -1;
}

int
ctl_next(struct ctl *c, struct frame *f)
{
	ssize_t n;
	int r;

	while ((r = stream_next(&c->s, f)) == 0) {
		if (wait_for(c, POLLIN) < 0)
			return -1;
		n = stream_fill(&c->s);
		if (n < 0)
			return -1;
	}
	return r > 0 && (f->tag == TAG || (!f->tag && f->type == 'V')) ? 1 :
	    (errno = EPROTO, -1);
}
