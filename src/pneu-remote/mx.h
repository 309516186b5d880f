#ifndef PNEU_REMOTE_MX_H
#define PNEU_REMOTE_MX_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/ip46.h>

#include "dns/dnsmsg.h"
#include "smtp/nexthop.h"

/* From a next hop to the addresses to be tried, in order (RFC 5321 section
 * 5.1). Pure: what the DNS says comes by a function, chance as well. */

#define MX_HOSTS 20		/* whose addresses are asked for */
#define MX_TARGETS 64		/* addresses, in all */

struct mx_target {
	char host[NEXTHOP_HOST_OCTETS + 1];
	ip46 ip;
	uint16_t port, pref;
	/* What led here is signed (DNSSEC): the MX records, or that there are
	 * none, and the address, or the host's CNAME. Then base is the host,
	 * or what its CNAMEs led to if that is signed: where its TLSA records
	 * are looked for first. */
	int secure;
	char base[NEXTHOP_HOST_OCTETS + 1];
};

struct mx_env {
	/* What is known of name and type: 1 with *a, or 0: not yet (it has
	 * been asked, call mx_find again later). local: the host was named
	 * in brackets, so /etc/hosts may answer. */
	int (*get)(void *arg, const char *name, uint16_t type, int local,
	    struct dns_answer *a);
	/* 1 if a server of ours listens at this address and port. */
	int (*isself)(void *arg, const ip46 *ip, uint16_t port);
	uint32_t (*random)(void *arg, uint32_t below);
	void *arg;
	const char *myname;
	uint16_t port;			/* where none is given */
	int v4, v6;			/* families that we connect by */
};

/* Why there is nobody to be tried. */
struct mx_fail {
	char kind;			/* enum verdict_kind */
	const char *code;		/* static */
	int site;			/* it is the DNS that fails now */
	int fallback;			/* a fallback relay may help */
	char text[320];
};

/* Returns 1 with *targets (genalloc of struct mx_target, emptied first)
 * filled, 0 if answers are still to come, -1 with *f. */
int mx_find(const struct mx_env *e, const struct nexthop *h,
    genalloc *targets, struct mx_fail *f);

#endif
