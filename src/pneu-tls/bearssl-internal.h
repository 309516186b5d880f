#ifndef PNEU_TLS_BEARSSL_INTERNAL_H
#define PNEU_TLS_BEARSSL_INTERNAL_H

#include <bearssl.h>

#include "pki/key.h"
#include "pneu-tls/engine.h"
#include "pneu-tls/kept.h"

/* What the files of the engine on BearSSL share. */

/* A record of the peer's has to fit whole; our own may be smaller: a server
 * says little, a client sends letters. */
#define IN_OCTETS (16384 + 325)
#define OUT_SERVER_OCTETS (4096 + 85)
#define OUT_CLIENT_OCTETS (16384 + 85)
#define SERVER_OCTETS (IN_OCTETS + OUT_SERVER_OCTETS)
#define CLIENT_OCTETS (IN_OCTETS + OUT_CLIENT_OCTETS)

#define NAME_OCTETS 255		/* of a host */

/* The server's choice of a chain, and its signature (RFC 5246 7.4.3). */
struct policy {
	const br_ssl_server_policy_class *vtable;
	struct engine *e;
};

/* The server's sessions that can be resumed: see bearssl_cache.c. */
struct cache {
	const br_ssl_session_cache_class *vtable;
	struct engine *e;
	br_ssl_session_parameters session;
	int asked;		/* session has the id that the client knows */
	int found;		/* and all the rest */
};

/* The client's trust in certificates. */
struct judge {
	const br_x509_class *vtable;
	struct engine *e;
	br_x509_decoder_context leaf;	/* its key is in here */
	struct x509_chain chain;
	unsigned char *s;	/* X509_OCTETS, until they are judged */
	size_t n;
	int error;
	unsigned char id[32];	/* of the session that was offered */
	unsigned char idlen;
};

struct engine {
	struct engines *all;
	br_ssl_engine_context *eng;
	unsigned char *buf;
	size_t buflen;
	int isserver, open, closing, resumed;

	struct chains *chains;
	struct policy policy;
	struct cache cache;
	int chose;
	int again;		/* what came is to be worked on once more */
	br_x509_certificate certs[KEY_CERTS];
	struct key_ask ask;
	int asks;		/* the hash in ask is to be signed */
	unsigned int heldof;	/* ENGINE_NETIN, or ENGINE_NETOUT: octets */
	size_t held;		/* whose doing waits for that */
	size_t siglen;		/* the signature is there */
	int refused;		/* it will not be */
	unsigned char sig[KEY_SIGNATURE_OCTETS];

	struct wish wish;	/* of the client */
	struct judge *judge;
	char error[X509_WHY_OCTETS];
	union {
		br_ssl_server_context server;
		br_ssl_client_context client;
	} x;
};

/* Before an octet that may ask for a signature is worked on, the session is
 * kept here: BearSSL wants the signature at once, and cannot wait. So the
 * first try fails, the session is put back as it was, and when the signature
 * has come the message is worked on again, with the same random numbers:
 * they are part of the state. The same is done for a session to be resumed. */
struct engines {
	br_ssl_session_cache_lru lru;
	unsigned char lrumem[ENGINE_SESSIONS * 100];
	struct kept kept;	/* of the client */
	br_ssl_session_parameters session[ENGINE_SESSIONS];
	const struct x509_anchors *anchors;
	br_ssl_server_context before;
	unsigned char beforebuf[SERVER_OCTETS];
};

/* bearssl_suites.c */
struct suite {
	uint16_t id, bits;
	const char *name;	/* OpenSSL's */
};
const struct suite *suite_find(uint16_t id);
void suites_set(br_ssl_engine_context *eng, int isserver);

/* bearssl_policy.c */
extern const br_ssl_server_policy_class policy_class;

/* bearssl_cache.c */
extern const br_ssl_session_cache_class cache_class;
/* The client's whole hello is known now, and it was not resumed: could it be?
 * Returns 1 if so: it is to be worked on again. */
int cache_find(struct cache *c);

/* bearssl_anchors.c: an anchor of one certificate. 1, 0 with ENOMEM, -1: it
 * makes no sense. */
int bearssl_anchor(br_x509_trust_anchor *t, const unsigned char *der,
    size_t n);
void bearssl_anchor_free(br_x509_trust_anchor *t);

/* bearssl_pkix.c: what BearSSL calls so */
enum x509_error bearssl_error(int error);

/* bearssl_judge.c */
extern const br_x509_class judge_class;
int judge_new(struct engine *e);	/* 1, or 0 with ENOMEM */
void judge_free(struct engine *e);
/* Take up a session that was kept; keep this one. */
int judge_resume(struct engine *e);
void judge_keep(struct engine *e);

#endif
