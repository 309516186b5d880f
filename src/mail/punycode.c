#include "mail/utf8.h"

#include <string.h>

/* RFC 3492 section 5. */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72,
	FIRST = 128 };

#define LABEL_CHARACTERS 63	/* no A-label has more */

static uint32_t
adapt(uint32_t delta, uint32_t points, int first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2;
	    k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static int
put_number(stralloc *sa, uint32_t q, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint32_t k, t;

	for (k = BASE;; k += BASE) {
		t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
		if (q < t)
			return stralloc_append(sa, digits[q]);
		if (!stralloc_append(sa, digits[t + (q - t) % (BASE - t)]))
			return 0;
		q = (q - t) / (BASE - t);
	}
}

/* Section 6.3: at most LABEL_CHARACTERS, so nothing overflows. */
static int
encode(stralloc *sa, const uint32_t *c, size_t n)
{
	uint32_t next = FIRST, delta = 0, bias = BIAS, done = 0, basic, min;
	size_t i;

	for (i = 0; i < n; i++)
		if (c[i] < FIRST && ++done && !stralloc_append(sa, (char)c[i]))
			return 0;
	basic = done;
	if (basic && !stralloc_append(sa, '-'))
		return 0;
	while (done < n) {
		for (min = UINT32_MAX, i = 0; i < n; i++)
			if (c[i] >= next && c[i] < min)
				min = c[i];
		delta += (min - next) * (done + 1);
		for (next = min, i = 0; i < n; i++) {
			delta += c[i] < next;
			if (c[i] != next)
				continue;
			if (!put_number(sa, delta, bias))
				return 0;
			done++;
			bias = adapt(delta, done, done == basic + 1);
			delta = 0;
		}
		delta++;
		next++;
	}
	return 1;
}

/* Small letters for capitals; U-labels have none. */
static uint32_t
small(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	    (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	if ((c >= 0x100 && c <= 0x12f) || (c >= 0x14a && c <= 0x177) ||
	    (c >= 0x460 && c <= 0x481))
		return c | 1;
	if (((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) &&
	    c & 1)
		return c + 1;
	return c;
}

static int
label(stralloc *sa, const char *s, size_t n)
{
	uint32_t c[LABEL_CHARACTERS];
	size_t k = 0;
	int used;

	if (!utf8_has(s, n))
		return stralloc_catb(sa, s, n);
	for (; n; s += used, n -= (size_t)used) {
		used = utf8_scan(c + k, s, n);
		if (used < 0 || (c[k] >= 0x80 && c[k] < 0xa0))
			return -1;
		c[k] = small(c[k]);
		if (++k == LABEL_CHARACTERS)
			return -1;
	}
	return stralloc_cats(sa, "xn--") && encode(sa, c, k);
}

int
utf8_domain(stralloc *sa, const char *s, size_t n)
{
	const char *dot;
	size_t k;
	int r;

	for (;;) {
		dot = memchr(s, '.', n);
		k = dot ? (size_t)(dot - s) : n;
		if ((r = label(sa, s, k)) <= 0 || !dot)
			return r;
		if (!stralloc_append(sa, '.'))
			return 0;
		s += k + 1;
		n -= k + 1;
	}
}
