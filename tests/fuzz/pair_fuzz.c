/* libFuzzer entry: a PEM file of keys and certificates, as smtpd_tls_chain_files
 * and smtp_tls_CAfile name them. What must hold: what is refused says why;
 * what is taken has a key and fits or says why not. */
#include <stdint.h>
#include <stdlib.h>

#include "pki/pair.h"
#include "pneu-tls/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *why = 0;
	struct pairs p = PAIRS_ZERO;
	struct x509_anchors t = { 0, 0 };
	unsigned int file;
	size_t i, k, sum;
	int r;

	if (pairs_add(&p, 0, s, n, &why) < 0 && !why)
		abort();
	for (i = 0; i < pairs_n(&p); i++) {
		struct pair *x = pairs_at(&p, i);

		for (k = sum = 0; k < x->n; k++)
			sum += x->len[k];
		if (x->n > PAIR_CERTS || sum != x->der.len)
			abort();
		why = 0;
		r = pair_check(x, 1763000000, &why, &file);
		if (r < 1 && !why)
			abort();
	}
	pairs_free(&p);
	x509_anchors_add(&t, s, n);
	x509_anchors_free(&t);
	return 0;
}
