/* libFuzzer entry: the values of Delivered-To fields in a header. What must
 * hold: they do not depend on the parts in which the message comes. The
 * first octet says how long those are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "deliver/delivered.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
values(const uint8_t *data, size_t len, size_t part, stralloc *out)
{
	struct delivered d;
	size_t at, left;
	int r = 0;

	delivered_init(&d);
	for (at = 0; at < len && r >= 0; at += part) {
		size_t k = len - at < part ? len - at : part;
		char *s = malloc(k);	/* so that reading too far is seen */
		const char *p = s;

		memcpy(s, data + at, k);
		left = k;
		while ((r = delivered_next(&d, &p, &left)) > 0) {
			stralloc_cats(out, d.value);
			stralloc_append(out, '\n');
		}
		if (p < s || p > s + k || p + left != s + k || (!r && left))
			abort();
		free(s);
	}
	if (r >= 0 && delivered_end(&d)) {
		stralloc_cats(out, d.value);
		stralloc_append(out, '\n');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc whole = STRALLOC_ZERO, parts = STRALLOC_ZERO;

	if (!n)
		return 0;
	values(data + 1, n - 1, n, &whole);
	values(data + 1, n - 1, 1 + data[0] % 40, &parts);
	if (whole.len != parts.len ||
	    (whole.len && memcmp(whole.s, parts.s, whole.len)))
		abort();
	stralloc_free(&whole);
	stralloc_free(&parts);
	return 0;
}
