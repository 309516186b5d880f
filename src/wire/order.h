#ifndef WIRE_ORDER_H
#define WIRE_ORDER_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "wire/verdict.h"

/* What pneu-send gives a delivery program (pneu-lspawn, pneu-remote,
 * pneu-bounce): one letter, one destination, some of its recipients. It is
 * the payload of an O frame that carries the letter's descriptor; lines of
 * wire/field.h:
 *
 *	id=	the letter's id
 *	off= len= crc=	where the message is in the file, its CRC-32C
 *	time=	when the letter came, Unix seconds
 *	sender= body= smtputf8= ret= envid=	as in wire/envelope.h
 *	auth=	the same		(smtp:, user:, forward:)
 *	client= helo= proto= login= method=	the same	(user:, forward:)
 *	to=	the destination: user:NAME, mailbox: (virtual mailboxes),
 *		smtp:NEXTHOP, bounce:, forward: (pneu-forward)
 *	n=	index of a recipient; then, of this recipient:
 *	rcpt=	its address	notify= orcpt=	as in wire/envelope.h
 *	ext=	extension of a user's address	(user:)
 *	mailbox= path of the Maildir		(mailbox:)
 *	why=	a verdict, text of wire/verdict.h	(bounce:); L: expired
 *	action=	what its sender is to be told (RFC 3464 2.3.3): delivered,
 *		relayed, expanded or delayed		(bounce:; absent:
 *		failed)
 *	orig=	the address that it was, if an alias has changed it
 *	target=	what to deliver to, see wire/route.h	(user:)
 *	forward= the targets, a newline after each	(forward:; absent:
 *		pneu-alias is to be asked for them)
 *	owner=	the sender from here on			(forward:)
 *
 * What pneu-bounce is to tell is in to= as well, since that is known of an
 * order of another pneu-send: bounce: (failed), bounce:delayed, bounce:done
 * (the rest).
 *
 * NEXTHOP is written as in Postfix's transport(5): "example.org" (MX, then
 * A and AAAA), "[host]" or "[192.0.2.1]" or "[IPv6:2001:db8::1]" (no MX),
 * each with ":port" behind it. */

#define ORDER_RCPTS 1000		/* of one order */

struct order_rcpt {
	uint32_t n;
	const char *addr, *ext, *mailbox, *notify, *orcpt, *why;
	const char *orig, *target, *forward, *owner, *action;
};

struct order {
	const char *id, *sender, *body, *ret, *envid, *to;
	const char *auth, *client, *helo, *proto, *login, *method;
						/* each 0 if absent */
	uint64_t off, len, time;
	uint32_t crc;
	int smtputf8;
	genalloc rcpts;			/* of struct order_rcpt */
};

#define ORDER_ZERO { .rcpts = GENALLOC_ZERO }

size_t order_nrcpts(const struct order *o);
struct order_rcpt *order_rcpt(const struct order *o, size_t i);
struct order_rcpt *order_add(struct order *o, uint32_t n, const char *addr);
void order_clear(struct order *o);
void order_free(struct order *o);

/* Parse the whole of s[0..n), which is changed; strings point into it.
 * Returns 1, or -1 with errno EINVAL or ENOMEM. An order without id, to,
 * sender or recipient is EINVAL. */
int order_scan(struct order *o, char *s, size_t n);

/* Append o as text to sa. Returns 1, or 0 with ENOMEM. */
int order_put(stralloc *sa, const struct order *o);

/* The answer: the payload of a V frame, lines of wire/field.h. Recipients
 * that fared alike share one report:
 *
 *	n=	index; once or more
 *	relay=	where it went, as in the log: mx.example[192.0.2.1]:25, local
 *	conn= xmit=	milliseconds to connect, to transmit
 *	site=1	the site failed, not the letter: connect, greeting, 421, ...
 *	made=	id of the letter that was made of it, if one was
 *	action=	of verdict D, what whose sender has NOTIFY=SUCCESS is to be
 *		told: delivered, relayed (to a host without DSN) or expanded.
 *		Absent: nothing, the next hop will; but of pneu-lspawn it
 *		is always delivered
 *	forward=	targets (wire/route.h), a newline after each, at most
 *		FORWARD_OCTETS: the recipient stands for these, nothing has
 *		been delivered; the verdict is done, and not yet the last
 *		word: pneu-forward is to make a letter for them
 *	owner=	with forward=: whose sender is to hear of what fails from here
 *		on (mail/verp.h): one, or each (one of his own for each
 *		recipient). Absent: as it is
 *	verdict=	text of wire/verdict.h; ends this report
 *
 * A V frame holds one or more such reports. */

#define FORWARD_OCTETS 65536

struct report {
	genalloc ns;			/* of uint32_t */
	const char *relay;
	const char *forward;	/* 0 if absent */
	const char *made;	/* the same */
	const char *action;	/* the same */
	const char *owner;	/* the same */
	uint32_t conn, xmit;
	int site;
	struct verdict verdict;
};

#define REPORT_ZERO { .ns = GENALLOC_ZERO }

/* Parse one report from s[0..n), which is changed. Returns octets used, 0
 * if s[0..n) is empty, -1 with errno EINVAL or ENOMEM. */
int report_scan(struct report *r, char *s, size_t n);
int report_put(stralloc *sa, const struct report *r);

#endif
