#ifndef PNEU_TLS_X509_H
#define PNEU_TLS_X509_H

#include <stddef.h>
#include <stdint.h>
#include <bearssl.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "wire/tls.h"

/* Is a server who he should be? The certificates that he sent, what the
 * asker wants of him and the time go in, a verdict comes out. No I/O, and no
 * TLS: any engine can ask. */

#define X509_CERTS 10		/* that a server may send */
#define X509_OCTETS 65536	/* of them all */
#define X509_ANCHORS 1000	/* of a CA file */
#define X509_WHY_OCTETS 200

/* What came, the leaf first; points into others' storage. */
struct x509_chain {
	size_t n;
	struct {
		const unsigned char *s;
		size_t n;
	} cert[X509_CERTS];
};

/* Certification authorities that are trusted. */
struct x509_anchors {
	br_x509_trust_anchor *v;
	size_t n;
};

struct x509_got {
	enum tls_trust trust;
	char why[X509_WHY_OCTETS];	/* x509_judge said 0: for what reason */
};

/* May a be content with c? Returns 1 or 0. anchors has none if n is 0. now:
 * Unix seconds. */
int x509_judge(struct x509_got *g, const struct tls_ask *a,
    const struct x509_chain *c, const struct x509_anchors *anchors,
    int64_t now);

/* x509_pkix.c: does the chain end at one of the anchors (RFC 5280; names are
 * not looked at)? Returns 0 if it does, or an error of BearSSL's. */
int x509_pkix(const struct x509_chain *c, size_t n,
    const struct x509_anchors *anchors, int64_t now);

/* What is wrong, in Postfix's words where it has some. */
void x509_why(char why[X509_WHY_OCTETS], int error,
    const struct x509_chain *c);

/* x509_dane.c: RFC 7672. Returns 1 if a record fits, 0 if none does, with
 * why; -1 if none of the records is usable. */
int x509_dane(char why[X509_WHY_OCTETS], const struct tls_ask *a,
    const struct x509_chain *c, int64_t now);

/* x509_name.c: 1 if the leaf is for one of a's names. */
int x509_ismatch(const struct tls_ask *a, const struct x509_chain *c);

/* x509_anchors.c: those of a PEM file's text, in storage of their own.
 * Certificates that make no sense are passed over. Returns how many, -1 with
 * ENOMEM. */
int x509_anchors_add(struct x509_anchors *t, const char *s, size_t n);
void x509_anchors_free(struct x509_anchors *t);

/* An anchor of one certificate. 1, 0 with ENOMEM, -1: it makes no sense. */
int x509_anchor(br_x509_trust_anchor *t, const unsigned char *der, size_t n);
void x509_anchor_free(br_x509_trust_anchor *t);

#endif
