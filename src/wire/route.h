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
 *	kind=	user (user= ext=), mailbox (mailbox=), smtp (to=NEXTHOP),
 *		list (the letter goes on as a new one, made by pneu-forward)
 *		or none (verdict= says why: never 5.1.1, or later)
 *	addr=	the address that it has become (one-to-one alias, canonical
 *		map): what is to be served; absent: as it was asked for
 *	target=	of a user: not his mailbox but this, see TARGETS
 *	owner=	of a list: its sender from here on (owner-NAME); absent: as
 *		it is
 *
 * TARGETS. What an alias or a line of a .forward stands for is a text in
 * one of these forms, without quotes:
 *
 *	user@domain	an address
 *	\user		a user's mailbox, whatever his .forward says
 *	|command	a command; its standard input is the message
 *	/file		a file to append to; /dir/ a Maildir. In a .forward
 *			./file and ./dir/ too, from the home
 *	~user@domain	an address as itself, through no alias or virtual row
 *			any more, a user by his .forward (a name within its
 *			own list). Only pneu-alias says so
 *	!5.4.6 text	nobody: bounces so (a loop). Only pneu-alias says so
 *
 * alias/target.h reads them; what begins with none of these marks is an
 * address.
 * The question "what does this list consist of" is an X frame (payload: the
 * address); its answer is any number of T frames (payload: one target each,
 * as it stands, addresses with a domain), then R as above: kind list, or
 * none if it is no list any more or cannot be told now; what came before is
 * then void.
 *
 * A question with a target, whose recipient came from such a list, is a P
 * frame: lines rcpt= (whose it is) and target=. R says which user serves
 * it. */

#define TARGET_OCTETS 4000

enum route_class {
	ROUTE_LOCAL = 'l', ROUTE_VIRTUAL = 'v', ROUTE_RELAY = 'r',
	ROUTE_OTHER = 'o'
};

enum route_kind {
	ROUTE_USER = 'u', ROUTE_MAILBOX = 'm', ROUTE_SMTP = 's',
	ROUTE_LIST = 'e', ROUTE_NONE = 'n'
};

struct route {
	char class, kind;
	const char *user, *ext;		/* ROUTE_USER; ext "" if none */
	const char *mailbox;		/* ROUTE_MAILBOX: the Maildir, its path
					 * below virtual_mailbox_base */
	const char *to;			/* ROUTE_SMTP */
	const char *addr, *target, *owner;	/* each 0 if absent */
	struct verdict verdict;		/* ROUTE_NONE */
};

/* Parse the whole of s[0..n), which is changed; strings point into it.
 * Returns 1, or -1 with errno EINVAL. */
int route_scan(struct route *r, char *s, size_t n);

/* Append r as text to sa. Returns 1, or 0 with ENOMEM. */
int route_put(stralloc *sa, const struct route *r);

#endif
