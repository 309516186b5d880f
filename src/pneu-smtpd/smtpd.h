#ifndef PNEU_SMTPD_SMTPD_H
#define PNEU_SMTPD_SMTPD_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "pneu-smtpd/session.h"
#include "rewrite/rewrite.h"
#include "run/stream.h"
#include "wire/routes.h"

/* The program's state: sessions, and the sockets that they use together. */

#define SMTPD_READ_OCTETS 65536		/* of a client at a time */
#define SMTPD_WAYS 64			/* connections to pneu-queue, at most */
#define SMTPD_WAY_IDLE_MS 1000		/* that one is kept unused */
#define SMTPD_WAY_OCTETS 262144		/* waiting on one: above it the client
					 * is not read */
#define SMTPD_RETRY_MS 200		/* before pneu-alias is tried again */
#define SMTPD_SLOTS 65536		/* sessions that a tag can name */

struct smtpd;
struct way;

/* A session and its client. */
struct conn {
	struct session s;
	struct smtpd *m;
	int rfd, wfd;		/* the same of a socket */
	char socket;		/* recv and send may be used */
	char eof;		/* the client sends no more */
	char dirty;		/* something has happened */
	char waits;		/* for a way: 1 small letter, 2 big one */
	uint32_t tag;		/* pneu-listen's number */
	uint32_t slot;
	char authwaits;		/* an exchange with pneu-auth: 's', or what
				 * is asked of it: 'q' */
	uint16_t authtag;
	char etrnwaits;		/* for pneu-send */
	uint16_t etrntag;
	unsigned int at, wat;	/* entries of iopause, 0 if none */
	stralloc in;		/* read, not taken yet, from inpos on */
	size_t inpos;
	uint32_t tls;		/* number of the question to pneu-tls, 0: none */
	struct way *way;
	struct conn *next;	/* in line for a way */
};

/* A connection to pneu-queue: one letter at a time. */
struct way {
	struct stream stream;
	struct conn *user;	/* whose letter it is, 0 if none */
	char big;
	char ended;		/* X has been sent */
	uint32_t tag;		/* of the newest letter */
	uint64_t idle;		/* since when */
	unsigned int at;
};

struct smtpd {
	struct conf conf;
	struct session_conf sc;
	struct rewrite rewrite;
	uint64_t now;		/* ms */
	struct stream listen;	/* fd -1: a single session */
	int finish;		/* no new sessions */
	struct stream alias;
	uint64_t alias_retry;	/* not before */
	struct stream tls;
	uint64_t tls_retry;
	uint32_t tls_tag;
	int hastls, offers;	/* it is wanted; pneu-tls has a certificate */
	stralloc text;		/* tls.c's */
	struct stream auth;
	uint64_t auth_retry;
	int wantauth;		/* somebody may authenticate here */
	uint16_t authseq;	/* number of the newest exchange */
	stralloc mechs;		/* that pneu-auth has, with a NUL */
	struct stream ctl;
	unsigned int etrns;	/* answers that are to come from there */
	uint16_t etrnseq;
	int owned;		/* there is a table senders */
	char zone[9];		/* conn.c's: the time zone's name */
	struct routes routes;	/* what it has just said */
	struct way ways[SMTPD_WAYS];
	unsigned int nways, maxways, bigs;
	uint32_t tag;
	struct conn *first, *last;	/* in line for a way */
	genalloc conns;		/* of struct conn *, by slot; 0 if free */
	size_t nconns;
	uint16_t *tags;		/* newest question of each slot, kept so that
				 * no late answer meets another session */
	char *buf;		/* SMTPD_READ_OCTETS */
	uint64_t room, room_until;	/* room.c */
};

extern const struct session_ops smtpd_ops;

#define SMTPD_PEER_OCTETS 64		/* an address as text, with a NUL */

/* conf.c: fill m->sc and limits from m->conf. */
void smtpd_conf(struct smtpd *m);

/* room.c: octets that strangers' mail may take of the queue's disk before
 * pneu-queue refuses it (queue_minfree). */
uint64_t smtpd_room(struct smtpd *m);

/* What a client of this address may: mynetworks, and
 * smtpd_authorized_xclient_hosts. */
unsigned int smtpd_rights(const struct smtpd *m, const char *peer);

/* peer.c: addresses as text. What maps an IPv4 address is that address.
 * peer_scan takes "ADDRESS" or "ADDRESS PORT"; 1 or 0. peer_find is for a
 * server that is not pneu-listen: TCPREMOTEIP (UCSPI), or the name of the
 * socket 0 (inetd), else "unknown", which is in no network. */
int peer_scan(char out[SMTPD_PEER_OCTETS], const char *s);
void peer_find(char out[SMTPD_PEER_OCTETS]);

/* conn.c. peer is an address as text. Returns the session, or 0. */
struct conn *conn_new(struct smtpd *m, int rfd, int wfd, const char *peer,
    unsigned int rights, uint32_t tag);
void conn_read(struct conn *c);		/* readable */
void conn_tick(struct conn *c);		/* due by session_deadline */
void conn_turn(struct conn *c);		/* feed, send, perhaps end it: c may
					 * be gone afterwards */
short conn_events(const struct conn *c);

/* way.c */
int way_begin(struct conn *c, int big);
int way_send(struct conn *c, char type, const char *s, size_t n);
int way_isfull(const struct way *w);	/* its client has to wait */
void way_read(struct smtpd *m, struct way *w);
void way_turn(struct smtpd *m);		/* serve those in line, send */
void way_drop(struct conn *c);		/* its session is gone */

/* reach.c: connect s to the socket of a neighbour that is called name, unless
 * it is connected; not again before *retry, which a failure sets (and logs).
 * Returns 1 if s is connected, 0 if nobody is there now. */
int smtpd_reach(struct smtpd *m, struct stream *s, uint64_t *retry,
    const char *name);

/* Read from s, whose socket is name for the log, and give each frame to
 * answer, which returns -1 with errno if it makes no sense. Returns -1 if the
 * connection is to be given up (what makes no sense has been logged). */
int smtpd_hear(struct smtpd *m, struct stream *s, const char *name,
    int (*answer)(struct smtpd *m, struct frame *f));

/* alias.c */
int alias_ask(struct conn *c, uint16_t tag, const char *addr, size_t n);
void alias_read(struct smtpd *m);
void alias_turn(struct smtpd *m);

/* tls.c: the way to pneu-tls */
int tls_offers(struct smtpd *m);	/* connects, if it can */
void tls_begin(struct conn *c);		/* hand the client over */
void tls_read(struct smtpd *m);
void tls_turn(struct smtpd *m);
/* auth.c: by smtpd's settings; what a session asks; the socket. */
void auth_conf(struct smtpd *m);
int auth_send(struct conn *c, char type, const char *mech, const char *s,
    size_t n);
int auth_owns(struct conn *c, const char *user, const char *addr);
void auth_drop(struct conn *c);
void auth_read(struct smtpd *m);
void auth_turn(struct smtpd *m);

/* ctl.c: what session_ops say of etrn; the way to pneu-send. */
int ctl_etrn(struct conn *c, const char *domain, size_t n);
void ctl_read(struct smtpd *m);
void ctl_turn(struct smtpd *m);

/* listen.c */
void listen_read(struct smtpd *m);
void listen_ended(struct smtpd *m, uint32_t tag);
void smtpd_finish(struct smtpd *m, int soft);

/* loop.c: the time of m->now; until there is nothing more to do. */
uint64_t smtpd_ms(void);
void smtpd_loop(struct smtpd *m);

#endif
