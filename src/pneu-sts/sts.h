#ifndef PNEU_STS_STS_H
#define PNEU_STS_STS_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/iopause.h>
#include <skalibs/ip46.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "dns/dns.h"
#include "pneu-sts/decide.h"
#include "run/stream.h"
#include "smtp/nexthop.h"
#include "sts/http.h"
#include "sts/policy.h"
#include "wire/sts.h"

/* The program's state: one struct sts, made in main. An asker is a connection
 * of pneu-remote, an ask a question that has no answer yet (or a refresh, that
 * nobody asked for), a domain what is known of one that has a policy or whose
 * policy could not be had, a fetch the way to a policy. Times are ms of a
 * monotonic clock, but for those of policies. */

#define STS_ASKERS 16
#define STS_ASKS 4096		/* at a time; more are told "none" */
#define STS_DOMAINS 4096	/* known, on disk and in memory */
#define STS_BUCKETS 1024
#define STS_FETCHES 64		/* at a time */
#define STS_REFRESHES 16	/* begun in a sweep */
#define STS_ADDRESSES 8		/* of a web server, tried in turn */
#define STS_ANSWER_MS 5000	/* an answer comes within */
#define STS_FETCH_MS 60000	/* a fetch takes at most; RFC 8461 3.3 */
#define STS_CONNECT_MS 10000	/* to one address */
#define STS_AGAIN_MS 5000	/* no other fetch after one that went well */
#define STS_SWEEP_MS 60000	/* look for what is due */
#define STS_FORGET_MS 86400000	/* a failure, if nobody asks */
#define STS_PORT 443
#define STS_DIR "sts"
#define STS_WHY_OCTETS 320

struct fetch;

struct asker {
	struct stream s;
	uint32_t serial;	/* of its connection */
};

struct ask {
	struct asker *asker;	/* 0: nobody waits */
	uint32_t serial, tag;
	int refresh;
	uint64_t since, deadline;
	char name[NEXTHOP_HOST_OCTETS + 1];
	struct ask *prev, *next;
};

struct domain {
	struct sts_policy policy;
	unsigned int fails;	/* fetches, in a row */
	uint64_t retry;		/* no fetch before that */
	uint64_t asked;		/* last */
	struct fetch *fetch;	/* under way, or 0 */
	int slow;		/* which somebody has waited for in vain */
	struct domain *chain;
	char name[];
};

enum fetch_stage { FETCH_FIND, FETCH_CONNECT, FETCH_TLS, FETCH_TALK };

struct fetch {
	enum fetch_stage stage;
	struct domain *d;
	char host[NEXTHOP_HOST_OCTETS + 1];	/* mta-sts.DOMAIN */
	char id[STS_ID_OCTETS + 1];
	int fd;			/* or -1 */
	uint32_t tag;		/* FETCH_TLS */
	uint64_t since, deadline;
	uint64_t connect;	/* the deadline of FETCH_CONNECT */
	size_t n, i;		/* addresses, the one that is tried */
	ip46 ip[STS_ADDRESSES];
	stralloc out;		/* of FETCH_TALK: not sent yet */
	size_t outpos;
	struct http http;
	size_t at;		/* entry of iopause, 0: none */
};

struct sts {
	struct conf conf;
	int signals, listen, over;
	uint64_t now, wall;	/* ms; Unix seconds */
	struct asker askers[STS_ASKERS];
	struct ask *asks;
	size_t nasks;
	struct domain *bucket[STS_BUCKETS];
	size_t ndomains;
	uint64_t sweep;		/* the next one */
	struct fetch *fetches[STS_FETCHES];
	struct dns dns;
	int redns;		/* dns_servers is to be called */
	unsigned long answers;	/* dns.answers, when seen last */
	int look;		/* something has changed for asks */
	struct stream tls;
	uint32_t tag;		/* used last */
	uint64_t retry;		/* to connect to pneu-tls */
	int v4, v6;
	uint16_t port;
	stralloc tmp;
};

/* asker.c: those who ask */
void asker_knock(struct sts *m);
void asker_read(struct sts *m, struct asker *a);
void asker_turn(struct sts *m);		/* send */
void asker_close(struct sts *m, struct asker *a);

/* ask.c: their questions */
/* a 0: nobody asks, name's policy is to be refreshed. */
void ask_new(struct sts *m, struct asker *a, uint32_t tag, const char *name);
void ask_turn(struct sts *m);		/* look at all of them */
uint64_t ask_due(const struct sts *m, uint64_t next);

/* domain.c: what is known */
struct domain *domain_find(struct sts *m, const char *name);
struct domain *domain_make(struct sts *m, const char *name);	/* or 0 */
int domain_isgood(const struct sts *m, const struct domain *d);
void domain_failed(struct sts *m, struct domain *d);	/* a fetch */
void domain_sweep(struct sts *m);	/* what has run out, what is due */

/* store.c: on disk */
void store_load(struct sts *m);		/* at the start */
int store_put(struct sts *m, const struct domain *d);
void store_drop(const char *name);

/* fetch.c: policies of others */
/* Begin one for d. 0: there are too many. */
int fetch_new(struct sts *m, struct domain *d, const char *id);
void fetch_turn(struct sts *m);		/* their next steps */
short fetch_events(const struct fetch *f);
void fetch_io(struct sts *m, struct fetch *f, short revents);
void fetch_secured(struct sts *m, struct fetch *f, int fd);
/* It is over: why, or 0 with the text of a policy. f is gone. */
void fetch_end(struct sts *m, struct fetch *f, const char *why);
uint64_t fetch_due(const struct sts *m, uint64_t next);

/* tlsout.c: our connection to pneu-tls */
/* Hand f's descriptor over, and wait for the clear one. */
void tlsout_begin(struct sts *m, struct fetch *f, const char *peer);
void tlsout_read(struct sts *m);
void tlsout_turn(struct sts *m);

/* set.c: what the settings say */
void sts_set(struct sts *m);
const char *sts_servers(struct sts *m);		/* of the DNS */
void sts_reservers(struct sts *m);	/* use them from now on */

/* loop.c */
void sts_loop(struct sts *m);

#endif
