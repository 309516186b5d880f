#include "pneu-tls/bearssl-internal.h"

#include <string.h>

#include "pki/cert.h"

#define DAYS_1970 719528	/* from the year 0 */

enum x509_error
bearssl_error(int error)
{
	switch (error) {
	case 0: return X509_E_OK;
	case BR_ERR_X509_NOT_TRUSTED: return X509_E_UNTRUSTED;
	case BR_ERR_X509_EXPIRED: return X509_E_EXPIRED;
	case BR_ERR_X509_BAD_SIGNATURE: return X509_E_SIGNATURE;
	case BR_ERR_X509_EMPTY_CHAIN: return X509_E_EMPTY;
	case BR_ERR_X509_UNSUPPORTED: return X509_E_UNSUPPORTED;
	case BR_ERR_X509_WEAK_PUBLIC_KEY: return X509_E_WEAK;
	case BR_ERR_X509_NOT_CA: return X509_E_NOTCA;
	case BR_ERR_X509_CRITICAL_EXTENSION: return X509_E_CRITICAL;
	default: return X509_E_NONSENSE;
	}
}

/* The way up from the leaf. BearSSL wants each certificate to be followed by
 * its issuer's; servers send them in any order, and others with them (RFC 8446
 * 4.4.2 says to take it). */
static void
path(struct x509_chain *to, const struct x509_chain *c)
{
	struct cert last, next;
	char used[X509_CERTS] = { 1 };
	size_t i = 0;

	to->n = 0;
	while (i < c->n && cert_scan(&last, c->cert[i].s, c->cert[i].n) > 0) {
		used[i] = 1;
		to->cert[to->n++] = c->cert[i];
		for (i = 1; i < c->n; i++)
			if (!used[i] && cert_scan(&next, c->cert[i].s,
			    c->cert[i].n) > 0 && der_is(&next.subject,
			    last.issuer.s, last.issuer.n))
				break;
	}
}

enum x509_error
x509_pkix(const struct x509_chain *all, const struct x509_anchors *anchors,
    int64_t now)
{
	br_x509_minimal_context m;
	struct x509_chain up, *c = &up;
	size_t i;

	path(c, all);
	br_x509_minimal_init_full(&m, anchors->v, anchors->n);
	br_x509_minimal_set_hash(&m, br_sha1_ID, 0);	/* RFC 9155 */
	br_x509_minimal_set_time(&m, (uint32_t)(DAYS_1970 + now / 86400),
	    (uint32_t)(now % 86400));
	m.vtable->start_chain(&m.vtable, 0);
	for (i = 0; i < c->n; i++) {
		m.vtable->start_cert(&m.vtable, (uint32_t)c->cert[i].n);
		m.vtable->append(&m.vtable, c->cert[i].s, c->cert[i].n);
		m.vtable->end_cert(&m.vtable);
	}
	return bearssl_error((int)m.vtable->end_chain(&m.vtable));
}

int
x509_isbelow(const struct x509_chain *c, const unsigned char *der,
    size_t len, int64_t now)
{
	br_x509_trust_anchor t;
	struct x509_anchors one = { &t, 1 };
	enum x509_error e;

	if (bearssl_anchor(&t, der, len) <= 0)
		return 0;
	t.flags |= BR_X509_TA_CA;
	e = x509_pkix(c, &one, now);
	bearssl_anchor_free(&t);
	return e == X509_E_OK;
}
