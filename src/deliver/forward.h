#ifndef DELIVER_FORWARD_H
#define DELIVER_FORWARD_H

#include <skalibs/stralloc.h>

#include "deliver/place.h"
#include "dotforward/list.h"
#include "wire/order.h"

/* A user's forwarding file, looked for and read as he. */

#define FORWARD_FILE_OCTETS (256u << 10)

enum forward_kind {
	FORWARD_NONE,		/* there is none, or it is empty */
	FORWARD_LIST,		/* it holds these targets; of dot-qmail it
				 * may hold none: the mail is thrown away */
	FORWARD_UNUSED,		/* it is not to be used: his mailbox. why */
	FORWARD_LATER,		/* why, code */
	FORWARD_NEVER		/* no .qmail file for this extension */
};

struct forward {
	char kind;		/* enum forward_kind */
	char qmail;		/* by the rules of dot-qmail(5) */
	const char *code;
	struct list list;
	stralloc name;		/* of the file */
	stralloc why;
	stralloc def;		/* what -default stood for, or empty */
	char owner;		/* dot-qmail: there is a .qmail-ext-owner (1),
				 * and a .qmail-ext-owner-default (2) */
};

#define FORWARD_ZERO { 0, 0, 0, LIST_ZERO, STRALLOC_ZERO, STRALLOC_ZERO, \
    STRALLOC_ZERO, 0 }

/* For recipient r. Not used, as with Postfix, is a file that is not regular,
 * not the user's own or root's, writable by others (place_isothers), or in which
 * something is no target: so is one that it includes. With dot-qmail such a
 * file means later, as with qmail, and no file for an extension never.
 * Returns 0, or -1 with ENOMEM. */
int forward_find(struct forward *f, const struct place *p,
    const struct order_rcpt *r);

/* Without reading any: 0 if there is no such file for r, and he has his
 * mailbox; 1 if there is one, or there should be, or it is not known. */
int forward_isthere(const struct place *p, const struct order_rcpt *r);

void forward_free(struct forward *f);

#endif
