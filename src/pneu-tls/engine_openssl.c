#include "pneu-tls/openssl-internal.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/async.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <skalibs/strerr.h>

static SSL_CTX *
context(const SSL_METHOD *method)
{
	SSL_CTX *c = SSL_CTX_new(method);

	/* Ephemeral keys first; then, as a client, what old servers have: what
	 * is weak is better than what is in clear, and what must be verified
	 * is judged by other rules (openssl_pkix.c). */
	if (!c || !SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(c, method == TLS_server_method() ?
	    "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:@SECLEVEL=1" :
	    "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:DHE+AES:"
	    "kRSA+AES:!aNULL:@SECLEVEL=0"))
		strerr_dief(111, "unable to set up OpenSSL");
	SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_timeout(c, ENGINE_SESSION_S);
	return c;
}

struct engines *
engines_new(void)
{
	struct engines *all = calloc(1, sizeof *all);

	if (!all)
		strerr_diefu1sys(111, "make room for sessions");
	if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, 0) ||
	    !ASYNC_is_capable())
		strerr_dief(111, "this OpenSSL has no asynchronous jobs");
	openssl_provider();
	all->server = context(TLS_server_method());
	all->client = context(TLS_client_method());
	openssl_server(all->server);
	openssl_client(all->client);
	return all;
}

void
engines_anchors(struct engines *all, const struct x509_anchors *t)
{
	all->anchors = t;
}

static struct engine *
new(struct engines *all, SSL_CTX *ctx)
{
	struct engine *e = calloc(1, sizeof *e);
	BIO *ours = 0;

	if (!e)
		return 0;
	e->all = all;
	e->in = malloc(2 * CLEAR_OCTETS);
	e->ssl = SSL_new(ctx);
	if (!e->in || !e->ssl || !BIO_new_bio_pair(&ours, PIPE_OCTETS,
	    &e->net, PIPE_OCTETS)) {
		engine_free(e);
		return 0;
	}
	e->out = e->in + CLEAR_OCTETS;
	SSL_set_bio(e->ssl, ours, ours);
	SSL_set_app_data(e->ssl, e);
	return e;
}

/* The handshake has just ended. */
static void
opened(struct engine *e)
{
	e->open = 1;
	e->resumed = SSL_session_reused(e->ssl);
	SSL_clear_mode(e->ssl, SSL_MODE_ASYNC);
}

/* What OpenSSL has answered: 1 if it is done, else 0: it waits, or there is
 * no more to come. */
static int
isdone(struct engine *e, int r)
{
	if (r > 0)
		return 1;
	switch (SSL_get_error(e->ssl, r)) {
	case SSL_ERROR_WANT_READ: break;
	case SSL_ERROR_WANT_WRITE: e->full = 1; break;
	case SSL_ERROR_WANT_ASYNC: e->asks = 1; break;
	case SSL_ERROR_ZERO_RETURN:
		SSL_shutdown(e->ssl);
		e->closed = 1;
		break;
	default:
		if (!e->error[0])
			openssl_why(e->error);
		e->closed = 1;
	}
	return 0;
}

/* Go on as far as it goes. */
static void
advance(struct engine *e)
{
	int r;

	if (e->asks || e->closed)
		return;
	ERR_clear_error();
	e->all->now = e;
	e->full = 0;
	if (!e->open) {
		if (!isdone(e, SSL_do_handshake(e->ssl)))
			return;
		opened(e);
	}
	while (e->inlen && !e->closed) {
		r = SSL_write(e->ssl, e->in + e->inpos, (int)e->inlen);
		if (!isdone(e, r))
			break;
		e->inpos += (size_t)r;
		e->inlen -= (size_t)r;
	}
	if (e->closing == 1 && !e->inlen && !e->closed) {
		e->closing = 2;
		e->closed = 1;
		SSL_shutdown(e->ssl);
	}
	if (!e->outlen && !e->closed) {
		r = SSL_read(e->ssl, e->out, CLEAR_OCTETS);
		if (isdone(e, r)) {
			e->outpos = 0;
			e->outlen = (size_t)r;
		}
	}
}

struct engine *
engine_server(struct engines *all, struct chains *chains)
{
	struct engine *e = new(all, all->server);

	if (!e)
		return 0;
	e->isserver = 1;
	e->chains = chains_hold(chains);
	SSL_set_accept_state(e->ssl);
	/* so that a signature may be waited for */
	SSL_set_mode(e->ssl, SSL_MODE_ASYNC);
	return e;
}

struct engine *
engine_client(struct engines *all, const struct tls_ask *a, int64_t now)
{
	struct engine *e = new(all, all->client);

	if (!e)
		return 0;
	if (!wish_init(&e->wish, a, now)) {
		engine_free(e);
		return 0;
	}
	SSL_set_connect_state(e->ssl);
	if (a->host && strlen(a->host) <= NAME_OCTETS)
		SSL_set_tlsext_host_name(e->ssl, a->host);
	judge_resume(e);
	advance(e);
	return e;
}

void
engine_free(struct engine *e)
{
	if (e->asks)	/* what waits for the signature has to end */
		engine_signed(e, 0, 0);
	wish_free(&e->wish);
	if (e->ssl) {
		/* a session can be resumed however its connection ended */
		if (e->open && !e->error[0])
			SSL_set_shutdown(e->ssl, SSL_SENT_SHUTDOWN |
			    SSL_RECEIVED_SHUTDOWN);
		SSL_free(e->ssl);
	}
	BIO_free(e->net);
	chains_drop(e->chains);
	if (e->in)
		OPENSSL_cleanse(e->in, 2 * CLEAR_OCTETS);
	free(e->in);
	free(e);
}

unsigned int
engine_state(struct engine *e)
{
	unsigned int r = e->open ? ENGINE_OPEN : 0;

	if (e->asks)
		return ENGINE_SIGN;
	if (BIO_ctrl_pending(e->net))
		r |= ENGINE_NETOUT;
	if (e->outlen)
		r |= ENGINE_CLEAROUT;
	if (e->closed)
		return r & (ENGINE_NETOUT | ENGINE_CLEAROUT) ? r :
		    r | ENGINE_CLOSED;
	/* no more is taken while what came has nowhere to go */
	if (!e->outlen && BIO_ctrl_get_write_guarantee(e->net))
		r |= ENGINE_NETIN;
	if (e->open && !e->inlen && !e->closing)
		r |= ENGINE_CLEARIN;
	return r;
}

unsigned char *
engine_buf(struct engine *e, unsigned int which, size_t *n)
{
	char *s = 0;
	int r = 0;

	*n = 0;
	switch (which) {
	case ENGINE_NETIN: r = BIO_nwrite0(e->net, &s); break;
	case ENGINE_NETOUT: r = BIO_nread0(e->net, &s); break;
	case ENGINE_CLEARIN:
		*n = e->inlen ? 0 : CLEAR_OCTETS;
		return e->in;
	default:
		*n = e->outlen;
		return e->out + e->outpos;
	}
	*n = r > 0 ? (size_t)r : 0;
	return (unsigned char *)s;
}

void
engine_used(struct engine *e, unsigned int which, size_t n)
{
	char *s;

	switch (which) {
	case ENGINE_NETIN:
		BIO_nwrite(e->net, &s, (int)n);
		break;
	case ENGINE_NETOUT:
		BIO_nread(e->net, &s, (int)n);
		if (!e->full)
			return;
		break;
	case ENGINE_CLEARIN:
		e->inpos = 0;
		e->inlen = n;
		break;
	default:
		e->outpos += n;
		e->outlen -= n;
		if (e->outlen)
			return;
	}
	advance(e);
}

/* Nothing is kept back. */
void
engine_flush(struct engine *e)
{
}

void
engine_close(struct engine *e)
{
	if (e->closing)
		return;
	e->closing = 1;
	e->outlen = 0;
	advance(e);
}

const struct key_ask *
engine_ask(const struct engine *e)
{
	return &e->ask;
}

void
engine_signed(struct engine *e, const unsigned char *sig, size_t n)
{
	if (!e->asks)
		return;
	e->asks = 0;
	e->siglen = 0;
	if (n && n <= sizeof e->sig) {
		memcpy(e->sig, sig, n);
		e->siglen = n;
	} else
		strcpy(e->error, "the private key is out of reach");
	advance(e);
}

void
engine_answer(struct engine *e, struct tls_answer *a)
{
	const SSL_CIPHER *c = SSL_get_current_cipher(e->ssl);
	int of = 0;

	memset(a, 0, sizeof *a);
	a->version = SSL_get_version(e->ssl);
	a->cipher = SSL_CIPHER_get_name(c);
	a->bits = (uint32_t)SSL_CIPHER_get_bits(c, &of);
	a->of = (uint32_t)of;
	a->resumed = e->resumed;
	if (SSL_version(e->ssl) >= TLS1_3_VERSION) {
		openssl_more(e->more, sizeof e->more, e->ssl);
		a->more = e->more[0] ? e->more : 0;
	}
	if (e->isserver) {
		a->sni = e->sni[0] ? e->sni : 0;
		a->trust = TLS_ANONYMOUS;
	} else
		a->trust = e->wish.got.trust;
}

const char *
engine_error(struct engine *e, int *cert)
{
	*cert = e->cert;
	return e->error;
}
