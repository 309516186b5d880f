/* What OpenSSL asks of us as a server. */
#include "pneu-tls/openssl-internal.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>
#include <skalibs/sha256.h>

/* A chain as OpenSSL has it. */
struct made {
	X509 *leaf;
	STACK_OF(X509) *rest;
	EVP_PKEY *key;		/* in pneu-key, really */
};

static void
unmake(void *p)
{
	struct made *m = p;

	X509_free(m->leaf);
	sk_X509_pop_free(m->rest, X509_free);
	EVP_PKEY_free(m->key);
	free(m);
}

static X509 *
cert(const struct key_chain *c, size_t i)
{
	const unsigned char *s = c->cert[i].s;

	return d2i_X509(0, &s, (long)c->cert[i].n);
}

/* 0 if it makes no sense to OpenSSL. */
static struct made *
make(struct engines *all, const struct key_chain *c)
{
	struct made *m = calloc(1, sizeof *m);
	EVP_PKEY *pub;
	size_t i;
	X509 *x;

	if (!m)
		return 0;
	m->rest = sk_X509_new_null();
	m->leaf = cert(c, 0);
	pub = m->leaf ? X509_get0_pubkey(m->leaf) : 0;
	if (m->rest && pub)
		m->key = openssl_key(all, c, pub);
	for (i = 1; m->key && i < c->n; i++)
		if ((x = cert(c, i)) && !sk_X509_push(m->rest, x))
			X509_free(x);
	if (m->key)
		return m;
	unmake(m);
	return 0;
}

/* Which certificates there are for this client: one of each kind, among which
 * OpenSSL chooses by what he can verify. If there is none it finds nothing in
 * common with him. */
static int
choose(SSL *ssl, void *arg)
{
	static const enum key_type types[] = { KEY_EC, KEY_RSA };
	struct engine *e = SSL_get_app_data(ssl);
	struct chain *c;
	struct made *m;
	size_t i;

	SSL_certs_clear(ssl);
	for (i = 0; i < sizeof types / sizeof types[0]; i++) {
		c = chains_choose(e->chains, e->sni, types[i]);
		if (!c)
			continue;
		if (!c->made) {
			c->made = make(e->all, &c->c);
			c->unmake = unmake;
		}
		m = c->made;
		if (!m || SSL_use_cert_and_key(ssl, m->leaf, m->key, m->rest,
		    1) != 1)
			return 0;
	}
	return 1;
}

/* The name of the server_name extension (RFC 6066 3) s[0..n): a list of one. */
static void
take_name(char name[NAME_OCTETS + 1], const unsigned char *s, size_t n)
{
	size_t len = n < 5 ? 0 : (size_t)s[3] << 8 | s[4], i;

	name[0] = 0;
	if (n < 5 || s[2] || len != n - 5 || len > NAME_OCTETS ||
	    memchr(s + 5, 0, len))
		return;
	for (i = 0; i < len; i++)
		name[i] = (char)(s[5 + i] >= 'A' && s[5 + i] <= 'Z' ?
		    s[5 + i] + ('a' - 'A') : s[5 + i]);
	name[len] = 0;
}

/* A session is resumed under the name that it was begun under (RFC 6066 3). */
static int
hello(SSL *ssl, int *alert, void *arg)
{
	struct engine *e = SSL_get_app_data(ssl);
	SHA256Schedule h = SHA256_INIT();
	const unsigned char *s;
	unsigned char id[32];
	size_t n;

	e->sni[0] = 0;
	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &s, &n))
		take_name(e->sni, s, n);
	sha256_update(&h, e->sni, strlen(e->sni));
	sha256_final(&h, (char *)id);
	return SSL_set_session_id_context(ssl, id, sizeof id) ?
	    SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

void
openssl_server(SSL_CTX *ctx)
{
	SSL_CTX_set_client_hello_cb(ctx, hello, 0);
	SSL_CTX_set_cert_cb(ctx, choose, 0);
	/* kept here, not in tickets, whose key would have to be changed */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_SERVER);
	SSL_CTX_sess_set_cache_size(ctx, ENGINE_SESSIONS);
	SSL_CTX_set_num_tickets(ctx, 1);
}
