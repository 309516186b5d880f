#ifndef PKI_DER_H
#define PKI_DER_H

#include <stddef.h>

/* Walking DER (X.690): values of definite length, tags of one octet. */

struct der {
	const unsigned char *s;
	size_t n;
};

#define DER_INTEGER 0x02
#define DER_OCTETS 0x04
#define DER_OID 0x06
#define DER_UTCTIME 0x17
#define DER_GENERALTIME 0x18
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_CONTEXT(n) (0xa0 + (n))

/* Take the first value off d: its tag to *tag, what it holds to *in, the
 * value as it stands to *whole (each may be 0). Returns 1, 0 if d is empty,
 * -1 if it is malformed. */
int der_next(struct der *d, unsigned int *tag, struct der *in,
    struct der *whole);

/* The same of a value that must have this tag. Returns 1 or -1. */
int der_want(struct der *d, unsigned int tag, struct der *in,
    struct der *whole);

/* 1 if d is these n octets. */
int der_is(const struct der *d, const void *s, size_t n);

#endif
