#ifndef PNEU_REMOTE_REMOTE_H
#define PNEU_REMOTE_REMOTE_H

#include <sys/types.h>
#include <time.h>
#include <skalibs/genalloc.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "logins/logins.h"
#include "pneu-remote/client.h"
#include "dns/dns.h"
#include "pneu-remote/message.h"
#include "pneu-remote/mx.h"
#include "pneu-remote/self.h"
#include "pneu-remote/tlsrule.h"
#include "rewrite/rewrite.h"
#include "run/hand.h"
#include "run/stream.h"
#include "wire/sts.h"

/* The program's state: one struct remote, made in main. A job is an order
 * being worked on, a conn a connection to a host. A job finds its hosts,
 * takes a kept connection to its destination or makes one, and has one
 * transaction there, or several. Times are ms of a monotonic clock. */

#define CONN_RELAY_OCTETS 330	/* "host[address]:port" */
#define REMOTE_ADDRESSES 5	/* tried for one letter, as Postfix's
				 * smtp_mx_address_limit */
#define REMOTE_SESSIONS 2	/* begun, as its smtp_mx_session_limit */
#define REMOTE_IDLE 512		/* connections kept, at most */
#define REMOTE_BUCKETS 1024	/* of kept connections, by destination */
#define REMOTE_DNS_MS 120000	/* to find the hosts of a letter */
#define REMOTE_STS_MS 7000	/* pneu-sts answers before that */
#define REMOTE_AGE_MS 300000	/* that a connection is used, as Postfix's
				 * smtp_connection_reuse_time_limit */
#define REMOTE_STOP_MS 30000	/* for what is under way at SIGTERM */
#define DENIED 16		/* logins that are not tried again yet */
#define REMOTE_OUT_OCTETS 65536	/* storage that an idle conn may keep */

enum job_stage {
	JOB_CHECK,		/* the message is being looked at, or
				 * recoded: a part in each turn */
	JOB_FIND,		/* waiting for the DNS */
	JOB_CONN		/* has a conn */
};

enum job_sts { JOBSTS_NEW, JOBSTS_WAITS, JOBSTS_KNOWN };

struct conn;

struct job {
	struct hand_order *o;	/* 0 when every recipient has its verdict */
	enum job_stage stage;
	struct message m;
	struct client_letter l;
	stralloc rcpt;		/* enum client_rcpt of each recipient */
	struct nexthop hop;	/* where it goes now */
	stralloc dest;		/* the same as text */
	stralloc policy;	/* its policy's text, */
	struct tlspolicy tls;	/* and what it says */
	const struct logins_row *row;	/* its sender's login, or 0: */
	unsigned int generation;	/* of this table */
	stralloc key;		/* all: the name of its conns */
	size_t fallback;	/* fallback relays tried */
	int nokept;		/* take no kept connection: one was dead */
	int kept;		/* its connection was kept: no host but */
	ip46 used;		/* this one's was tried */
	int retry;		/* who was told "later" may be tried again */
	genalloc targets;	/* of struct mx_target */
	size_t target;		/* the next one */
	int plain;		/* TLS with that one has failed */
	uint64_t asked;		/* ms: its TLSA records were; 0: no need */
	struct dns_answer tlsa;	/* in this turn: its TLSA records, */
	const char *base;	/* and whose they are */
	int ownrow;		/* tls has a row of the table */
	enum job_sts sts;	/* the MTA-STS policy of its next hop: */
	uint32_t ststag;	/* of the question, 0: not asked yet */
	uint64_t stsasked;	/* ms: JOBSTS_WAITS began */
	struct sts_policy policy_sts;	/* JOBSTS_KNOWN */
	unsigned int addresses, sessions;
	uint64_t begun;		/* ms: the order came */
	uint64_t found;		/* ms: JOB_FIND began */
	uint64_t said;		/* ms: MAIL was sent */
	/* Verdicts "later" of recipients that another host may take: texts of
	 * wire/verdict.h with a '1' or '0' (site) before and a NUL behind,
	 * and for each recipient its offset. */
	stralloc held;
	genalloc heldat;	/* of uint32_t */
	/* The last failure that was not a recipient's. */
	char kind, code[VERDICT_CODE_OCTETS + 1], text[CLIENT_FAIL_OCTETS];
	int site;
	char relay[CONN_RELAY_OCTETS];
	struct conn *c;
	struct job *prev, *next;	/* in its stage's list */
	struct remote *r;
};

enum conn_state { CONN_CONNECT, CONN_BUSY, CONN_IDLE, CONN_QUIT };

struct conn {
	int fd;
	enum conn_state state;
	struct client client;
	stralloc out;			/* what could not be sent yet */
	size_t outpos;
	char host[CONN_RELAY_OCTETS];	/* "mx.example[192.0.2.1]", or our
					 * name and "[/path]" */
	int lmtp;
	uint16_t port;
	ip46 ip;
	stralloc key;			/* the job's who made it */
	enum tlsrule_act tls;
	const char *why;		/* TLSRULE_CLEAR: or 0 */
	struct client_login login;	/* if there are words, */
	stralloc words;			/* its strings */
	int bysender;			/* it is a sender's, not the host's */
	enum sts_mode sts;		/* of the policy that it is made by */
	stralloc ask;			/* of pneu-tls */
	uint32_t tag;			/* of it while it is asked, or 0 */
	unsigned int uses;		/* transactions */
	uint64_t born;			/* ms */
	struct job *job;		/* 0: none */
	uint64_t deadline;		/* ms; of CONN_CONNECT and CONN_IDLE */
	size_t place;			/* in r->active */
	uint32_t serial;		/* of its connection */
	int broken;			/* nothing can be sent any more */
	int expired;			/* its time was over */
	struct conn *chain;		/* same bucket of idle ones */
	struct conn *prev, *next;	/* idle ones, oldest first */
};

struct tlsout {
	struct stream s;
	uint32_t tag;			/* used last */
	uint64_t retry, wait;		/* ms: when to try to connect */
};

struct logintable {
	struct logins table;
	int good;			/* it has been read, or there is none */
	unsigned int generation;	/* counts those that were */
	uint64_t look;			/* ms: look at the file then */
	struct timespec mtime, ctime;	/* of the file seen last */
	ino_t ino;
	dev_t dev;
	off_t size;
};

struct denied {
	stralloc key;			/* of its connections */
	uint64_t until;			/* ms */
	int site;
	char code[VERDICT_CODE_OCTETS + 1], text[CLIENT_FAIL_OCTETS];
};

struct stsin {
	struct stream s;
	uint32_t tag;			/* used last */
	uint64_t retry;			/* ms: when to try to connect */
	uint64_t down;			/* ms: when it was lost, or 0 */
	int absent, told;
};

struct remote {
	struct conf conf;
	struct hand hand;
	struct tlsout tlsout;
	struct logintable logins;
	struct denied denied[DENIED];	/* logins that were refused */
	unsigned int ndenied;		/* so far */
	struct stsin sts;
	int tlsrows;			/* there is a table tls_policy */
	struct tls_ask ask;		/* scratch, */
	stralloc words;			/* and its strings */
	struct dns dns;
	struct self self;
	struct client_opts opts;
	struct mx_env env;
	ip46 bind[2];			/* source address, v4 and v6 */
	int isbind[2];
	uint64_t connect_ms, idle_ms;
	struct message_pool pool;
	struct rewrite rewrite;		/* its generic */
	struct address address;		/* what one has become */
	uint64_t now;
	struct job *stage[JOB_CONN + 1];	/* lists */
	struct job *spare;
	struct conn *sparec;
	genalloc active;		/* of struct conn *: not idle */
	struct conn *idle[REMOTE_BUCKETS];
	struct conn *oldest, *newest;
	size_t nidle;
	struct job *looking;		/* whose questions env.get asks */
	stralloc out;			/* scratch for what is being said */
	genalloc ns;			/* scratch for reports */
	char in[65536];
	int redns;			/* dns_servers is to be called */
	unsigned long answers;		/* dns.answers, when seen last */
	uint64_t refind;		/* ms: look for hosts again then */
	int stopping;
	uint64_t stop;			/* ms */
};

/* job.c: an order's way */
void job_begin(struct remote *r, struct hand_order *o);
void job_check(struct job *j);		/* look at a part of the message */
void job_find(struct job *j);		/* look for hosts (again) */
/* Its connection is ready: is there anybody for this host? */
int job_isleft(struct job *j);
/* Its connection is ready: begin. 0: the message is still being recoded,
 * job_check goes on with it. */
int job_transact(struct job *j);
void job_settle(void *arg, size_t lo, size_t hi, unsigned char mark,
    const struct verdict *v, int site);
/* Its connection could not be made, or failed (kind, code, text, site; kind
 * 0: nothing to say): another host, or the end. */
void job_failed(struct job *j, char kind, const char *code,
    const char *text, int site);
/* Its host has not let us in: state is why. */
void job_nologin(struct job *j, enum client_nologin state, int bysender,
    const char *code, const char *text);
/* The connection that it was given, or has had a transaction on, was dead, or
 * takes no more: as if there were none. */
void job_again(struct job *j);
void job_hasconn(struct job *j);	/* it was given a kept connection */
/* TLS with its host has failed: the same host in clear. */
void job_plain(struct job *j);
/* Its transaction is over; recipients may be left for others. */
void job_over(struct job *j);
void job_free(struct job *j);

/* pneu-remote.c: take over the settings; the servers of the DNS */
void remote_set(struct remote *r);
void remote_servers(struct remote *r);

/* loop.c */
void loop_run(struct remote *r, int sigfd);	/* until SIGTERM */

/* conn.c: connections */
/* Connect to t for j. Returns 1; 0 with the reason in j->text &c: it failed
 * at once. */
int conn_open(struct job *j, const struct mx_target *t,
    const struct tlsrule *rule);
int conn_lacks(int e);	/* errno of conn_open: it was no attempt */
void conn_relay(struct job *j, const struct conn *c);	/* fill j->relay */

/* tlsneed.c: what TLS a host needs */
/* Find the policy for j's next hop. 0: the table cannot be read now. */
int tls_policy(struct job *j);
/* What is to be done about t. 0: the DNS has not answered yet. */
int tls_rule(struct job *j, const struct mx_target *t, struct tlsrule *rule);
/* c is to be a connection to t by that rule; j->relay names it. */
void tls_need(struct conn *c, struct job *j, const struct mx_target *t,
    const struct tlsrule *rule);

/* login.c: as whom we log in */
void login_look(struct remote *r);	/* is there another file? */
/* The login of j's sender, and j's key, which tls_policy has made, by it. 0:
 * it cannot be had now. */
int login_policy(struct job *j);
/* c is to be a connection to t: its login, if it needs one. */
void login_need(struct conn *c, struct job *j, const struct mx_target *t);
void login_forget(struct conn *c);	/* it is over, or c is */

/* tlsout.c: our connection to pneu-tls */
int tlsout_isup(struct remote *r);	/* it is there, or is now */
/* Hand c's descriptor over, and wait for the clear one. */
void tlsout_begin(struct conn *c, struct remote *r);
void tlsout_failed(struct conn *c, struct remote *r, char kind,
    const char *code, int site, const char *text);
void tlsout_read(struct remote *r);	/* answers have come */
void tlsout_turn(struct remote *r);	/* send questions */

/* sts.c: policies of MTA-STS */
/* That of j's next hop. 1 with j->policy_sts (STS_NONE: there is none), 0:
 * not known yet. */
int sts_find(struct job *j);
void sts_read(struct remote *r);	/* answers have come */
void sts_turn(struct remote *r);	/* send questions */
/* Were its policy not for testing, host would be given no mail. */
void sts_would(const struct job *j, const char *host, const char *why);

/* kept.c: connections in use and kept ones */
struct conn *conn_new(struct remote *r);
void conn_activate(struct conn *c, struct remote *r);
void conn_keep(struct conn *c, struct remote *r);	/* for the next letter */
void conn_quit(struct conn *c, struct remote *r);	/* a kept one */
/* A kept connection to j's destination; 0 if there is none. */
int conn_reuse(struct job *j);
void conn_say(struct conn *c, struct remote *r);	/* send r->out */
void conn_after(struct conn *c, struct remote *r);	/* the client moved */
void conn_io(struct conn *c, struct remote *r, short revents);
void conn_expire(struct conn *c, struct remote *r);	/* its time is over */
void conn_close(struct conn *c, struct remote *r);
uint64_t conn_deadline(const struct conn *c);
/* Say QUIT on kept ones whose time is over; all: on every one. */
void conn_quit_idle(struct remote *r, int all);

#endif
