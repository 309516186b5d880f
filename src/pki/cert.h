#ifndef PKI_CERT_H
#define PKI_CERT_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "pki/der.h"

/* What we want to know of an X.509 certificate (RFC 5280) and BearSSL's
 * decoder does not tell. Nothing is verified here. All points into the
 * certificate's DER. */

#define CERT_OCTETS 16384	/* of one; more is not taken */
#define CERT_PRINT_OCTETS 32	/* SHA-256 */

struct cert {
	struct der whole;
	struct der spki;	/* SubjectPublicKeyInfo, whole */
	struct der issuer, subject;	/* Names, whole */
	int64_t from, until;	/* Unix seconds */
	struct der names;	/* what the extension subjectAltName holds; s 0:
				 * there is none */
	struct der cn;		/* the last common name; s 0: none */
};

/* Parse der[0..n). Returns 1, or -1 if it is malformed. */
int cert_scan(struct cert *c, const unsigned char *der, size_t n);

/* The DNS names of subjectAltName one after another, *pos 0 at first. Those
 * that hold anything but letters, digits, '-', '_', '.' and '*' are passed
 * over. Returns 1, 0 at the end. */
int cert_dnsname(const struct cert *c, size_t *pos, struct der *name);

/* How many there are, of any kind that has a DNS name. */
int cert_hasdnsname(const struct cert *c);

/* SHA-256 of the SubjectPublicKeyInfo; of the whole certificate. */
void cert_spkiprint(unsigned char print[CERT_PRINT_OCTETS],
    const struct cert *c);
void cert_print(unsigned char print[CERT_PRINT_OCTETS], const struct cert *c);

/* 1 if the certificate name (which may begin with "*.") stands for the host
 * (RFC 6125 6.4.3: a star is the whole of the leftmost label, and of one
 * label only). Case does not matter, nor does a dot at the host's end. */
int cert_ishost(const struct der *name, const char *host, size_t n);

/* 1 if c is for the host: by its DNS names or, if it has none, by its common
 * name (RFC 6125 6.4.4). A host that begins with '.' is any name below it. */
int cert_isfor(const struct cert *c, const char *host);

/* Append "/CN=..." or, without one, "an unnamed certificate" of the subject
 * or issuer, printable. Returns 1, or 0 with ENOMEM. */
int cert_nametext(stralloc *sa, const struct der *name);

#endif
