/* The client's trust in certificates, and its sessions. */
#include "pneu-tls/openssl-internal.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/x509_vfy.h>

/* The certificates that came, as DER in s[0..X509_OCTETS). */
static enum x509_error
take_chain(struct x509_chain *c, unsigned char *s, const STACK_OF(X509) *came)
{
	unsigned char *p = s;
	int i, n;

	for (c->n = 0; c->n < (size_t)sk_X509_num(came); c->n++) {
		X509 *x = sk_X509_value(came, (int)c->n);

		n = i2d_X509(x, 0);
		if (c->n == X509_CERTS || n <= 0 || n > s + X509_OCTETS - p)
			return X509_E_NONSENSE;
		c->cert[c->n].s = p;
		c->cert[c->n].n = (size_t)n;
		i = i2d_X509(x, &p);
		if (i != n)
			return X509_E_NONSENSE;
	}
	return c->n ? X509_E_OK : X509_E_EMPTY;
}

static int
verify(X509_STORE_CTX *s, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(s,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	struct engine *e = SSL_get_app_data(ssl);
	struct wish *w = &e->wish;
	unsigned char *der = malloc(X509_OCTETS);
	enum x509_error error = X509_E_NONSENSE;
	struct x509_chain c = { .n = 0 };
	int ok = 0;

	if (der)
		error = take_chain(&c, der, X509_STORE_CTX_get0_untrusted(s));
	if (error != X509_E_OK)
		x509_why(w->got.why, error, &c);
	else
		ok = x509_judge(&w->got, &w->ask, &c, e->all->anchors, w->now);
	free(der);
	if (ok)
		return 1;
	e->cert = 1;
	memcpy(e->error, w->got.why, sizeof e->error);
	X509_STORE_CTX_set_error(s, X509_V_ERR_CERT_UNTRUSTED);
	return 0;
}

/* A session that can be resumed: of TLS 1.3 they come after the handshake.
 * Returns 1 if it is ours now. */
static int
keep(SSL *ssl, SSL_SESSION *session)
{
	struct engine *e = SSL_get_app_data(ssl);
	struct engines *all = e->all;
	ssize_t i = kept_put(&all->kept, &e->wish);

	if (i < 0)
		return 0;
	SSL_SESSION_free(all->session[i]);
	all->session[i] = session;
	return 1;
}

void
judge_resume(struct engine *e)
{
	ssize_t i = kept_find(&e->all->kept, &e->wish);

	if (i >= 0)
		SSL_set_session(e->ssl, e->all->session[i]);
}

void
openssl_client(SSL_CTX *ctx)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, 0);
	SSL_CTX_set_cert_verify_callback(ctx, verify, 0);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT |
	    SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, keep);
}
