#ifndef SASL_CLIENT_H
#define SASL_CLIENT_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "sasl/scram.h"

/* The client's side of one SASL exchange as a pure machine: SCRAM-SHA-256,
 * PLAIN, LOGIN, and with a token in place of a password XOAUTH2 (Google's)
 * and OAUTHBEARER (RFC 7628). Of what a server offers the first of these is
 * taken: SCRAM-SHA-256, PLAIN, LOGIN; OAUTHBEARER, XOAUTH2. */

/* A password that begins so is a token. */
#define SASL_OAUTH_PREFIX "oauth:"

enum sasl_client_mechanism {
	SASL_CLIENT_SCRAM_SHA_256, SASL_CLIENT_PLAIN, SASL_CLIENT_LOGIN,
	SASL_CLIENT_OAUTHBEARER, SASL_CLIENT_XOAUTH2, SASL_CLIENT_MECHANISMS
};

extern const char *const sasl_client_names[SASL_CLIENT_MECHANISMS];

/* 1 << enum sasl_client_mechanism for each word of s[0..n), the value of
 * EHLO's AUTH line, that is known; others are passed over. */
unsigned int sasl_client_offered(const char *s, size_t n);

/* The best of a set of them for this password, or -1. */
int sasl_client_best(unsigned int set, const char *pass);

struct sasl_client {
	enum sasl_client_mechanism mechanism;
	const char *user, *pass;	/* the caller's; kept until the end */
	const char *host;		/* the server, and its port: of */
	unsigned int port;		/* OAUTHBEARER */
	const char *nonce;		/* SCRAM_NONCE_OCTETS characters */
	int step;
	struct scram_client scram;
};

void sasl_client_begin(struct sasl_client *c, enum sasl_client_mechanism m,
    const char *user, const char *pass, const char *host, unsigned int port,
    const char *nonce);

/* Append the initial response. Returns 1, 2 if there is none (LOGIN), or 0
 * with ENOMEM. */
int sasl_client_initial(struct sasl_client *c, stralloc *out);

/* Take a challenge s[0..n), decoded; append the response. Returns 1, 0 with
 * ENOMEM, or -1: the server makes no sense, or it does not know the password
 * itself; the exchange is to be ended. */
int sasl_client_step(struct sasl_client *c, const char *s, size_t n,
    stralloc *out);

/* May the exchange have succeeded? 0: the server says yes without having
 * shown that it knows the password. */
int sasl_client_isdone(const struct sasl_client *c);

void sasl_client_free(struct sasl_client *c);

#endif
