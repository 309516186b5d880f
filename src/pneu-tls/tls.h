#ifndef PNEU_TLS_TLS_H
#define PNEU_TLS_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "pneu-tls/chains.h"
#include "pneu-tls/engine.h"
#include "pneu-tls/x509.h"
#include "run/stream.h"
#include "wire/tls.h"

/* Who may knock there: pneud; pneur; pneum, whose absence is fine. */
enum tls_door { TLS_SERVER, TLS_CLIENT, TLS_STS, TLS_DOORS };

/* The program's state: who asks, the sessions, the way to pneu-key. */

#define TLS_ASKERS 128		/* connections of pneu-smtpd, pneu-remote */
#define TLS_LINKS 4000		/* sessions, in and out */
#define TLS_RETRY_MS 500	/* before pneu-key is tried again */
#define TLS_LEAVE_MS 30000	/* for what was said last to leave */
#define TLS_LINGER_MS 5000	/* for the other side to end, too */

struct tls;
struct link;

/* A connection of those who ask. */
struct asker {
	struct stream s;
	int isserver;		/* of run/tls; else of run/tlsout */
};

enum link_mode {
	LINK_SHAKES,		/* hands */
	LINK_OPEN,
	LINK_LEAVES,		/* the clear side has ended */
	LINK_LINGERS,		/* all is said to the peer; he has to end */
	LINK_DRAINS		/* the peer has ended, the clear side has to */
};

/* A session: the network on one side, the clear socket on the other. */
struct link {
	struct tls *m;
	struct asker *asker;	/* who waits for the answer, or 0 */
	uint32_t tag;		/* his number for it */
	uint32_t slot;
	struct engine *e;
	enum link_mode mode;
	int net, clear;		/* -1: none (any more) */
	char netin, clearin;	/* there may be something to read */
	char netfull, clearfull;	/* takes no more for now */
	char neteof, signs, dirty, isserver;
	unsigned int netat, clearat;	/* entries of iopause, 0 if none */
	uint64_t deadline;	/* 0: none */
	stralloc peer;		/* with a NUL */
};

struct tls {
	struct conf conf;
	uint64_t now;		/* ms */
	struct engines *engines;
	struct x509_anchors anchors;
	int listens[TLS_DOORS];	/* of enum tls_door, or -1 */
	struct asker askers[TLS_ASKERS];
	genalloc links;		/* of struct link *, by slot; 0 if free */
	size_t nlinks;
	struct stream key;
	uint64_t key_retry;
	struct chains *chains, *fresh;	/* in force; being told */
	int offers;		/* as the askers know */
	int finish;
	stralloc tmp;
};

/* asker.c */
void asker_accept(struct tls *m, enum tls_door door);
void asker_read(struct tls *m, struct asker *a);
void asker_turn(struct tls *m);		/* send */
void asker_tell(struct tls *m);		/* whether there is a certificate */

/* link.c: begin a session; it owns net. a is of use during the call only. 1,
 * or 0: there is no room. */
int link_new(struct tls *m, struct asker *asker, uint32_t tag, int net,
    const struct tls_ask *a);
void link_pump(struct link *l);		/* it may be gone afterwards */
void link_tick(struct link *l);		/* its deadline has come */
void link_forget(struct link *l);	/* its asker has gone */
/* What to wait for at its two sides: IOPAUSE_*, 0 for nothing. */
short link_net(const struct link *l);
short link_clear(const struct link *l);

/* link_end.c */
void link_fail(struct link *l, const char *why);	/* the handshake */
void link_leave(struct link *l);	/* the clear side has ended */
void link_drain(struct link *l);	/* the peer has */
void link_free(struct link *l);

/* sign.c: the way to pneu-key */
void sign_turn(struct tls *m);		/* connect, send */
void sign_read(struct tls *m);
int sign_ask(struct link *l);		/* 1, or 0: it is not there */
int sign_isup(const struct tls *m);

/* cafile.c: the trusted CAs, anew. */
void cafile_grant(struct tls *m);	/* before run_become */
void cafile_load(struct tls *m);

/* loop.c */
uint64_t tls_ms(void);
void tls_loop(struct tls *m);

#endif
