#ifndef DNS_DNS_H
#define DNS_DNS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/select.h>
#include <ares.h>
#include <skalibs/iopause.h>

#include "dns/dnsmsg.h"

/* Questions to the DNS: c-ares asks (retries, other servers, TCP where an
 * answer is truncated), dnsmsg.c reads the answers, and a small table keeps
 * them for as long as they say, within bounds. Nothing here waits. Times
 * are milliseconds of a clock that never goes back. */

#define DNS_ENTRIES 2048		/* answers kept */
#define DNS_FLYING 512			/* questions under way */
#define DNS_FDS 40			/* of poll that it may need */
#define DNS_TTL_MIN_MS 5000		/* an answer is kept at least */
#define DNS_TTL_MAX_MS 3600000		/* and at most */
#define DNS_NEGATIVE_MAX_MS 60000	/* one that says no; RFC 2308: 3 h */
#define DNS_LATER_MS 2000		/* a failure of the server */
#define DNS_TRY_MS 3000			/* first wait for an answer */
#define DNS_TRIES 3			/* of each server */

struct dns;

struct dns_entry {
	char name[DNSMSG_NAME_OCTETS + 1];
	uint16_t type;
	unsigned char used, flying, noedns, ad;
	uint64_t came, expires, seen;	/* ms */
	enum dnsmsg_kind kind;
	size_t n;
	struct dnsmsg_record *rr;	/* n of them, and behind them */
	const char *owner, *data;	/* as of struct dns_answer */
	struct dns_entry *chain;
	struct dns *d;
};

struct dns {
	ares_channel ares;
	struct dns_entry *e;		/* DNS_ENTRIES */
	struct dns_entry *bucket[DNS_ENTRIES];
	size_t hand;			/* of the clock that evicts */
	size_t flying;
	int trusted;			/* all servers may say what is signed */
	unsigned long answers;		/* how many have come: who waits for
					 * one asks again when it changes */
	uint64_t now;
	struct { int fd; short events; } sock[DNS_FDS];
	struct dnsmsg msg;		/* scratch */
};

/* servers: "address:port,..." or "", which is those of /etc/resolv.conf.
 * What a server says of DNSSEC (the AD bit) counts if all of them are on this
 * host, by a loopback address, or have "+ad" behind them: the way to them
 * is not signed.
 * d is to be kept where it is. Returns 1, or -1 with a reason in *why. */
int dns_init(struct dns *d, const char *servers, const char **why);

/* Other servers, from now on. Returns 1; 0 if there are questions under
 * way: try again later; -1. */
int dns_servers(struct dns *d, const char *servers);

/* What is known of name and type. An answer that came at since or later
 * counts, even if it has run out. Returns 1 with *a, which is good until the
 * next turn of the loop, or 0: it has been asked, or will be at a later
 * call. */
int dns_get(struct dns *d, const char *name, uint16_t type, uint64_t since,
    uint64_t now, struct dns_answer *a);

/* Fill x with what to wait for (at most DNS_FDS); returns how many.
 * *deadline is lowered to when dns_io is to be called anyway. */
size_t dns_iopause(struct dns *d, iopause_fd *x, uint64_t now,
    uint64_t *deadline);
void dns_io(struct dns *d, const iopause_fd *x, size_t n, uint64_t now);
void dns_free(struct dns *d);

#endif
