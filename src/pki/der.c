#include "pki/der.h"

#include <string.h>

#define LENGTH_OCTETS 3		/* of a long length */

int
der_next(struct der *d, unsigned int *tag, struct der *in, struct der *whole)
{
	size_t at = 2, n, k;

	if (!d->n)
		return 0;
	if (d->n < 2 || (d->s[0] & 0x1f) == 0x1f)
		return -1;
	n = d->s[1];
	if (n & 0x80) {
		k = n & 0x7f;
		if (!k || k > LENGTH_OCTETS || d->n < 2 + k)
			return -1;
		for (n = 0; k; k--)
			n = n << 8 | d->s[at++];
	}
	if (n > d->n - at)
		return -1;
	if (tag)
		*tag = d->s[0];
	if (in) {
		in->s = d->s + at;
		in->n = n;
	}
	if (whole) {
		whole->s = d->s;
		whole->n = at + n;
	}
	d->s += at + n;
	d->n -= at + n;
	return 1;
}

int
der_want(struct der *d, unsigned int tag, struct der *in, struct der *whole)
{
	unsigned int t;

	return der_next(d, &t, in, whole) > 0 && t == tag ? 1 : -1;
}

int
der_is(const struct der *d, const void *s, size_t n)
{
	return d->n == n && !memcmp(d->s, s, n);
}
