#include "pneu-queue/input.h"

#include <string.h>
#include <sys/socket.h>

void
input_init(struct input *in, int fd)
{
	in->fd = fd;
	in->start = in->next = in->end = 0;
}

int
input_next(struct input *in, struct frame *f)
{
	int used = frame_scan(f, in->buf + in->next, in->end - in->next);

	if (used > 0)
		in->next += (size_t)used;
	return used > 0 ? 1 : used;
}

int
input_fill(struct input *in)
{
	ssize_t r;

	if (in->start) {
		memmove(in->buf, in->buf + in->start, in->end - in->start);
		in->next -= in->start;
		in->end -= in->start;
		in->start = 0;
	}
	/* there is room: one frame is kept at most, and one not whole yet */
	r = recv(in->fd, in->buf + in->end, sizeof in->buf - in->end, 0);
	if (r <= 0)
		return (int)r;
	in->end += (size_t)r;
	return 1;
}

void
input_done(struct input *in)
{
	in->start = in->next;
	if (in->start == in->end)
		in->start = in->next = in->end = 0;
}

void
input_drop(struct input *in, const struct frame *f)
{
	size_t n = FRAME_HEAD_OCTETS + f->n;

	memmove(in->buf + in->next - n, in->buf + in->next,
	    in->end - in->next);
	in->next -= n;
	in->end -= n;
}

char *
input_kept(struct input *in)
{
	return in->buf + in->start + FRAME_HEAD_OCTETS;
}
