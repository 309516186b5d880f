#include "pki/key.h"

#include <stdlib.h>
#include <string.h>

#define RSA_OCTETS 1024		/* of a modulus */

void
key_wipe(void *s, size_t n)
{
	volatile unsigned char *p = s;

	while (n--)
		*p++ = 0;
}

void
key_free(struct key *k)
{
	if (k->own)
		key_wipe(k->own, k->n);
	free(k->own);
	memset(k, 0, sizeof *k);
}

static unsigned char *
take(unsigned char **w, const unsigned char *s, size_t n)
{
	unsigned char *p = *w;

	memcpy(p, s, n);
	*w += n;
	return p;
}

static int
copy_rsa(struct key *k, const br_rsa_private_key *r)
{
	unsigned char *w;

	k->n = r->plen + r->qlen + r->dplen + r->dqlen + r->iqlen;
	k->own = w = malloc(k->n);
	if (!w)
		return 0;
	k->type = BR_KEYTYPE_RSA;
	k->rsa = *r;
	k->rsa.p = take(&w, r->p, r->plen);
	k->rsa.q = take(&w, r->q, r->qlen);
	k->rsa.dp = take(&w, r->dp, r->dplen);
	k->rsa.dq = take(&w, r->dq, r->dqlen);
	k->rsa.iq = take(&w, r->iq, r->iqlen);
	return 1;
}

static int
copy_ec(struct key *k, const br_ec_private_key *e)
{
	unsigned char *w;

	k->n = e->xlen;
	k->own = w = malloc(k->n);
	if (!w)
		return 0;
	k->type = BR_KEYTYPE_EC;
	k->ec = *e;
	k->ec.x = take(&w, e->x, e->xlen);
	return 1;
}

int
key_copy(struct key *k, const br_skey_decoder_context *d)
{
	memset(k, 0, sizeof *k);
	if (br_skey_decoder_last_error(d))
		return -1;
	switch (br_skey_decoder_key_type(d)) {
	case BR_KEYTYPE_RSA: return copy_rsa(k, br_skey_decoder_get_rsa(d));
	case BR_KEYTYPE_EC: return copy_ec(k, br_skey_decoder_get_ec(d));
	}
	return -1;
}

/* What the one signs, the other has to verify. (BearSSL's computation of the
 * modulus refuses keys of 4096 bits.) */
static int
fits_rsa(const br_rsa_private_key *k, const br_rsa_public_key *p)
{
	static const unsigned char hash[br_sha256_SIZE] = "fits";
	unsigned char sig[RSA_OCTETS], out[br_sha256_SIZE];
	size_t len = (k->n_bitlen + 7) / 8;

	return len <= sizeof sig && br_rsa_pkcs1_sign_get_default()(
	    BR_HASH_OID_SHA256, hash, sizeof hash, k, sig) &&
	    br_rsa_pkcs1_vrfy_get_default()(sig, len, BR_HASH_OID_SHA256,
	    sizeof out, p, out) && !memcmp(out, hash, sizeof hash);
}

static int
fits_ec(const br_ec_private_key *k, const br_ec_public_key *p)
{
	unsigned char q[BR_EC_KBUF_PUB_MAX_SIZE];
	size_t n;

	if (k->curve != p->curve)
		return 0;
	n = br_ec_compute_pub(br_ec_get_default(), 0, q, k);
	return n && n == p->qlen && !memcmp(q, p->q, n);
}

int
key_fits(const struct key *k, const unsigned char *der, size_t n)
{
	br_x509_decoder_context d;
	const br_x509_pkey *p;

	br_x509_decoder_init(&d, 0, 0);
	br_x509_decoder_push(&d, der, n);
	p = br_x509_decoder_get_pkey(&d);
	if (!p)
		return -1;
	if (p->key_type != k->type)
		return 0;
	return k->type == BR_KEYTYPE_RSA ? fits_rsa(&k->rsa, &p->key.rsa) :
	    fits_ec(&k->ec, &p->key.ec);
}
