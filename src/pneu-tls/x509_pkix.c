#include "pneu-tls/x509.h"

#include <stdio.h>
#include <string.h>

#include "pki/cert.h"

#define DAYS_1970 719528	/* from the year 0 */

int
x509_pkix(const struct x509_chain *c, size_t n,
    const struct x509_anchors *anchors, int64_t now)
{
	br_x509_minimal_context m;
	size_t i;

	br_x509_minimal_init_full(&m, anchors->v, anchors->n);
	br_x509_minimal_set_time(&m, (uint32_t)(DAYS_1970 + now / 86400),
	    (uint32_t)(now % 86400));
	m.vtable->start_chain(&m.vtable, 0);
	for (i = 0; i < n; i++) {
		m.vtable->start_cert(&m.vtable, (uint32_t)c->cert[i].n);
		m.vtable->append(&m.vtable, c->cert[i].s, c->cert[i].n);
		m.vtable->end_cert(&m.vtable);
	}
	return (int)m.vtable->end_chain(&m.vtable);
}

/* The certificate whose issuer nobody knows: the last that came. */
static void
untrusted(char why[X509_WHY_OCTETS], const struct x509_chain *c)
{
	stralloc sa = STRALLOC_ZERO;
	struct cert last;
	int self;

	if (!c->n || cert_scan(&last, c->cert[c->n - 1].s,
	    c->cert[c->n - 1].n) < 0 || !cert_nametext(&sa, &last.issuer) ||
	    !stralloc_0(&sa)) {
		snprintf(why, X509_WHY_OCTETS, "untrusted issuer");
		return;
	}
	self = last.issuer.n == last.subject.n &&
	    !memcmp(last.issuer.s, last.subject.s, last.issuer.n);
	snprintf(why, X509_WHY_OCTETS, "%s %s", self && c->n == 1 ?
	    "self-signed certificate" : "untrusted issuer", sa.s);
	stralloc_free(&sa);
}

void
x509_why(char why[X509_WHY_OCTETS], int error, const struct x509_chain *c)
{
	const char *s;

	switch (error) {
	case BR_ERR_X509_NOT_TRUSTED: untrusted(why, c); return;
	case BR_ERR_X509_EXPIRED:
		s = "the certificate has expired or is not valid yet";
		break;
	case BR_ERR_X509_BAD_SIGNATURE: s = "a signature is wrong"; break;
	case BR_ERR_X509_EMPTY_CHAIN: s = "no certificate came"; break;
	case BR_ERR_X509_UNSUPPORTED: s = "an algorithm is not supported";
		break;
	case BR_ERR_X509_WEAK_PUBLIC_KEY: s = "a key is too short"; break;
	case BR_ERR_X509_NOT_CA: s = "an issuer is no certification authority";
		break;
	case BR_ERR_X509_CRITICAL_EXTENSION:
		s = "a critical extension is not known";
		break;
	default:
		snprintf(why, X509_WHY_OCTETS,
		    "the certificates make no sense (error %d)", error);
		return;
	}
	snprintf(why, X509_WHY_OCTETS, "%s", s);
}
