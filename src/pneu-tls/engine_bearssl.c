#include "pneu-tls/bearssl-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/strerr.h>

struct engines *
engines_new(void)
{
	struct engines *all = calloc(1, sizeof *all);

	if (!all)
		strerr_diefu1sys(111, "make room for sessions");
	br_ssl_session_cache_lru_init(&all->lru, all->lrumem,
	    sizeof all->lrumem);
	return all;
}

void
engines_anchors(struct engines *all, const struct x509_anchors *t)
{
	all->anchors = t;
}

static struct engine *
new(struct engines *all, size_t buflen)
{
	struct engine *e = calloc(1, sizeof *e);

	if (!e)
		return 0;
	e->all = all;
	e->buflen = buflen;
	e->buf = malloc(buflen);
	if (e->buf)
		return e;
	free(e);
	return 0;
}

struct engine *
engine_server(struct engines *all, struct chains *chains)
{
	struct engine *e = new(all, SERVER_OCTETS);
	br_ssl_server_context *s;

	if (!e)
		return 0;
	s = &e->x.server;
	e->eng = &s->eng;
	e->isserver = 1;
	e->chains = chains_hold(chains);
	e->policy.vtable = &policy_class;
	e->policy.e = e;
	br_ssl_server_init_full_rsa(s, 0, 0, 0);
	suites_set(e->eng, 1);
	br_ssl_server_set_policy(s, &e->policy.vtable);
	e->cache.vtable = &cache_class;
	e->cache.e = e;
	br_ssl_server_set_cache(s, &e->cache.vtable);
	br_ssl_engine_set_buffers_bidi(e->eng, e->buf, IN_OCTETS,
	    e->buf + IN_OCTETS, OUT_SERVER_OCTETS);
	br_ssl_server_reset(s);
	return e;
}

struct engine *
engine_client(struct engines *all, const struct tls_ask *a, int64_t now)
{
	struct engine *e = new(all, CLIENT_OCTETS);
	br_x509_minimal_context unused;
	br_ssl_client_context *c;
	int resume;

	if (!e)
		return 0;
	c = &e->x.client;
	e->eng = &c->eng;
	if (!wish_init(&e->wish, a, now) || !judge_new(e)) {
		engine_free(e);
		return 0;
	}
	br_ssl_client_init_full(c, &unused, 0, 0);
	suites_set(e->eng, 0);
	br_ssl_engine_set_x509(e->eng, &e->judge->vtable);
	br_ssl_engine_set_buffers_bidi(e->eng, e->buf, IN_OCTETS,
	    e->buf + IN_OCTETS, OUT_CLIENT_OCTETS);
	resume = judge_resume(e);
	br_ssl_client_reset(c, a->host && strlen(a->host) <= NAME_OCTETS ?
	    a->host : 0, resume);
	return e;
}

void
engine_free(struct engine *e)
{
	judge_free(e);
	wish_free(&e->wish);
	chains_drop(e->chains);
	if (e->buf)	/* what was said, and keys of the session */
		key_wipe(e->buf, e->buflen);
	key_wipe(&e->x, sizeof e->x);
	free(e->buf);
	free(e);
}

/* The handshake has just ended. */
static void
opened(struct engine *e)
{
	e->open = 1;
	if (e->judge)
		judge_keep(e);
	else
		e->resumed = !e->chose;
}

unsigned int
engine_state(struct engine *e)
{
	unsigned int st = br_ssl_engine_current_state(e->eng), r = 0;

	if (e->asks)
		return ENGINE_SIGN;
	if (!e->open && st & (BR_SSL_SENDAPP | BR_SSL_RECVAPP))
		opened(e);
	if (e->closing == 1 && !(st & BR_SSL_SENDREC)) {
		e->closing = 2;
		br_ssl_engine_close(e->eng);
		st = br_ssl_engine_current_state(e->eng);
	}
	if (st & BR_SSL_CLOSED)
		return ENGINE_CLOSED | (e->open ? ENGINE_OPEN : 0);
	if (e->open)
		r |= ENGINE_OPEN;
	if (st & BR_SSL_SENDREC) r |= ENGINE_NETOUT;
	if (st & BR_SSL_RECVREC) r |= ENGINE_NETIN;
	if (st & BR_SSL_SENDAPP && !e->closing) r |= ENGINE_CLEARIN;
	if (st & BR_SSL_RECVAPP) r |= ENGINE_CLEAROUT;
	return r;
}

unsigned char *
engine_buf(struct engine *e, unsigned int which, size_t *n)
{
	unsigned char *s;

	*n = 0;
	if (e->asks)
		return 0;
	switch (which) {
	case ENGINE_NETIN: s = br_ssl_engine_recvrec_buf(e->eng, n); break;
	case ENGINE_NETOUT: s = br_ssl_engine_sendrec_buf(e->eng, n); break;
	case ENGINE_CLEARIN: s = br_ssl_engine_sendapp_buf(e->eng, n); break;
	default: s = br_ssl_engine_recvapp_buf(e->eng, n);
	}
	return s;
}

static void
put_back(struct engine *e)
{
	e->x.server = e->all->before;
	memcpy(e->buf, e->all->beforebuf, SERVER_OCTETS);
}

static void
ack(struct engine *e, unsigned int which, size_t n)
{
	if (which == ENGINE_NETIN)
		br_ssl_engine_recvrec_ack(e->eng, n);
	else
		br_ssl_engine_sendrec_ack(e->eng, n);
}

/* Octets of the peer in a server's handshake, or what has left for him (the
 * handshake goes on then, if a chain of certificates was larger than a record
 * of ours): see struct engines. */
static void
work(struct engine *e, unsigned int which, size_t n)
{
	struct engines *all = e->all;

	all->before = e->x.server;
	memcpy(all->beforebuf, e->buf, SERVER_OCTETS);
	e->cache.asked = 0;	/* that was before what can be put back */
	ack(e, which, n);
	if (e->again) {
		e->again = 0;
		put_back(e);
		ack(e, which, n);
	}
	if (e->asks) {
		put_back(e);
		e->heldof = which;
		e->held = n;
	}
}

void
engine_used(struct engine *e, unsigned int which, size_t n)
{
	switch (which) {
	case ENGINE_NETIN:
	case ENGINE_NETOUT:
		if (e->isserver && !e->open && !e->siglen)
			work(e, which, n);
		else
			ack(e, which, n);
		break;
	case ENGINE_CLEARIN: br_ssl_engine_sendapp_ack(e->eng, n); break;
	default: br_ssl_engine_recvapp_ack(e->eng, n);
	}
}

void
engine_flush(struct engine *e)
{
	br_ssl_engine_flush(e->eng, 0);
}

void
engine_close(struct engine *e)
{
	if (e->closing)
		return;
	br_ssl_engine_flush(e->eng, 0);
	e->closing = 1;
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
	if (n && n <= sizeof e->sig) {
		memcpy(e->sig, sig, n);
		e->siglen = n;
	} else {
		e->refused = 1;
		snprintf(e->error, sizeof e->error,
		    "the private key is out of reach");
	}
	ack(e, e->heldof, e->held);
}

void
engine_answer(struct engine *e, struct tls_answer *a)
{
	br_ssl_session_parameters p;
	const struct suite *s;
	const char *sni;

	memset(a, 0, sizeof *a);
	br_ssl_engine_get_session_parameters(e->eng, &p);
	s = suite_find(p.cipher_suite);
	a->version = "TLSv1.2";
	a->cipher = s ? s->name : "unknown";
	a->bits = a->of = s ? s->bits : 0;
	a->resumed = e->resumed;
	if (e->isserver) {
		sni = br_ssl_engine_get_server_name(e->eng);
		a->sni = sni && *sni ? sni : 0;
		a->trust = TLS_ANONYMOUS;
	} else
		a->trust = e->wish.got.trust;
}

static const struct {
	int code;
	const char *text;
} alerts[] = {
	{ 10, "unexpected message" }, { 20, "bad record MAC" },
	{ 40, "handshake failure" }, { 42, "bad certificate" },
	{ 43, "unsupported certificate" }, { 45, "certificate expired" },
	{ 46, "certificate unknown" }, { 47, "illegal parameter" },
	{ 48, "unknown CA" }, { 50, "decode error" },
	{ 51, "decrypt error" }, { 70, "protocol version" },
	{ 71, "insufficient security" }, { 80, "internal error" },
	{ 86, "inappropriate fallback" }, { 90, "user canceled" },
	{ 112, "unrecognized name" }, { 116, "certificate required" },
}, errors[] = {
	{ BR_ERR_UNSUPPORTED_VERSION, "the peer speaks no TLS 1.2" },
	{ BR_ERR_BAD_VERSION, "what came is not TLS" },
	{ BR_ERR_BAD_LENGTH, "what came is not TLS" },
	{ BR_ERR_UNKNOWN_TYPE, "what came is not TLS" },
	{ BR_ERR_NO_RANDOM, "no random numbers" },
	{ BR_ERR_BAD_MAC, "bad record MAC" },
	{ BR_ERR_BAD_CIPHER_SUITE, "no cipher in common" },
	{ BR_ERR_BAD_SIGNATURE, "a signature is wrong" },
	{ BR_ERR_BAD_FINISHED, "the handshake was tampered with" },
};

static const char *
text_of(int e, char *buf, size_t n)
{
	size_t i;

	if (e >= BR_ERR_RECV_FATAL_ALERT) {
		int sent = e >= BR_ERR_SEND_FATAL_ALERT, code = e & 0xff;

		for (i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
			if (alerts[i].code == code) {
				snprintf(buf, n, "%s%s", sent ? "" :
				    "alert of the peer: ", alerts[i].text);
				return buf;
			}
		snprintf(buf, n, "alert %d%s", code, sent ? "" :
		    " of the peer");
		return buf;
	}
	for (i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].code == e)
			return errors[i].text;
	snprintf(buf, n, "TLS error %d", e);
	return buf;
}

const char *
engine_error(struct engine *e, int *cert)
{
	int code = br_ssl_engine_last_error(e->eng);
	char buf[X509_WHY_OCTETS];

	*cert = e->judge && e->error[0] && code >= 32 && code < 256;
	if (code && !e->error[0])
		snprintf(e->error, sizeof e->error, "%s",
		    text_of(code, buf, sizeof buf));
	return e->error;
}
