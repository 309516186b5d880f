#ifndef PNEU_TLS_KEPT_H
#define PNEU_TLS_KEPT_H

#include <sys/types.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "pneu-tls/engine.h"
#include "pneu-tls/x509.h"
#include "wire/tls.h"

/* What both engines know of a client's session: what is asked of the server,
 * what was found, and which of the sessions before it may be resumed. */

#define KEPT_KEY_OCTETS 32		/* SHA-256 of tls_ask.session */

struct wish {
	struct x509_got got;
	int64_t now;			/* Unix seconds */
	struct tls_ask ask;		/* strings in text */
	stralloc text;
	unsigned char key[KEPT_KEY_OCTETS];	/* if there is ask.session */
};

/* a is not kept. Returns 1, or 0 with ENOMEM; wish_free in either case. */
int wish_init(struct wish *w, const struct tls_ask *a, int64_t now);
void wish_free(struct wish *w);

/* Whose sessions they are; they themselves are each library's own, in an
 * array beside this one. */
struct kept {
	struct {
		unsigned char key[KEPT_KEY_OCTETS];
		int64_t time;		/* 0: free */
		enum tls_trust trust;
	} of[ENGINE_SESSIONS];
	size_t next;
};

/* The place of one that w may resume, or -1. w->got.trust is what it was
 * then. */
ssize_t kept_find(const struct kept *k, struct wish *w);

/* The place for w's own, which the one that is there has to leave; -1: it is
 * not to be kept. */
ssize_t kept_put(struct kept *k, const struct wish *w);

#endif
