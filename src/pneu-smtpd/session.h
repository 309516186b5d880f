#ifndef PNEU_SMTPD_SESSION_H
#define PNEU_SMTPD_SESSION_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "mail/headmap.h"
#include "pneu-smtpd/hops.h"
#include "smtp/command.h"
#include "smtp/data.h"
#include "smtp/xattr.h"
#include "submit/compose.h"
#include "wire/route.h"
#include "wire/verdict.h"

/* One SMTP session (RFC 5321) as a pure machine: octets and the time go in,
 * replies come out in s->out, and what it needs of others it asks through
 * struct session_ops. It does no I/O and never waits. Times are in
 * milliseconds of a clock that only goes forward.
 *
 * An idle session takes SESSION_IDLE_OCTETS of memory at most. */

#define SESSION_IDLE_OCTETS 4096
#define SESSION_PEER_OCTETS 45	/* an address as text */
#define SESSION_CLIENT_OCTETS 303	/* "NAME[ADDRESS]": RFC 1035 2.3.4 */
#define SESSION_HELO_OCTETS 255		/* RFC 5321 4.5.3.1.2 */
#define SESSION_HELD_OCTETS 65536	/* a letter up to this is held until
					 * it is whole */
#define SESSION_ASKS 64			/* recipients asked for at a time */
#define SESSION_OUT_OCTETS 8192		/* replies not yet sent: above it no
					 * more commands are taken */
#define SESSION_JUNK 100		/* RSET, NOOP, ... that do not count
					 * as errors, in a row */
#define SESSION_OVER 50000		/* recipients too many that are not
					 * errors */
#define SESSION_TWINS 1000		/* recipients among whom one that is
					 * said again is found */
#define SESSION_RATE 100		/* octets of a message a second: who is
					 * slower uses his idle time up */
#define SESSION_AUTH_OCTETS 12288	/* of a line of AUTH: RFC 4954 4 */
#define SESSION_AUTH_MS 90000	/* patience with pneu-auth */
#define SESSION_METHOD_OCTETS 20	/* RFC 4422 3.1 */
#define SESSION_ASK_MS 30000		/* patience with pneu-alias */
#define SESSION_COMMIT_MS 300000	/* patience with pneu-queue */
#define SESSION_TLS_MS 35000	/* and with pneu-tls: TLS_HANDSHAKE_S, and some */

/* Of a client, by its address: it is in mynetworks; it may say XCLIENT and
 * XFORWARD; it is in mynetworks and of this host. */
#define SESSION_LOCAL 1u
#define SESSION_XCLIENT 2u
#define SESSION_HERE 4u

/* smtpd_tls_security_level */
enum session_tls { SESSION_TLS_NONE, SESSION_TLS_MAY, SESSION_TLS_ENCRYPT };

/* Settings, shared by sessions. */
struct session_conf {
	const char *name;		/* myhostname */
	const char *origin;		/* myorigin */
	const char *banner;
	uint64_t size;			/* message_size_limit, 0: none */
	unsigned int hops, rcpts, soft, hard;
	unsigned int sleep_ms, timeout_ms;
	int forbid_lf;
	int tls;			/* enum session_tls */
	int utf8;			/* smtputf8_enable */
	headmap_fn *map;		/* what addresses in headers of those
					 * who are trusted become; or 0 */
	void *mapx;
	const char *mechs;		/* of AUTH, divided by spaces; 0: none */
	int auth;			/* AUTH everywhere, not for submission
					 * only */
	int tlsauth;			/* under TLS only */
	int quota;			/* ask how much a user may send */
	int etrn;			/* there are domains to ask for */
};

struct session_ops {
	/* Ask where the address goes. The answer is session_routed, now or
	 * later. 0 if there is nobody to ask. */
	int (*ask)(void *host, uint16_t tag, const char *addr, size_t n);

	/* Ask for a way to pneu-queue, for a letter that is held (big 0) or
	 * not yet whole (big 1). 1: it is there; 0: session_granted will say
	 * so; -1: there is none. */
	int (*begin)(void *host, int big);

	/* A frame of the hand-in (doc/PROTOCOLS 1): E, M, X or A. What
	 * pneu-queue answers to X, or before it, is for session_verdict.
	 * The way is given back by A, by its verdict after X, and when it
	 * breaks (session_verdict with 0). A also says that session_granted
	 * is not waited for any more, and after X, that the verdict is not.
	 * 1, or 0 for no memory. */
	int (*send)(void *host, char type, const char *s, size_t n);

	/* A line for the log. */
	void (*log)(void *host, const char *line);

	/* Octets that the queue has room for; UINT64_MAX: not known. */
	uint64_t (*room)(void *host);

	/* 1 if TLS can begin now. */
	int (*tls)(void *host);

	/* What pneu-auth is to hear (doc/PROTOCOLS 10): S with the mechanism,
	 * and the initial response unless s is 0; R a response; A nothing more
	 * of it, of what there is. Q: may the user of that name (mech) send a
	 * letter to n recipients? Answers are session_challenged,
	 * session_named, session_authed, and session_allowed. 0 if there is
	 * nobody to ask. The pointer may be 0. */
	int (*auth)(void *host, char type, const char *mech, const char *s,
	    size_t n);

	/* 1 if the user may send as addr, 0 if not, -1: it cannot be told.
	 * The pointer may be 0. */
	int (*owns)(void *host, const char *user, const char *addr);

	/* What a client of this address may: SESSION_LOCAL and the others.
	 * The pointer may be 0: nothing. */
	unsigned int (*rights)(void *host, const char *peer);

	/* Mail for a domain is to be due now (ETRN): the answer is
	 * session_flushed. 1; 0: there is nobody to ask; -1: not this domain.
	 * The pointer may be 0. */
	int (*etrn)(void *host, const char *domain, size_t n);

	/* Fill in time, zone and pid, for a header of one of our users. */
	void (*who)(void *host, struct compose_who *w);
};

enum session_mode {
	SESSION_COMMAND, SESSION_DATA,
	SESSION_BEGIN,		/* waits for session_granted */
	SESSION_COMMIT,		/* waits for session_verdict */
	SESSION_STARTTLS,	/* waits for session_secured */
	SESSION_AUTH,		/* waits for pneu-auth */
	SESSION_QUOTA,		/* waits for session_allowed */
	SESSION_ETRN,		/* waits for session_flushed */
	SESSION_CLOSED		/* takes nothing any more */
};

enum session_bdat {
	SESSION_BDAT_NONE,
	SESSION_BDAT_ON,	/* the letter comes in chunks */
	SESSION_BDAT_FAILED	/* and one of them was refused */
};

struct session_ask {
	uint32_t at;		/* of the address in asked, behind it
				 * NOTIFY and ORCPT, each with a NUL */
	uint32_t why, whylen;	/* of the refusal in whys */
	uint16_t tag;
	uint16_t code;		/* 0: no answer yet; 250; or of the refusal */
};

/* What XFORWARD has said of the message to come; "" if nothing. */
struct session_forward {
	char client[SESSION_CLIENT_OCTETS + 1];
	char ident[XATTR_OCTETS + 1];
};

struct session {
	const struct session_conf *c;
	const struct session_ops *ops;
	void *host;
	char *client;		/* NAME[ADDRESS]: in self, or of XCLIENT */
	char self[SESSION_PEER_OCTETS + 10];
	stralloc out;		/* replies; the host sends and empties it */
	uint64_t now;
	uint64_t active;	/* the client's idle time counts from here */
	uint64_t wake;		/* replies wait until then, if not 0 */
	uint64_t since;		/* when what is waited for was asked */

	unsigned char mode;
	char trusted;		/* the client may relay */
	char local;		/* it is in mynetworks */
	char xclient;		/* it may say XCLIENT, and XFORWARD */
	char full;		/* line is whole, and could not be run yet */
	char skip;		/* the line was too long: pass over the rest */
	char bare;		/* it ended in a bare LF */
	char proto;		/* 0, or after HELO 'H', after EHLO 'E' */
	char inmail;		/* MAIL has been taken */
	char utf8;		/* and said SMTPUTF8 */
	char finish;		/* 1: after this transaction; 2: now */
	char streaming;		/* the letter is on its way to pneu-queue */
	char lost;		/* there is no client any more */
	char held;		/* session_hold */
	char again;		/* it has been tried twice already */
	char ended;		/* its final dot has been seen */
	char submission;	/* of our users only, RFC 6409 */
	char here;		/* the client is a program of this host */
	char completing;	/* its header is not complete yet */
	char authing;		/* the next line answers a challenge */
	char allowed;		/* the letter is within the user's limits */
	unsigned char bdat;	/* enum session_bdat */
	char lastchunk;		/* this one is */
	char pass;		/* it is passed over */
	char wrapped;		/* TLS comes before the greeting */
	char handed;		/* session_handover has said so */
	unsigned char verb;	/* of the command at hand */

	uint16_t nlines[SMTP_FOREIGN + 1];	/* commands, by verb */
	uint16_t nbad[SMTP_FOREIGN + 1];	/* of them, refused */
	unsigned int errors, junk;
	unsigned int nrcpts;	/* taken */
	unsigned int nover;	/* too many */
	uint16_t tag;		/* of the newest question */

	size_t linelen;
	char line[SMTP_LINE_OCTETS];
	stralloc tls;		/* of the TLS session, with a NUL; or empty */
	stralloc helo;		/* with a NUL */
	char method[SESSION_METHOD_OCTETS + 1];	/* of AUTH */
	stralloc login;		/* who has authenticated, with a NUL; empty:
				 * nobody */
	stralloc authname;	/* who would like to, with a NUL */
	stralloc authline;	/* an answer to a challenge, or a line of AUTH
				 * that is longer than line */
	struct session_forward *forward;	/* of XFORWARD; or 0 */
	stralloc sender;	/* with a NUL */
	stralloc env;		/* the envelope, as E wants it */
	genalloc asks;		/* of struct session_ask */
	size_t nanswered;	/* asks before it are settled */
	stralloc asked, whys;

	struct smtp_decoder decoder;
	struct hops hops;
	struct headmap *headmap;	/* of a header that is mapped; or 0 */
	uint64_t size;		/* octets of the message so far */
	uint64_t chunk, chunklen;	/* of this chunk: to come, in all */
	stralloc msg;
	unsigned char fault;	/* of the message itself */
	unsigned int why;	/* code of the letter's refusal, 0: none */
	char whydsn[VERDICT_CODE_OCTETS + 1];
	stralloc whytext;
};

/* Begin: greet the client. peer is its address as text, at most
 * SESSION_PEER_OCTETS; rights are SESSION_LOCAL and the others. s is
 * overwritten. */
void session_init(struct session *s, const struct session_conf *c,
    const struct session_ops *ops, void *host, const char *peer,
    unsigned int rights, uint64_t now);

/* Say nothing yet: TLS comes first. Right after session_init. */
void session_wrap(struct session *s);

/* 1, once, when TLS is to begin: the client has been sent what was for him,
 * and is not read any more. Octets of his that have been read and not taken
 * (n of them) were sent in clear and are to be forgotten: they may be
 * anybody's. Then session_secured, with what is said of the TLS session, or
 * session_unsecured, with why there is none. */
int session_handover(struct session *s, size_t n, uint64_t now);
void session_secured(struct session *s, const char *text, const char *sni,
    uint64_t now);
void session_unsecured(struct session *s, const char *why, uint64_t now);

/* Octets of the client. Returns how many were taken; what is left is to be
 * given again after something else has happened. Do not read from the
 * client while there is such a rest, or session_wants says no. */
size_t session_feed(struct session *s, const char *buf, size_t n,
    uint64_t now);

/* 1 if the session would take octets now. */
int session_wants(const struct session *s);

/* The way to pneu-queue takes no more of the letter for now (on 1), or does
 * again (0): until then nothing is wanted of the client, and the time is not
 * his. */
void session_hold(struct session *s, int on, uint64_t now);

/* 1 if the client may be sent s->out now. The host empties it as it leaves
 * and calls session_sent. */
int session_says(const struct session *s);
void session_sent(struct session *s, uint64_t now);

/* The client sends no more, and all that it sent has been taken. Returns 1,
 * or 0: something is to be answered yet, say it again later. */
int session_eof(struct session *s, uint64_t now);

/* The connection broke. */
void session_lost(struct session *s, uint64_t now);

/* Answers. r or v 0: it cannot be told now, the other side is not there. */
void session_routed(struct session *s, uint16_t tag, const struct route *r,
    uint64_t now);
void session_granted(struct session *s, int yes, uint64_t now);
void session_verdict(struct session *s, const struct verdict *v,
    uint64_t now);

void session_challenged(struct session *s, const char *data, size_t n,
    uint64_t now);
void session_named(struct session *s, const char *name, size_t n);
void session_authed(struct session *s, const struct verdict *v, uint64_t now);
void session_allowed(struct session *s, const struct verdict *v,
    uint64_t now);

void session_flushed(struct session *s, const struct verdict *v,
    uint64_t now);

/* The address of a question that is not answered yet, or 0. */
const char *session_asked(const struct session *s, uint16_t tag);

/* Nobody will answer what has been asked of pneu-alias. */
void session_unrouted(struct session *s, uint64_t now);

/* When session_tick wants to be called next. */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now);

/* End soon: with 421, unless a letter is being committed. soft: let the
 * transaction end first. */
void session_finish(struct session *s, int soft, uint64_t now);

/* 1 if the session has ended and s->out has left. */
int session_over(const struct session *s);

/* Log the end, free storage. */
void session_free(struct session *s);

#endif
