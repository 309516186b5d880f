/* The client's trust in certificates, and its sessions. */
#include "pneu-tls/openssl-internal.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/x509_vfy.h>
#include <skalibs/sha256.h>

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
	struct judge *j = e->judge;
	unsigned char *der = malloc(X509_OCTETS);
	enum x509_error error = X509_E_NONSENSE;
	struct x509_chain c = { .n = 0 };
	int ok = 0;

	if (der)
		error = take_chain(&c, der, X509_STORE_CTX_get0_untrusted(s));
	if (error != X509_E_OK)
		x509_why(j->got.why, error, &c);
	else
		ok = x509_judge(&j->got, &j->ask, &c, e->all->anchors, j->now);
	free(der);
	if (ok)
		return 1;
	e->cert = 1;
	memcpy(e->error, j->got.why, sizeof e->error);
	X509_STORE_CTX_set_error(s, X509_V_ERR_CERT_UNTRUSTED);
	return 0;
}

static struct kept *
find(struct engines *all, const unsigned char *key)
{
	size_t i;

	for (i = 0; i < ENGINE_SESSIONS; i++)
		if (all->kept[i].time && !memcmp(all->kept[i].key, key,
		    PRINT_OCTETS))
			return &all->kept[i];
	return 0;
}

static void
forget(struct kept *k)
{
	SSL_SESSION_free(k->session);
	k->session = 0;
	k->time = 0;
}

/* A session that can be resumed: of TLS 1.3 they come after the handshake.
 * Returns 1 if it is ours now. */
static int
keep(SSL *ssl, SSL_SESSION *session)
{
	struct engine *e = SSL_get_app_data(ssl);
	struct engines *all = e->all;
	struct judge *j = e->judge;
	struct kept *k;

	if (!j->ask.session)
		return 0;
	k = find(all, j->key);
	if (!k) {
		k = &all->kept[all->nextkept];
		all->nextkept = (all->nextkept + 1) % ENGINE_SESSIONS;
	}
	forget(k);
	memcpy(k->key, j->key, sizeof k->key);
	k->time = j->now;
	k->trust = j->got.trust;
	k->session = session;
	return 1;
}

void
judge_resume(struct engine *e)
{
	struct judge *j = e->judge;
	struct kept *k = j->ask.session ? find(e->all, j->key) : 0;

	if (!k)
		return;
	if (j->now < k->time || j->now > k->time + ENGINE_SESSION_S) {
		forget(k);
		return;
	}
	if (SSL_set_session(e->ssl, k->session))
		j->got.trust = k->trust;
}

int
judge_init(struct engine *e, const struct tls_ask *a, int64_t now)
{
	SHA256Schedule h = SHA256_INIT();
	struct judge *j = calloc(1, sizeof *j);

	if (!j)
		return 0;
	e->judge = j;
	j->now = now;
	/* a text of our own, and what points into it */
	if (!tls_ask_put(&j->text, a) ||
	    tls_ask_scan(&j->ask, j->text.s, j->text.len) < 0)
		return 0;
	if (j->ask.session) {
		sha256_update(&h, j->ask.session, strlen(j->ask.session));
		sha256_final(&h, (char *)j->key);
	}
	return 1;
}

void
judge_free(struct engine *e)
{
	if (!e->judge)
		return;
	stralloc_free(&e->judge->text);
	tls_ask_free(&e->judge->ask);
	free(e->judge);
	e->judge = 0;
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
