#ifndef PNEU_ALIAS_DECIDE_H
#define PNEU_ALIAS_DECIDE_H

#include <stddef.h>

#include "alias/path.h"
#include "alias/step.h"
#include "wire/route.h"

/* Where an address goes, decided from the address, the settings and facts
 * that are looked up through functions, so that the tests can make them
 * up. Tables: recipient_canonical, canonical, virtual, aliases,
 * virtual_mailboxes, relay_recipients, routes. In relay_recipients a key
 * that is a domain says that there are entries for it. */
struct setup {
	struct facts facts;	/* domain may say DECIDE_ALIASES */
	const char *relayhost;	/* "" if none */
	const char *admin;	/* admin_mailbox: user, or path of a Maildir */
	const char *privs;	/* default_privs */
	const char *transport;	/* of system users' mail, "" if none */
	const char *vtransport;	/* of virtual mailboxes' mail, the same */
};

#define DECIDE_ALIASES 'a'	/* ROUTE_VIRTUAL, by virtual_alias_domains */
#define DECIDE_ROOM_OCTETS 16384

struct decision {
	struct route route;
	char room[DECIDE_ROOM_OCTETS];	/* the route's strings */
	struct path path;
	stralloc tmp;
};

/* Decide where addr[0..n) goes, a forward-path without <>. Always gives an
 * answer. d is zeroed before its first use. */
void decide(struct decision *d, const char *addr, size_t n,
    const struct setup *f);

/* The same of a recipient addr[0..n) that has target[0..m) (wire/route.h).
 * listed: the target is among those of the alias that addr is, so that
 * default_privs serves it; if not, the user does whose addr is. */
void decide_target(struct decision *d, const char *addr, size_t n,
    const char *target, size_t m, int listed, const struct setup *f);

/* Has the row that is an alias an owner, owner-NAME? key gets that name, NUL
 * behind it. Returns as facts.lookup. */
#define DECIDE_OWNER_OCTETS (STEP_KEY_OCTETS + 8)
int decide_owner(char key[DECIDE_OWNER_OCTETS], const struct step *st,
    const struct facts *f);

/* The step that makes addr[0..n) several, after all that make it another one:
 * st and x of it. Returns 1; or 0, and d says what it is instead. */
int decide_list(struct decision *d, const char *addr, size_t n,
    const struct setup *f, struct step *st, struct step_addr *x);

#endif
