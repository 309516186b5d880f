#ifndef PNEU_TLS_OPENSSL_INTERNAL_H
#define PNEU_TLS_OPENSSL_INTERNAL_H

#include <openssl/ssl.h>

#include "pneu-tls/engine.h"
#include "pneu-tls/kept.h"

/* What the files of the engine on OpenSSL share. */

#define CLEAR_OCTETS 16384	/* of a record */
#define PIPE_OCTETS (CLEAR_OCTETS + 1024)	/* a record, as it travels */
#define NAME_OCTETS 255		/* of a host */


struct engine {
	struct engines *all;
	SSL *ssl;
	BIO *net;		/* our end of the pipe to it */
	int isserver, open, resumed;
	int full;		/* there was no room in the pipe */
	int closing;		/* 1: to take leave, 2: it has been taken */
	int closed;		/* nothing more of the peer's */
	unsigned char *in, *out;	/* CLEAR_OCTETS each */
	size_t inpos, inlen;	/* what is to be encrypted still */
	size_t outpos, outlen;	/* what has been decrypted */

	struct chains *chains;
	char sni[NAME_OCTETS + 1];
	struct key_ask ask;
	int asks;		/* the hash in ask is to be signed */
	size_t siglen;		/* the signature is there; 0: there is none */
	unsigned char sig[KEY_SIGNATURE_OCTETS];

	struct wish wish;	/* of the client */
	int cert;		/* the error is one of certificates */
	char error[X509_WHY_OCTETS];
	char more[150];		/* of the answer */
};

struct engines {
	SSL_CTX *server, *client;
	struct engine *now;	/* who goes on */
	struct kept kept;	/* of the client */
	SSL_SESSION *session[ENGINE_SESSIONS];
	const struct x509_anchors *anchors;
};

/* openssl_key.c: private keys that are elsewhere, as a provider of libcrypto.
 * The program dies if it cannot be had. */
void openssl_provider(void);

/* The key of chain c, whose public half is pub. Signing with it sets the ask
 * of the session that goes on now, and pauses. 0 if that fails. */
EVP_PKEY *openssl_key(struct engines *all, const struct key_chain *c,
    EVP_PKEY *pub);

/* openssl_server.c: set up what sessions as the server share. */
void openssl_server(SSL_CTX *ctx);

/* openssl_judge.c: the same as the client */
void openssl_client(SSL_CTX *ctx);
/* Take up a session that was kept, if there is one. */
void judge_resume(struct engine *e);

/* openssl_text.c: why it failed, by the error queue; what Postfix says of a
 * session of TLS 1.3 behind the bits. */
void openssl_why(char why[X509_WHY_OCTETS]);
void openssl_more(char *s, size_t n, SSL *ssl);

#endif
