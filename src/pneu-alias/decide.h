#ifndef PNEU_ALIAS_DECIDE_H
#define PNEU_ALIAS_DECIDE_H

#include <stddef.h>

#include "wire/route.h"

/* Where an address goes, decided from the address, the settings and facts
 * that are looked up through functions, so that the tests can make them
 * up. */
struct facts {
	const char *origin;	/* domain of addresses that have none */
	const char *delimiters;	/* recipient_delimiter */
	const char *relayhost;	/* "" if none */
	const char *admin;	/* admin_mailbox: user, or path of a Maildir */

	/* Whose domain, or [address], it is (lower case): enum
	 * route_class. */
	char (*domain)(void *x, const char *domain, size_t n);

	/* Does mail reach a system user of this name? 1, 0, or -1: that
	 * cannot be told now. */
	int (*user)(void *x, const char *name);

	/* As conf_lookup. Tables: virtual_mailboxes, relay_recipients,
	 * routes. In relay_recipients a key that is a domain says that there
	 * are entries for it. */
	int (*lookup)(void *x, const char *table, const char *key,
	    size_t keylen, const char **v, size_t *n);
	void *x;
};

#define DECIDE_ROOM_OCTETS 8192
#define DECIDE_SPLITS 8		/* delimiters of an address looked at: each
				 * may cost a search through all users */
#define DECIDE_USER_OCTETS 64	/* longer names are no user's */

struct decision {
	struct route route;
	char room[DECIDE_ROOM_OCTETS];	/* the route's strings */
	stralloc tmp;
};

/* Decide where addr[0..n) goes, a forward-path without <>. Always gives an
 * answer. d is zeroed before its first use. */
void decide(struct decision *d, const char *addr, size_t n,
    const struct facts *f);

#endif
