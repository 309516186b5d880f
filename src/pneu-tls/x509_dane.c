/* DANE for SMTP: RFC 7672 section 3.1, on RFC 6698 and 7671. */
#include "pneu-tls/x509.h"

#include <stdio.h>
#include <string.h>
#include <skalibs/sha256.h>
#include <skalibs/sha512.h>

#include "pki/cert.h"

#define USAGE_TA 2
#define USAGE_EE 3

/* 1 if certificate der[0..n) is what t says. */
static int
isit(const struct tls_tlsa *t, const unsigned char *der, size_t n)
{
	SHA256Schedule h2 = SHA256_INIT();
	SHA512Schedule h5 = SHA512_INIT();
	struct der d = { der, n };
	struct cert c;
	char hash[64];

	if (t->selector) {
		if (cert_scan(&c, der, n) < 0)
			return 0;
		d = c.spki;
	}
	switch (t->type) {
	case 0:
		return der_is(&d, t->data, t->n);
	case 1:
		sha256_update(&h2, (const char *)d.s, d.n);
		sha256_final(&h2, hash);
		break;
	default:
		sha512_update(&h5, (const char *)d.s, d.n);
		sha512_final(&h5, hash);
	}
	return !memcmp(hash, t->data, t->n);
}

/* Is the leaf issued below one that the record says to trust? */
static int
isanchored(const struct tls_tlsa *t, const struct x509_chain *c, int64_t now)
{
	size_t i;

	for (i = 1; i < c->n; i++)
		if (isit(t, c->cert[i].s, c->cert[i].n) &&
		    x509_isbelow(c, c->cert[i].s, c->cert[i].n, now))
			return 1;
	/* the record may hold what was not sent */
	return t->type == 0 && t->selector == 0 &&
	    c->n && x509_isbelow(c, t->data, t->n, now);
}

int
x509_dane(char why[X509_WHY_OCTETS], const struct tls_ask *a,
    const struct x509_chain *c, int64_t now)
{
	struct tls_tlsa t;
	int usable = 0, named = 0;
	size_t i;

	for (i = 0; i < genalloc_len(const char *, &a->tlsa); i++) {
		if (tls_tlsa_scan(&t, genalloc_s(const char *,
		    &a->tlsa)[i]) < 0 || !tls_tlsa_isusable(&t))
			continue;
		usable = 1;
		if (t.usage == USAGE_EE && c->n &&
		    isit(&t, c->cert[0].s, c->cert[0].n))
			return 1;
		if (t.usage != USAGE_TA || !isanchored(&t, c, now))
			continue;
		if (x509_ismatch(a, c))
			return 1;
		named = 1;
	}
	if (!usable)
		return -1;
	snprintf(why, X509_WHY_OCTETS, "%s", named ?
	    "the certificate is for another name" :
	    "no TLSA record fits the certificate");
	return 0;
}
