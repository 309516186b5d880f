/* libFuzzer entry: the message between DATA and the dot, both ways. What
 * must hold: parts of any size give the same; what comes out of the decoder
 * has no CR; what the encoder says has CR and LF only together, and ends
 * where it is meant to, and nowhere else. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t
decode(struct smtp_decoder *d, char *out, const char *s, size_t n,
    size_t step, size_t *used)
{
	size_t len, total = 0, k, u;

	memset(d, 0, sizeof *d);
	for (*used = 0; *used < n && !d->done; *used += u) {
		char *part = malloc(SMTP_DECODE_OCTETS(step));

		k = n - *used < step ? n - *used : step;
		u = smtp_decode(d, part, &len, s + *used, k);
		if (u > k || (u < k && !d->done) ||
		    len > SMTP_DECODE_OCTETS(k))
			abort();
		memcpy(out + total, part, len);
		total += len;
		free(part);
	}
	return total;
}

static size_t
encode(char *out, const char *s, size_t n, size_t step)
{
	struct smtp_encoder e = SMTP_ENCODER_ZERO;
	size_t total = 0, k, i, len;

	for (i = 0; i < n; i += k) {
		char *part = malloc(SMTP_ENCODE_OCTETS(step));

		k = n - i < step ? n - i : step;
		len = smtp_encode(&e, part, s + i, k);
		if (len > SMTP_ENCODE_OCTETS(k))
			abort();
		memcpy(out + total, part, len);
		total += len;
		free(part);
	}
	len = smtp_encode_end(&e, out + total);
	if (len > SMTP_ENCODE_END_OCTETS)
		abort();
	return total + len;
}

static void
check_wire(const char *s, size_t n)
{
	size_t i;

	if (n < 3 || memcmp(s + n - 3, ".\r\n", 3))
		abort();
	for (i = 0; i < n; i++)
		if ((s[i] == '\r' && (i + 1 == n || s[i + 1] != '\n')) ||
		    (s[i] == '\n' && (!i || s[i - 1] != '\r')))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t step, used, used2, len, len2, wire;
	struct smtp_decoder d, d2;
	char *a, *b, *w;

	if (!n)
		return 0;
	step = data[0] % 9 + 1;
	data++;
	n--;
	a = malloc(2 * n + 16);
	b = malloc(2 * n + 16);
	w = malloc(3 * n + 16);
	len = decode(&d, a, (const char *)data, n, n + 1, &used);
	len2 = decode(&d2, b, (const char *)data, n, step, &used2);
	if (len != len2 || used != used2 || memcmp(a, b, len) ||
	    memcmp(&d, &d2, sizeof d) || memchr(a, '\r', len))
		abort();
	/* the raw octets, and what has been decoded, to the wire and back */
	wire = encode(w, (const char *)data, n, step);
	check_wire(w, wire);
	decode(&d, b, w, wire, step, &used);
	if (!d.done || used != wire || d.bare_lf || d.bare_cr)
		abort();
	if (!len || a[len - 1] != '\n')
		a[len++] = '\n';
	wire = encode(w, a, len, step);
	check_wire(w, wire);
	len2 = decode(&d, b, w, wire, step, &used);
	if (!d.done || used != wire || len2 != len || memcmp(a, b, len))
		abort();
	free(a);
	free(b);
	free(w);
	return 0;
}
