#include "pneu-tls/x509.h"

#include <errno.h>
#include <string.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static enum x509_error
error_of(int error)
{
	switch (error) {
	case X509_V_OK: return X509_E_OK;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED: return X509_E_UNTRUSTED;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID: return X509_E_EXPIRED;
	case X509_V_ERR_CERT_SIGNATURE_FAILURE: return X509_E_SIGNATURE;
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL: return X509_E_WEAK;
	case X509_V_ERR_CA_MD_TOO_WEAK: return X509_E_UNSUPPORTED;
	case X509_V_ERR_INVALID_CA: return X509_E_NOTCA;
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: return X509_E_CRITICAL;
	default: return X509_E_NONSENSE;
	}
}

static int
verify(X509_STORE *store, STACK_OF(X509) *chain, int64_t now)
{
	X509_STORE_CTX *s = X509_STORE_CTX_new();
	int r = X509_V_ERR_OUT_OF_MEM;

	if (s && X509_STORE_CTX_init(s, store, sk_X509_value(chain, 0),
	    chain)) {
		X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(s);

		X509_VERIFY_PARAM_set_time(p, (time_t)now);
		X509_VERIFY_PARAM_set_auth_level(p, 1);
		X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_SERVER);
		/* what is in the file is trusted, root or not */
		X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_PARTIAL_CHAIN);
		r = X509_verify_cert(s) == 1 ? X509_V_OK :
		    X509_STORE_CTX_get_error(s);
	}
	X509_STORE_CTX_free(s);
	return r;
}

enum x509_error
x509_pkix(const struct x509_chain *c, const struct x509_anchors *anchors,
    int64_t now)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	const unsigned char *s;
	int r = X509_V_ERR_UNSPECIFIED;
	size_t i;
	X509 *x;

	for (i = 0; chain && i < c->n; i++) {
		s = c->cert[i].s;
		x = d2i_X509(0, &s, (long)c->cert[i].n);
		if (!x || !sk_X509_push(chain, x)) {
			X509_free(x);
			break;
		}
	}
	if (chain && i && i == c->n)
		r = verify(anchors->v, chain, now);
	sk_X509_pop_free(chain, X509_free);
	return error_of(r);
}

/* 1, or 0 if it makes no sense, -1 with ENOMEM. */
static int
add(struct x509_anchors *t, const unsigned char *der, size_t n)
{
	X509 *x = d2i_X509(0, &der, (long)n);
	int r;

	if (!x)
		return 0;
	if (!t->v && !(t->v = X509_STORE_new())) {
		X509_free(x);
		return (errno = ENOMEM, -1);
	}
	r = t->n < X509_ANCHORS && X509_STORE_add_cert(t->v, x);
	t->n += r > 0;
	X509_free(x);
	return r;
}

int
x509_isbelow(const struct x509_chain *c, const unsigned char *der,
    size_t len, int64_t now)
{
	struct x509_anchors one = { 0, 0 };
	int r = add(&one, der, len) > 0 &&
	    x509_pkix(c, &one, now) == X509_E_OK;

	x509_anchors_free(&one);
	return r;
}

int
x509_anchors_add(struct x509_anchors *t, const char *s, size_t n)
{
	BIO *b = BIO_new_mem_buf(s, (int)n);
	char *name, *header;
	unsigned char *der;
	long len;
	int r = 0;

	if (!b)
		return (errno = ENOMEM, -1);
	while (r >= 0 && PEM_read_bio(b, &name, &header, &der, &len)) {
		if (!strcmp(name, PEM_STRING_X509) ||
		    !strcmp(name, PEM_STRING_X509_OLD))
			r = add(t, der, (size_t)len);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	BIO_free(b);
	return r < 0 ? -1 : (int)t->n;
}

void
x509_anchors_free(struct x509_anchors *t)
{
	X509_STORE_free(t->v);
	t->v = 0;
	t->n = 0;
}
