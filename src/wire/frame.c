#include "wire/frame.h"

#include <errno.h>
#include <string.h>
#include <skalibs/uint32.h>

int
frame_scan(struct frame *f, char *s, size_t n)
{
	uint32_t len, tag;

	if (n < 4)
		return 0;
	uint32_unpack_big(s, &len);
	if (len > FRAME_PAYLOAD_OCTETS)
		return -1;
	if (n < FRAME_HEAD_OCTETS + len)
		return 0;
	uint32_unpack_big(s + 5, &tag);
	f->type = s[4];
	f->tag = tag;
	f->s = s + FRAME_HEAD_OCTETS;
	f->n = len;
	return FRAME_HEAD_OCTETS + (int)len;
}

void
frame_head(char h[FRAME_HEAD_OCTETS], char type, uint32_t tag, size_t n)
{
	uint32_pack_big(h, (uint32_t)n);
	h[4] = type;
	uint32_pack_big(h + 5, tag);
}

int
frame_put(stralloc *sa, char type, uint32_t tag, const char *s, size_t n)
{
	if (n > FRAME_PAYLOAD_OCTETS)
		return (errno = EMSGSIZE, 0);
	if (!stralloc_readyplus(sa, FRAME_HEAD_OCTETS + n))
		return 0;
	frame_head(sa->s + sa->len, type, tag, n);
	if (n)		/* s may be null then */
		memcpy(sa->s + sa->len + FRAME_HEAD_OCTETS, s, n);
	sa->len += FRAME_HEAD_OCTETS + n;
	return 1;
}

ssize_t
frame_begin(stralloc *sa, char type, uint32_t tag)
{
	size_t at = sa->len;

	if (!stralloc_readyplus(sa, FRAME_HEAD_OCTETS))
		return -1;
	frame_head(sa->s + at, type, tag, 0);
	sa->len += FRAME_HEAD_OCTETS;
	return (ssize_t)at;
}

int
frame_end(stralloc *sa, ssize_t at)
{
	size_t n = sa->len - (size_t)at - FRAME_HEAD_OCTETS;

	if (n > FRAME_PAYLOAD_OCTETS) {
		sa->len = (size_t)at;
		return (errno = EMSGSIZE, 0);
	}
	uint32_pack_big(sa->s + at, (uint32_t)n);
	return 1;
}
