#ifndef PNEU_REMOTE_SELF_H
#define PNEU_REMOTE_SELF_H

#include <skalibs/genalloc.h>
#include <skalibs/ip46.h>

#include "conf/conf.h"
#include "pneu-remote/mx.h"

/* What this host knows of itself: where our SMTP server listens, to notice
 * that mail would come back to us; and /etc/hosts, for next hops in
 * brackets ("[localhost]"). Both are read before the jail is entered. */

#define SELF_HOSTS 4096		/* names taken from /etc/hosts */
#define SELF_ANSWERS 8		/* addresses of one of them */

struct self_host {
	char name[NEXTHOP_HOST_OCTETS + 1];
	ip46 ip;
};

struct self_listen {
	ip46 ip;
	int any;		/* all addresses of its family */
	uint16_t port;
};

struct self {
	genalloc hosts;		/* of struct self_host */
	genalloc addresses;	/* of ip46: of our interfaces */
	genalloc listens;	/* of struct self_listen */
	struct dnsmsg_record answer[2][SELF_ANSWERS];
};

/* Read /etc/hosts and the interfaces' addresses: once. What is missing is
 * done without. */
void self_init(struct self *s);

/* Where we listen, by these settings. Returns 1, or -1 with ENOMEM. */
int self_listens(struct self *s, const struct conf *c);

int self_is(const struct self *s, const ip46 *ip, uint16_t port);

/* One of the ports that we listen on? */
int self_isport(const struct self *s, uint16_t port);

/* What /etc/hosts says of name: 1 with *a (good until the next call for the
 * same type), or 0. */
int self_hosts(struct self *s, const char *name, uint16_t type,
    struct dns_answer *a);

#endif
