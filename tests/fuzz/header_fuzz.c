/* libFuzzer entry: a message's header and each of its address lists. What
 * must hold: no octet is read outside, every field found is found again
 * whole, and completing a list twice changes nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
steps(const char *s, size_t n, int words)
{
	struct header_walk w = HEADER_WALK(s, n);
	struct header_addr a;
	size_t last = 0;

	w.words = words;
	while (header_next(&w, &a) > 0) {
		if (strlen(a.s) != a.n && a.kind != HEADER_BAD)
			abort();
		if (a.kind != HEADER_BAD &&
		    (memchr(a.s, '\n', a.n) || memchr(a.s, '\r', a.n)))
			abort();
		if (w.pos > n || w.pos < last || a.end > n)
			abort();
		last = w.pos;
	}
	header_walk_free(&w);
}

static void
walk(const char *s, size_t n)
{
	stralloc once = STRALLOC_ZERO, twice = STRALLOC_ZERO;

	steps(s, n, 0);
	steps(s, n, 1);
	if (!header_complete(&once, s, n, "o.test") ||
	    !header_complete(&twice, once.s, once.len, "o.test"))
		abort();
	if (once.len != twice.len ||
	    (once.len && memcmp(once.s, twice.s, once.len)))
		abort();
	stralloc_free(&once);
	stralloc_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	/* an own copy, so that reading one too far is seen */
	char *s = malloc(n ? n : 1);
	size_t len, body, i;
	struct header_field f;
	int used;

	memcpy(s, data, n);
	if (header_end(s, n, 1, &len, &body) != 1)
		goto out;
	if (len > body || body > n || body - len > 1)
		abort();
	for (i = 0; i < len; i += (size_t)used) {
		used = header_scan(&f, s + i, len - i);
		if (used <= 0)
			abort();
		walk(f.s + f.at, f.n - f.at);
	}
	walk(s + body, n - body);
out:
	free(s);
	return 0;
}
