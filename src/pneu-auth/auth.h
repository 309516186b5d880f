#ifndef PNEU_AUTH_AUTH_H
#define PNEU_AUTH_AUTH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <skalibs/genalloc.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "pneu-auth/limit.h"
#include "pneu-auth/rate.h"
#include "run/service.h"
#include "run/stream.h"
#include "sasl/server.h"
#include "wire/auth.h"
#include "wire/verdict.h"

/* The program's state. */

#define CLIENTS 128		/* connections of pneu-smtpd */
#define EXCHANGES 4096		/* under way, in all */
#define TURN_ITERATIONS 2000	/* of a password's hash, some 2 ms, before
				 * everybody else's turn */
#define CAPPED_S 1		/* that the answer to who is capped waits */
#define ADDRESS_OCTETS 64	/* with a NUL */
#define REASON_OCTETS 200	/* with a NUL */
#define RUNNING 20		/* checkpassword programs at a time */
#define PROGRAM_S 30		/* that one may take */

/* Why it cannot be told now, if that is our own fault. What is logged of it
 * begins with Postfix's words: fail2ban's filter for Postfix passes over
 * these, and nobody is banned because Dovecot was down. */
#define AUTH_LOST "Connection lost to authentication server"

struct auth;

struct client {
	struct stream s;	/* fd -1: free */
};

enum exchange_state {
	EXCHANGE_CLIENT,	/* waits for the client's message */
	EXCHANGE_HASH,		/* his password is being hashed */
	EXCHANGE_SOURCE,	/* waits for the program, or for Dovecot */
	EXCHANGE_DELAY		/* has failed: the answer waits until due */
};

struct exchange {
	struct exchange *prev, *next;
	struct client *client;
	uint32_t tag;		/* the client's */
	uint32_t id;		/* ours */
	enum exchange_state state;
	char address[ADDRESS_OCTETS];
	int local, tls;
	struct sasl_server sasl;	/* unless Dovecot does it */
	struct verifier verifier;
	struct pbkdf2 hash;
	stralloc user;		/* as he says it, with a NUL; len 0: not known */
	int sent;		/* the program, or Dovecot, knows of it */
	uint64_t due;		/* ms */
	char kind, code[VERDICT_CODE_OCTETS + 1];	/* of the answer */
	char reason[REASON_OCTETS];
};

/* Where passwords are. */
struct source {
	/* Names, divided by spaces. */
	const char *(*mechanisms)(struct auth *a);
	/* An exchange begins; take goes on with a message of the client, 0 if
	 * there is no initial response. What they lead to is said with
	 * exchange_*; x may be gone then. */
	void (*begin)(struct auth *a, struct exchange *x,
	    const struct auth_start *s);
	void (*take)(struct auth *a, struct exchange *x, const char *s,
	    size_t n);
	/* PLAIN and LOGIN have a name and password; 0 if the source does the
	 * mechanisms itself. */
	void (*check)(struct auth *a, struct exchange *x);
	/* x ends; let go of it. */
	void (*forget)(struct auth *a, struct exchange *x);
};

struct own {			/* etc/passwd */
	stralloc text;
	genalloc users;		/* of struct passwd_line, sorted */
	dev_t dev;
	ino_t ino;
	off_t size;
	int64_t sec, nsec;	/* its time; sec -1: not read */
	uint32_t iterations;	/* as most have it */
	struct hmac secret;	/* for those who do not exist */
};

struct program {		/* what starts checkpassword programs */
	struct stream s;
	pid_t pid;
	size_t running;
};

struct dovecot {
	const char *path;
	int fd;
	int ready;		/* it has said DONE */
	uint64_t retry;		/* ms, not before */
	int told;		/* that it is not there */
	stralloc in, out, later;	/* later: once it is ready */
	size_t outpos;
	stralloc mechs, offered;	/* in force, and being told; with a NUL */
};

struct auth {
	struct conf conf;
	const struct source *source;
	int listen, signals;
	struct client clients[CLIENTS];
	struct exchange *first, *last;
	size_t n;
	uint32_t id;
	uint64_t now;		/* ms */
	struct limit limit;
	struct rate rate;
	struct own own;
	struct program program;
	struct dovecot dovecot;
	char path[RUN_HOME_OCTETS];	/* the setting that source is for */
	int over;		/* time to go, and to start anew */
	stralloc tmp;
	iopause_fd x[4 + CLIENTS];
};

extern const struct source own_source, program_source, dovecot_source;

/* client.c: connections of pneu-smtpd, and their frames. */
void client_knock(struct auth *a);
void client_read(struct auth *a, struct client *c);
void client_drop(struct auth *a, struct client *c);
void client_mechanisms(struct auth *a);		/* tell all */

/* exchange.c. Each of those that answer may free x. */
struct exchange *exchange_new(struct auth *a, struct client *c, uint32_t tag);
struct exchange *exchange_find(struct auth *a, const struct client *c,
    uint32_t tag);
struct exchange *exchange_byid(struct auth *a, uint32_t id);
void exchange_begin(struct auth *a, struct exchange *x,
    const struct auth_start *s);
void exchange_step(struct auth *a, struct exchange *x, const char *in,
    size_t n);
void exchange_free(struct auth *a, struct exchange *x);
void exchange_freeof(struct auth *a, const struct client *c);
/* 1, or 0 if he is not to be heard now; x is then answered. */
int exchange_mayask(struct auth *a, struct exchange *x);
void exchange_challenge(struct auth *a, struct exchange *x, const char *s,
    size_t n);
void exchange_pass(struct auth *a, struct exchange *x);
void exchange_fail(struct auth *a, struct exchange *x, const char *reason);
void exchange_end(struct auth *a, struct exchange *x, char kind,
    const char *code, const char *reason);
void exchange_hash(struct auth *a);	/* TURN_ITERATIONS of one */
int exchange_ishashing(const struct auth *a);
/* Answers that have waited long enough; returns when the next is due. */
uint64_t exchange_due(struct auth *a, uint64_t next);

/* step.c: what sources that do not know of mechanisms begin and take with. */
void step_begin(struct auth *a, struct exchange *x,
    const struct auth_start *s);
void step_take(struct auth *a, struct exchange *x, const char *in, size_t n);
void step_memory(struct auth *a, struct exchange *x);

/* own.c */
void own_init(struct auth *a);
void own_verifier(struct auth *a, struct exchange *x);
void own_hashed(struct auth *a, struct exchange *x);

/* program.c, runner.c. program_start is for before the jail. */
void program_start(struct auth *a, const char *command);
void program_read(struct auth *a);
void program_turn(struct auth *a);
void runner(const char *command, int fd);

/* dovecot.c */
void dovecot_init(struct auth *a, const char *path);
short dovecot_events(const struct auth *a);
void dovecot_io(struct auth *a, short revents);
uint64_t dovecot_turn(struct auth *a, uint64_t next);

#endif
