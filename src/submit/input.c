#include "submit/input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "mail/header.h"

int
input_read(struct input *in, int ms)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };
	size_t used;
	ssize_t r;

	if (in->eof)
		return 0;
	if (ms >= 0) {
		r = poll(&p, 1, ms);
		if (r == 0 || (r < 0 && errno == EINTR))
			return 2;
	}
	if (!stralloc_readyplus(&in->raw, INPUT_OCTETS))
		return -1;
	do
		r = read(in->fd, in->raw.s + in->raw.len, INPUT_OCTETS);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -1;
	in->eof = r == 0;
	in->raw.len += (size_t)r;
	if (!text_take(&in->text, &in->sa, in->raw.s, in->raw.len, in->eof,
	    &used))
		return -1;
	in->raw.len -= used;
	memmove(in->raw.s, in->raw.s + used, in->raw.len);
	in->eof |= in->text.ended;
	return !in->eof;
}

int
input_header(struct input *in, size_t *len, size_t *body)
{
	int r;

	if (!stralloc_ready(&in->sa, 1))
		return -1;
	while (!(r = header_end(in->sa.s, in->sa.len, in->eof, len, body)))
		if (input_read(in, -1) < 0)
			return -1;
	return r;
}
