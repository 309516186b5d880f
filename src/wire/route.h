#ifndef WIRE_ROUTE_H
#define WIRE_ROUTE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "wire/verdict.h"

/* Where an address goes: pneu-alias's answer, the payload of an R frame,
 * lines of wire/field.h. The question is a Q frame whose payload is the
 * address, without <>.
 *
 *	class=	local, virtual, relay or other: whose domain it is. smtpd
 *		takes "other" from those who may relay only.
 *	kind=	user (user= ext=), mailbox (mailbox=), smtp (to=NEXTHOP) or
 *		none (verdict= says why: never 5.1.1, or later)
 */

enum route_class {
	ROUTE_LOCAL = 'l', ROUTE_VIRTUAL = 'v', ROUTE_RELAY = 'r',
	ROUTE_OTHER = 'o'
};

enum route_kind {
	ROUTE_USER = 'u', ROUTE_MAILBOX = 'm', ROUTE_SMTP = 's',
	ROUTE_NONE = 'n'
};

struct route {
	char class, kind;
	const char *user, *ext;		/* ROUTE_USER; ext "" if none */
	const char *mailbox;		/* ROUTE_MAILBOX: the Maildir, its path
					 * below virtual_mailbox_base */
	const char *to;			/* ROUTE_SMTP */
	struct verdict verdict;		/* ROUTE_NONE */
};

/* Parse the whole of s[0..n), which is changed; strings point into it.
 * Returns 1, or -1 with errno EINVAL. */
int route_scan(struct route *r, char *s, size_t n);

/* Append r as text to sa. Returns 1, or 0 with ENOMEM. */
int route_put(stralloc *sa, const struct route *r);

#endif
