/* libFuzzer entry: a letter's history. The first octet says whether each
 * line's CRC is made to agree. What must hold: nothing is read outside, each
 * line is used whole, indexes are ranges in their limits, and what was put
 * is scanned. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/letter.h"
#include "wire/crc32c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
mend(char *s, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *nl;
	int i;

	for (; (nl = memchr(s, '\n', n)); n -= (size_t)(nl + 1 - s), s = nl + 1)
		if (nl - s > 9) {
			uint32_t crc = crc32c(0, s + 9, (size_t)(nl - s - 9));

			for (i = 8; i--; crc >>= 4)
				s[i] = digits[crc & 15];
			s[8] = ' ';
		}
}

static void
again(const struct history *h)
{
	uint32_t lo, hi, ns[1];
	struct history g;
	stralloc sa = STRALLOC_ZERO;
	size_t pos = 0;

	while (history_indexes(h, &pos, &lo, &hi)) {
		if (lo > hi || hi >= ENVELOPE_RCPTS)
			abort();
		ns[0] = lo;
	}
	if (pos != h->indexeslen)
		abort();
	if (!history_put(&sa, h->time, ns, 1, &h->verdict) ||
	    history_scan(&g, sa.s, sa.len) != (int)sa.len ||
	    g.time != h->time || g.verdict.kind != h->verdict.kind ||
	    g.verdict.textlen != h->verdict.textlen)
		abort();
	stralloc_free(&sa);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct history h;
	size_t at = 0;
	char *s;
	int used;

	if (!n)
		return 0;
	n--;
	s = malloc(n ? n : 1);
	memcpy(s, data + 1, n);
	if (data[0] & 1)
		mend(s, n);
	while ((used = history_scan(&h, s + at, n - at)) > 0) {
		if (s[at + (size_t)used - 1] != '\n')
			abort();
		at += (size_t)used;
		if (h.time)
			again(&h);
	}
	free(s);
	return 0;
}
