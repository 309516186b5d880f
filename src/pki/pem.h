#ifndef PKI_PEM_H
#define PKI_PEM_H

#include <stddef.h>

#define PEM_OCTETS 65536	/* of an object, decoded */

/* One object of a PEM text (RFC 7468). */
struct pem {
	const char *name;	/* "CERTIFICATE" */
	const unsigned char *s;	/* decoded; overwritten afterwards */
	size_t n;
	const char *why;	/* what is wrong with it, or 0: it is whole */
};

/* Give each object of text[0..n) to take, in order, those that are damaged,
 * too, until it returns other than 0. Text between objects is passed over; the
 * last line may have no end. Returns what take returned last, 0 if it was not
 * called. */
int pem_each(const char *text, size_t n,
    int (*take)(void *arg, const struct pem *o), void *arg);

/* Is the object a certificate? */
int pem_iscert(const struct pem *o);

#endif
