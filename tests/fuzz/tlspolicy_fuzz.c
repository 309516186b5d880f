/* libFuzzer entry: a row of tls_policy. What must hold: words lie within the
 * row, as many as there may be; what is wrong lies within it, too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tlspolicy/tlspolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
within(const struct tlspolicy_word *w, const char *s, size_t n)
{
	if (w->s < s || w->s + w->n > s + n || !w->n)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *why = 0;
	struct tlspolicy p;
	size_t i, at = n + 1;
	int r;

	tlspolicy_iskey(s, n);
	r = tlspolicy_scan(&p, s, n, &why, &at);
	if (r < 0) {
		if (!why || at > n)
			abort();
		return 0;
	}
	if (r != 1 || p.n > TLSPOLICY_MATCHES ||
	    (p.n && p.level < TLSPOLICY_FINGERPRINT))
		abort();
	for (i = 0; i < p.n; i++)
		within(p.match + i, s, n);
	if (p.servername.n)
		within(&p.servername, s, n);
	return 0;
}
