#include "spool/letter.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint32.h>
#include <skalibs/uint64.h>

#include "wire/crc32c.h"

#define CRC_OCTETS 9			/* "xxxxxxxx " */

/* A range "lo" or "lo-hi" of s[0..n), with the comma behind it if one is
 * there. Octets used, 0 if it is none. */
static size_t
range_scan(const char *s, size_t n, uint32_t *lo, uint32_t *hi)
{
	uint64_t u[2];
	size_t i = 0, k;

	for (k = 0; k < 2; k++) {
		size_t first = i;

		for (u[k] = 0; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
			u[k] = u[k] * 10 + (uint64_t)(s[i] - '0');
			if (u[k] >= ENVELOPE_RCPTS)
				return 0;
		}
		if (i == first)
			return 0;
		if (k || i == n || s[i] != '-')
			break;
		i++;
	}
	*lo = (uint32_t)u[0];
	*hi = (uint32_t)u[k];
	if (*hi < *lo)
		return 0;
	if (i == n)
		return i;
	return s[i] == ',' && i + 1 < n ? i + 1 : 0;
}

/* The line s[0..n), without its newline. 1, or 0 if it is none of ours. */
static int
line_scan(struct history *h, const char *s, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const char *sp, *end = s + n;
	uint32_t crc = 0, lo, hi;
	size_t i, used;

	if (n <= CRC_OCTETS || s[8] != ' ')
		return 0;
	for (i = 0; i < 8; i++) {
		const char *d = s[i] ? strchr(digits, s[i]) : 0;

		if (!d)
			return 0;
		crc = crc << 4 | (uint32_t)(d - digits);
	}
	s += CRC_OCTETS;
	if (crc32c(0, s, (size_t)(end - s)) != crc)
		return 0;
	for (h->time = 0; s < end && *s >= '0' && *s <= '9'; s++) {
		if (h->time > UINT64_MAX / 10 - 1)
			return 0;
		h->time = h->time * 10 + (uint64_t)(*s - '0');
	}
	if (s == end || *s++ != ' ' || !h->time)
		return 0;
	sp = memchr(s, ' ', (size_t)(end - s));
	if (!sp || sp == s)
		return 0;
	h->indexes = s;
	h->indexeslen = (size_t)(sp - s);
	for (i = 0; i < h->indexeslen; i += used)
		if (!(used = range_scan(s + i, h->indexeslen - i, &lo, &hi)))
			return 0;
	return verdict_scan(&h->verdict, sp + 1,
	    (size_t)(end - sp - 1)) > 0;
}

int
history_scan(struct history *h, const char *s, size_t n)
{
	const char *nl = n ? memchr(s, '\n', n) : 0;	/* s may be null */

	if (!nl)
		return 0;
	if (!line_scan(h, s, (size_t)(nl - s)))
		h->time = 0;
	return (int)(nl - s + 1);
}

int
history_indexes(const struct history *h, size_t *pos, uint32_t *lo,
    uint32_t *hi)
{
	size_t used;

	if (*pos >= h->indexeslen)
		return 0;
	used = range_scan(h->indexes + *pos, h->indexeslen - *pos, lo, hi);
	*pos += used;
	return used > 0;
}

static int
put_number(stralloc *sa, uint64_t u)
{
	char fmt[UINT64_FMT];

	return stralloc_catb(sa, fmt, uint64_fmt(fmt, u));
}

/* ns as ranges. */
static int
put_indexes(stralloc *sa, const uint32_t *ns, size_t nns)
{
	size_t i, k;

	for (i = 0; i < nns; i = k) {
		for (k = i + 1; k < nns && ns[k] == ns[k - 1] + 1; k++)
			;
		if ((i && !stralloc_append(sa, ',')) ||
		    !put_number(sa, ns[i]))
			return 0;
		if (k > i + 1 && (!stralloc_append(sa, '-') ||
		    !put_number(sa, ns[k - 1])))
			return 0;
	}
	return 1;
}

int
history_put(stralloc *sa, uint64_t time, const uint32_t *ns, size_t nns,
    const struct verdict *v)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = sa->len, i;
	uint32_t crc;

	if (!stralloc_catb(sa, "00000000 ", CRC_OCTETS) ||
	    !put_number(sa, time) || !stralloc_append(sa, ' ') ||
	    !put_indexes(sa, ns, nns) || !stralloc_append(sa, ' ') ||
	    !verdict_put(sa, v) || !stralloc_append(sa, '\n')) {
		sa->len = at;
		return 0;
	}
	crc = crc32c(0, sa->s + at + CRC_OCTETS, sa->len - at - CRC_OCTETS - 1);
	for (i = 8; i--; crc >>= 4)
		sa->s[at + i] = digits[crc & 15];
	return 1;
}
