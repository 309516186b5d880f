#include "spool/slot.h"

#include <skalibs/uint64.h>

uint64_t
slot_of(uint64_t due, uint64_t now)
{
	uint64_t d, width = 1;

	if (due < now + 2)
		due = now + 2;
	d = due - now;
	if (d > SLOT_FAR_S)
		d = SLOT_FAR_S, due = now + d;
	while (width * 2 <= d / 16)
		width *= 2;
	return (due + width - 1) / width * width;
}

int
slot_scan(const char *s, uint64_t *slot)
{
	size_t n = uint64_scan(s, slot);

	return n && !s[n] && n < SLOT_OCTETS && s[0] != '0' ? 1 : -1;
}

int
slot_isdue(uint64_t slot, uint64_t now, uint64_t longest)
{
	if (slot <= now)
		return 1;
	return slot - now > longest + longest / 16 + 2;
}

void
generation_fmt(char g[GENERATION_OCTETS + 1], uint64_t now)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t u = now / GENERATION_S;
	int i;

	for (i = GENERATION_OCTETS; i--; u >>= 4)
		g[i] = digits[u & 15];
	g[GENERATION_OCTETS] = 0;
}

int
generation_scan(const char *s, uint64_t *g)
{
	int i;

	for (*g = 0, i = 0; i < GENERATION_OCTETS; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			*g = *g << 4 | (uint64_t)(s[i] - '0');
		else if (s[i] >= 'a' && s[i] <= 'f')
			*g = *g << 4 | (uint64_t)(s[i] - 'a' + 10);
		else
			return -1;
	}
	return s[i] ? -1 : 1;
}
