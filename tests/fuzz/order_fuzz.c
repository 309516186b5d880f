/* libFuzzer entry: frames, and the orders, reports and envelopes in them.
 * The first octet chooses which. What is taken and put can be taken again,
 * and is then put the same; every string is within what came. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/envelope.h"
#include "wire/frame.h"
#include "wire/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Take s[0..n) (changed) and append it to sa: 1, or 0 if it is malformed. */
static int
order(stralloc *sa, char *s, size_t n)
{
	static struct order o = ORDER_ZERO;

	if (order_scan(&o, s, n) < 0)
		return 0;
	if (!order_put(sa, &o))
		abort();
	return 1;
}

static int
envelope(stralloc *sa, char *s, size_t n)
{
	static struct envelope e = ENVELOPE_ZERO;

	if (envelope_scan(&e, s, n) < 0)
		return 0;
	if (!envelope_put(sa, &e))
		abort();
	return 1;
}

static int
reports(stralloc *sa, char *s, size_t n)
{
	static struct report r = REPORT_ZERO;
	int used;

	while ((used = report_scan(&r, s, n)) > 0) {
		if ((size_t)used > n || !report_put(sa, &r))
			abort();
		s += used;
		n -= (size_t)used;
	}
	return used == 0;
}

static int
frames(stralloc *sa, char *s, size_t n)
{
	struct frame f;
	int used;

	while ((used = frame_scan(&f, s, n)) > 0) {
		if ((size_t)used > n || f.s < s || f.s + f.n > s + n ||
		    !frame_put(sa, f.type, f.tag, f.s, f.n))
			abort();
		s += used;
		n -= (size_t)used;
	}
	return used == 0;
}

static int (*const codecs[])(stralloc *, char *, size_t) = {
	order, envelope, reports, frames
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int (*codec)(stralloc *, char *, size_t);
	stralloc once = STRALLOC_ZERO, twice = STRALLOC_ZERO;
	char *s;

	if (!n)
		return 0;
	codec = codecs[data[0] % (sizeof codecs / sizeof codecs[0])];
	s = malloc(n);
	memcpy(s, data + 1, n - 1);
	if (codec(&once, s, n - 1)) {
		char *again = malloc(once.len + 1);

		if (once.len)
			memcpy(again, once.s, once.len);
		if (!codec(&twice, again, once.len) ||
		    once.len != twice.len ||
		    (once.len && memcmp(once.s, twice.s, once.len)))
			abort();
		free(again);
	}
	stralloc_free(&once);
	stralloc_free(&twice);
	free(s);
	return 0;
}
