#include "pneu-tls/x509.h"

#include <stdio.h>
#include <string.h>

#include "pki/cert.h"

/* The leaf, or its key, has one of the fingerprints. */
static int
isprinted(const struct tls_ask *a, const struct x509_chain *c)
{
	unsigned char want[TLS_PRINT_OCTETS], cert[TLS_PRINT_OCTETS],
	    spki[TLS_PRINT_OCTETS];
	struct cert leaf;
	size_t i;

	if (!c->n || cert_scan(&leaf, c->cert[0].s, c->cert[0].n) < 0)
		return 0;
	cert_print(cert, &leaf);
	cert_spkiprint(spki, &leaf);
	for (i = 0; i < genalloc_len(const char *, &a->print); i++)
		if (tls_print_scan(want, genalloc_s(const char *,
		    &a->print)[i]) > 0 && (!memcmp(want, cert, sizeof want) ||
		    !memcmp(want, spki, sizeof want)))
			return 1;
	return 0;
}

static int
refuse(struct x509_got *g, const char *why)
{
	snprintf(g->why, sizeof g->why, "%s", why);
	return 0;
}

/* By certification authorities, and the name. */
static int
judge_pkix(struct x509_got *g, const struct tls_ask *a,
    const struct x509_chain *c, const struct x509_anchors *anchors,
    int64_t now)
{
	enum x509_error e;

	if (!anchors->n)
		return refuse(g, "no certification authorities are trusted "
		    "(smtp_tls_CAfile)");
	e = x509_pkix(c, anchors, now);
	if (e) {
		x509_why(g->why, e, c);
		return 0;
	}
	g->trust = TLS_TRUSTED;
	if (!x509_ismatch(a, c))
		return refuse(g, "the certificate is for another name");
	g->trust = TLS_VERIFIED;
	return 1;
}

int
x509_judge(struct x509_got *g, const struct tls_ask *a,
    const struct x509_chain *c, const struct x509_anchors *anchors,
    int64_t now)
{
	int r;

	g->why[0] = 0;
	g->trust = c->n ? TLS_UNTRUSTED : TLS_ANONYMOUS;
	switch (a->level) {
	case TLS_FINGERPRINT:
		if (!isprinted(a, c))
			return refuse(g, "the fingerprint is another");
		g->trust = TLS_VERIFIED;
		return 1;
	case TLS_VERIFY:
	case TLS_SECURE:
		return judge_pkix(g, a, c, anchors, now);
	case TLS_DANE:
		r = x509_dane(g->why, a, c, now);
		if (r > 0)
			g->trust = TLS_TRUST_DANE;
		return r != 0;	/* -1: as encrypt, RFC 7672 2.2 */
	default:
		if (anchors->n && !x509_pkix(c, anchors, now))
			g->trust = x509_ismatch(a, c) ? TLS_VERIFIED :
			    TLS_TRUSTED;
		return 1;
	}
}
