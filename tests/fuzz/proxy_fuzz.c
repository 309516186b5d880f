/* libFuzzer entry: PROXY headers. What must hold: the answer does not depend
 * on what follows the header; it is decided at PROXY_OCTETS; less of a header
 * is never an error. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-listen/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct proxy p, q;
	unsigned char *s;
	size_t i;
	int r, last = -2;

	if (n > PROXY_OCTETS)
		n = PROXY_OCTETS;
	for (i = 0; i <= n; i++) {
		s = malloc(i + !i);
		if (i)
			memcpy(s, data, i);
		r = proxy_scan(&p, s, i);
		free(s);
		if (last == 1 && (r != 1 || memcmp(&p, &q, sizeof p)))
			abort();
		if ((last == -1 && r != -1) || (r == 0 && last > 0) ||
		    (r == 0 && i == PROXY_OCTETS) || (r == 1 && !p.len) ||
		    (r == 1 && p.len > PROXY_V2_OCTETS))
			abort();
		/* what was said to be of the header is */
		if (r == 1 && last == 0 && p.len < i)
			abort();
		last = r;
		q = p;
	}
	return 0;
}
