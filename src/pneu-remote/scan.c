#include "pneu-remote/scan.h"

#include <string.h>

static int
has8bit(const char *s, size_t n)
{
	uint64_t w, all = 0;
	unsigned char c = 0;

	for (; n >= sizeof w; s += sizeof w, n -= sizeof w) {
		memcpy(&w, s, sizeof w);
		all |= w;
	}
	for (; n; n--)
		c |= (unsigned char)*s++;
	return (all & UINT64_C(0x8080808080808080)) != 0 || c > 127;
}

void
scan_feed(struct scan *x, const char *s, size_t n)
{
	while (n) {
		const char *nl = memchr(s, '\n', n);
		size_t len = nl ? (size_t)(nl - s) : n;

		x->line += len;
		if (x->line > SCAN_LINE_OCTETS)
			x->longline = 1;
		if (!x->body && !x->head8)
			x->head8 = has8bit(s, len);
		else if (x->body && !x->body8)
			x->body8 = has8bit(s, len);
		x->wire += len;
		if (!nl)
			return;
		x->wire += 2;
		if (!x->line)
			x->body = 1;
		x->line = 0;
		s = nl + 1;
		n -= len + 1;
	}
}

uint64_t
scan_wire(const struct scan *x)
{
	return x->wire + (x->line ? 2 : 0);
}
