#include <skalibs/nonposix.h>

#include "run/hand.h"

#include <errno.h>
#include <unistd.h>

#include "wire/crc32c.h"

void
hand_reader_init(struct hand_reader *r, const struct hand_order *o)
{
	r->fd = o->fd;
	r->at = o->o.off;
	r->end = o->o.off + o->o.len;
	r->crc = 0;
	r->want = o->o.crc;
}

ssize_t
hand_read(struct hand_reader *r, char *s, size_t max)
{
	ssize_t n;

	if (r->at == r->end)
		return 0;
	if (max > r->end - r->at)
		max = (size_t)(r->end - r->at);
	do
		n = pread(r->fd, s, max, (off_t)r->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	r->crc = crc32c(r->crc, s, (size_t)n);
	r->at += (uint64_t)n;
	if (!n || (r->at == r->end && r->crc != r->want))
		return (errno = EBADMSG, -1);
	return n;
}
