#ifndef PNEU_TLS_ENGINE_H
#define PNEU_TLS_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "pneu-tls/chains.h"
#include "pneu-tls/x509.h"
#include "wire/key.h"
#include "wire/tls.h"

/* The seam to a TLS library: one session as a machine that does no I/O.
 * Octets of the peer go in at ENGINE_NETIN and come out for him at
 * ENGINE_NETOUT; those in clear go in at ENGINE_CLEARIN and come out at
 * ENGINE_CLEAROUT. engine_state says at which of them something can be done
 * now. A private key is never here: when the state is ENGINE_SIGN, a hash is
 * to be signed before anything else goes on. */

enum {
	ENGINE_NETIN = 1, ENGINE_NETOUT = 2, ENGINE_CLEARIN = 4,
	ENGINE_CLEAROUT = 8,
	ENGINE_OPEN = 16,	/* the handshake is over */
	ENGINE_SIGN = 32,
	ENGINE_CLOSED = 64	/* nothing more; engine_error says why */
};

/* What the sessions of a process share: caches, and the trusted CAs. */
struct engines;
struct engine;

#define ENGINE_SESSIONS 1000	/* that can be resumed, of each role */
#define ENGINE_SESSION_S 3600	/* for so long */

/* The program dies (111) if there is no memory or no randomness. */
struct engines *engines_new(void);
void engines_anchors(struct engines *all, const struct x509_anchors *t);

/* A session as the server, with certificates of these chains (held for its
 * life), or as the client; a is not kept. now: Unix seconds. 0 with ENOMEM. */
struct engine *engine_server(struct engines *all, struct chains *chains);
struct engine *engine_client(struct engines *all, const struct tls_ask *a,
    int64_t now);
void engine_free(struct engine *e);

/* NETIN is not in it while there is something at CLEAROUT. */
unsigned int engine_state(struct engine *e);

/* Where octets are to be put (NETIN, CLEARIN) or stand (NETOUT, CLEAROUT),
 * and how many; 0 if none now. Then say how many were: for the two IN not
 * 0. */
unsigned char *engine_buf(struct engine *e, unsigned int which, size_t *n);
void engine_used(struct engine *e, unsigned int which, size_t n);

/* What was put in at CLEARIN is to leave now. */
void engine_flush(struct engine *e);

/* Take leave of the peer. What was put in before leaves first. */
void engine_close(struct engine *e);

/* The hash to be signed; and its signature, n 0: there is none. */
const struct key_ask *engine_ask(const struct engine *e);
void engine_signed(struct engine *e, const unsigned char *sig, size_t n);

/* What was agreed (ENGINE_OPEN); strings live as long as e. */
void engine_answer(struct engine *e, struct tls_answer *a);

/* Why it failed, a sentence: of the certificates (*cert 1), or of TLS. Lives
 * as long as e. "" if it did not. */
const char *engine_error(struct engine *e, int *cert);

#endif
