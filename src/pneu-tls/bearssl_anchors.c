#include "pneu-tls/bearssl-internal.h"

#include <stdlib.h>
#include <string.h>

#include "pki/cert.h"
#include "pki/pem.h"

static unsigned char *
copy(const void *s, size_t n)
{
	unsigned char *p = malloc(n ? n : 1);

	if (p)
		memcpy(p, s, n);
	return p;
}

/* Numbers of p that are elsewhere come to storage of our own. */
static int
own(br_x509_pkey *p)
{
	if (p->key_type == BR_KEYTYPE_EC) {
		p->key.ec.q = copy(p->key.ec.q, p->key.ec.qlen);
		return p->key.ec.q != 0;
	}
	p->key.rsa.n = copy(p->key.rsa.n, p->key.rsa.nlen);
	p->key.rsa.e = copy(p->key.rsa.e, p->key.rsa.elen);
	if (p->key.rsa.n && p->key.rsa.e)
		return 1;
	free(p->key.rsa.n);
	free(p->key.rsa.e);
	return 0;
}

int
bearssl_anchor(br_x509_trust_anchor *t, const unsigned char *der, size_t n)
{
	br_x509_decoder_context d;
	const br_x509_pkey *p;
	struct cert c;

	if (cert_scan(&c, der, n) < 0)
		return -1;
	br_x509_decoder_init(&d, 0, 0);
	br_x509_decoder_push(&d, der, n);
	p = br_x509_decoder_get_pkey(&d);
	if (!p)
		return -1;
	t->pkey = *p;
	t->flags = br_x509_decoder_isCA(&d) ? BR_X509_TA_CA : 0;
	t->dn.len = c.subject.n;
	if (!own(&t->pkey))
		return 0;
	t->dn.data = copy(c.subject.s, c.subject.n);
	if (t->dn.data)
		return 1;
	bearssl_anchor_free(t);
	return 0;
}

void
bearssl_anchor_free(br_x509_trust_anchor *t)
{
	free(t->dn.data);
	if (t->pkey.key_type == BR_KEYTYPE_EC) {
		free(t->pkey.key.ec.q);
	} else {
		free(t->pkey.key.rsa.n);
		free(t->pkey.key.rsa.e);
	}
}

void
x509_anchors_free(struct x509_anchors *t)
{
	br_x509_trust_anchor *v = t->v;

	while (t->n)
		bearssl_anchor_free(&v[--t->n]);
	free(v);
	t->v = 0;
}

static int
add(void *anchors, const struct pem *o)
{
	struct x509_anchors *t = anchors;
	br_x509_trust_anchor *v;
	int r;

	if (o->why || !pem_iscert(o) || t->n == X509_ANCHORS)
		return 0;
	v = realloc(t->v, (t->n + 1) * sizeof *v);
	if (!v)
		return -1;
	t->v = v;
	r = bearssl_anchor(&v[t->n], o->s, o->n);
	t->n += r > 0;
	return r ? 0 : -1;
}

int
x509_anchors_add(struct x509_anchors *t, const char *s, size_t n)
{
	return pem_each(s, n, add, t) < 0 ? -1 : (int)t->n;
}
