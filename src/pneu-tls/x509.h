#ifndef PNEU_TLS_X509_H
#define PNEU_TLS_X509_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "wire/tls.h"

/* Is a server who he should be? The certificates that he sent, what the
 * asker wants of him and the time go in, a verdict comes out. No I/O, and no
 * TLS: any engine can ask, if it has what stands last here. */

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

/* Certification authorities that are trusted: how many, and they, as the
 * library has them. */
struct x509_anchors {
	void *v;
	size_t n;
};

/* What may be wrong with a chain. */
enum x509_error {
	X509_E_OK, X509_E_UNTRUSTED, X509_E_EXPIRED, X509_E_SIGNATURE,
	X509_E_EMPTY, X509_E_UNSUPPORTED, X509_E_WEAK, X509_E_NOTCA,
	X509_E_CRITICAL, X509_E_NONSENSE
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

/* x509_why.c: what is wrong, in Postfix's words where it has some. */
void x509_why(char why[X509_WHY_OCTETS], enum x509_error error,
    const struct x509_chain *c);

/* x509_dane.c: RFC 7672. Returns 1 if a record fits, 0 if none does, with
 * why; -1 if none of the records is usable. */
int x509_dane(char why[X509_WHY_OCTETS], const struct tls_ask *a,
    const struct x509_chain *c, int64_t now);

/* x509_name.c: 1 if the leaf is for one of a's names. */
int x509_ismatch(const struct tls_ask *a, const struct x509_chain *c);

/* The rest is each library's own: bearssl_anchors.c and bearssl_pkix.c, or
 * openssl_pkix.c.
 *
 * Do those of c that lead up from the leaf, in any order, end at one of the
 * anchors (RFC 5280; names are not looked at)? */
enum x509_error x509_pkix(const struct x509_chain *c,
    const struct x509_anchors *anchors, int64_t now);

/* Do they end at the certificate der[0..len), which is to be trusted? 1 or
 * 0. */
int x509_isbelow(const struct x509_chain *c, const unsigned char *der,
    size_t len, int64_t now);

/* Those of a PEM file's text, in storage of their own. Certificates that make
 * no sense are passed over. Returns how many, -1 with ENOMEM. */
int x509_anchors_add(struct x509_anchors *t, const char *s, size_t n);
void x509_anchors_free(struct x509_anchors *t);

#endif
