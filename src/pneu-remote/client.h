#ifndef PNEU_REMOTE_CLIENT_H
#define PNEU_REMOTE_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "sasl/client.h"
#include "smtp/limits.h"
#include "smtp/reply.h"
#include "wire/order.h"
#include "wire/verdict.h"

/* One session of the SMTP client (RFC 5321) as a pure machine: octets and
 * the time in; octets to send, and verdicts, out. It does no I/O. Times are
 * milliseconds of a clock that never goes back.
 *
 *	client_init			the connection is open
 *	client_input, client_eof, client_timeout, client_wrote
 *					as things happen
 *	client_begin			in CLIENT_READY: one transaction
 *	client_dot			in CLIENT_BODY: all of the message is in
 *					out, the final dot too
 *	client_secured			in CLIENT_TLS, when TLS has begun;
 *					client_unsecured if it could not
 *	client_quit			in CLIENT_READY
 *
 * What is to be sent is appended to out. After each call the caller looks
 * at c->state; the deadline is c->deadline. */

enum client_state {
	CLIENT_GREET,		/* waiting for the greeting */
	CLIENT_EHLO, CLIENT_HELO, CLIENT_STARTTLS,
	CLIENT_TLS,		/* the caller begins TLS; it reads no more */
	CLIENT_AUTH,		/* logging in */
	CLIENT_READY,		/* no transaction: begin one, or quit */
	CLIENT_RSET, CLIENT_MAIL, CLIENT_RCPT, CLIENT_DATA,
				/* waiting for the reply to this */
	CLIENT_BODY,		/* the caller appends the message to out */
	CLIENT_DOT,		/* it has left; waiting for the reply */
	CLIENT_LONEDOT,		/* a transaction without recipients ends */
	CLIENT_QUIT,
	CLIENT_CLOSED		/* close the connection; see c->fail */
};

#define CLIENT_PIPELINING 1	/* RFC 2920 */
#define CLIENT_8BITMIME 2	/* RFC 6152 */
#define CLIENT_SIZE 4		/* RFC 1870 */
#define CLIENT_SMTPUTF8 8	/* RFC 6531 */
#define CLIENT_DSN 16		/* RFC 3461 */
#define CLIENT_OFFERS_TLS 32	/* STARTTLS, RFC 3207 */
#define CLIENT_OFFERS_AUTH 64	/* RFC 4954 */

#define CLIENT_TLS_MS 40000	/* for the caller to begin TLS */

enum client_tls {
	CLIENT_CLEAR,		/* no TLS */
	CLIENT_MAYTLS,		/* if it is offered */
	CLIENT_MUSTTLS
};

/* As whom a session logs in. Passwords and tokens are said under TLS only;
 * SCRAM shows neither, and is for a session in clear, too. */
struct client_login {
	const char *user, *pass;	/* sasl/client.h */
	const char *host;		/* whose server it is, and its port */
	unsigned int port;
	const char *nonce;
};

/* Why there is no login. */
enum client_nologin {
	CLIENT_LOGIN,		/* there is one, or none is needed */
	CLIENT_NOLOGIN,		/* it failed: another host may do better */
	CLIENT_DENIED		/* refused: it would not do anywhere (5xx) */
};

struct client_opts {
	const char *helo;	/* our name */
	const char *myname;	/* who greets with it is ourselves */
	uint64_t helo_ms, mail_ms, rcpt_ms, data_ms, xfer_ms, done_ms;
				/* how long to wait: RFC 5321 4.5.3.2 */
};

#define CLIENT_DOMAINS 16	/* of a transaction, if the host limits them */

/* 1 if the host takes no more transactions on this connection (MAILMAX). */
#define client_isspent(c) \
	((c)->limits.mailmax && (c)->mails >= (c)->limits.mailmax)

/* How a recipient stands; the caller keeps an octet for each. */
enum client_rcpt {
	CLIENT_TODO,
	CLIENT_SENT,		/* RCPT is sent */
	CLIENT_TAKEN,		/* and accepted */
	CLIENT_HELD,		/* has the verdict "later" of this host */
	CLIENT_SETTLED		/* has its verdict */
};

struct client_letter {
	const struct order *o;	/* not looked at any more when settle has
				 * been called for the last recipient */
	size_t n;		/* recipients of o */
	unsigned char *rcpt;	/* enum client_rcpt of each */
	uint64_t size;		/* on the wire; 0 if not known */
	int body8;		/* say BODY=8BITMIME, if it is offered */
	int utf8;		/* its header needs SMTPUTF8; set if the
				 * addresses do */
	/* What an address is written as, until the next call; 0: itself. */
	const char *(*address)(void *arg, const char *s);
	/* Recipients lo to hi - 1 of which rcpt[] is mark have this verdict.
	 * rcpt[] is changed when it returns; v's text is gone then. */
	void (*settle)(void *arg, size_t lo, size_t hi, unsigned char mark,
	    const struct verdict *v, int site);
	void *arg;
};

#define CLIENT_FAIL_OCTETS (VERDICT_TEXT_OCTETS + 1)

struct client {
	enum client_state state;
	uint64_t deadline;		/* ms */
	unsigned int ext;		/* CLIENT_PIPELINING, ... */
	uint64_t maxsize;		/* SIZE's; 0 if there is none */
	struct smtp_limits limits;	/* RFC 9422 */
	uint32_t mails;			/* transactions so far */
	int answered;			/* MAIL of this transaction was */
	int lmtp;			/* set by the caller, after client_init:
					 * RFC 2033. A verdict for each
					 * recipient comes after the dot */
	int loopcheck;			/* set by the caller: look at the name
					 * that the other side gives */
	enum client_tls tls;		/* set by the caller */
	int secured;			/* TLS has begun */
	int wrapped;			/* before the greeting */
	const struct client_login *login;	/* set by the caller, who keeps
					 * it until CLIENT_READY: log in, or
					 * send nothing. 0: need not */
	enum client_nologin nologin;	/* CLIENT_CLOSED */
	/* CLIENT_CLOSED: why, about all recipients that have no verdict yet.
	 * kind 0: an orderly end. */
	char kind, code[VERDICT_CODE_OCTETS + 1];
	char text[CLIENT_FAIL_OCTETS];
	int site;

	/* private */
	const struct client_opts *opts;
	const char *host;
	struct client_letter *l;
	struct smtp_reply reply;
	size_t at;		/* recipient whose reply is next */
	size_t next;		/* first recipient not sent */
	size_t ntaken;
	size_t nsent, ndomains;		/* in this transaction */
	const char *domains[CLIENT_DOMAINS];
	size_t nreplies;		/* to RCPT, to come after a refused MAIL */
	int pipelined, refused, odd, dirty, dotted, first, full;
	unsigned int mechs;		/* sasl_client_offered */
	struct sasl_client sasl;
	int unsaid;		/* its initial response is not said yet */
	int cancelled;		/* "*" is */
};

/* opts and host ("mx.example[192.0.2.1]", for texts) are kept by the
 * caller. */
void client_init(struct client *c, const struct client_opts *opts,
    const char *host, uint64_t now);

/* Begin a transaction with those of l's recipients that are CLIENT_TODO, of
 * which there is one; l is kept by the caller until CLIENT_READY or
 * CLIENT_CLOSED. Recipients that the host would not take in one transaction
 * are CLIENT_TODO again then. */
void client_begin(struct client *c, stralloc *out, struct client_letter *l,
    uint64_t now);

void client_input(struct client *c, stralloc *out, const char *s, size_t n,
    uint64_t now);

/* After client_init: TLS from the first octet, CLIENT_TLS at once (RFC 8314).
 * The host greets us when it has begun. */
void client_wrap(struct client *c, uint64_t now);

/* TLS has begun: what the host said before is forgotten, and all is said
 * anew. */
void client_secured(struct client *c, stralloc *out, uint64_t now);

/* TLS could not begin; the connection is of no more use. */
void client_unsecured(struct client *c, char kind, const char *code, int site,
    const char *text);

/* The other side has closed, or the connection broke. */
void client_eof(struct client *c);

/* c->deadline has passed. */
void client_timeout(struct client *c);

/* Something of out has left; all: nothing is waiting. */
void client_wrote(struct client *c, int all, uint64_t now);

/* The final dot is in out. */
void client_dot(struct client *c);

/* We end the connection for a reason of ours, in the middle of anything. */
void client_abort(struct client *c, const char *code, const char *text);

void client_quit(struct client *c, stralloc *out, uint64_t now);

/* How long a text asks us to wait ("try again in 5 minutes", "greylisted
 * for 300 seconds"), in seconds; 0 if it does not. */
uint32_t client_wait(const char *text);

#endif
