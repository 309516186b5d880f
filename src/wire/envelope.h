#ifndef WIRE_ENVELOPE_H
#define WIRE_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

/* The envelope, as it stands in a letter's file and in the frame that hands
 * a letter to pneu-queue: lines of wire/field.h.
 *
 *	time=	when it came, Unix seconds		(pneu-queue writes it)
 *	origin=	smtp, submit, bounce or forward		(pneu-queue)
 *	uid=	the peer's uid				(pneu-queue)
 *	client=	name[address], only from intake
 *	helo=	proto=	login=	parent=			only from intake
 *	method=	the SASL mechanism of the login; the same
 *	tls=	what is said of the TLS session, if there was one; the same
 *	step=	of a letter with a parent: which step of its parent's makes it,
 *		any text of ours, only from intake. Handed in twice, it is
 *		one letter
 *	sender=	reverse-path without <>; empty is null (RFC 5321 4.5.5)
 *	body=	7BIT or 8BITMIME			(RFC 6152)
 *	smtputf8=1					(RFC 6531)
 *	ret= envid= auth=				(RFC 3461, 4954)
 *	rcpt=	a forward-path without <>; once or more; sender first
 *	notify= orcpt=	of the recipient before them	(RFC 3461)
 *	target=	of the recipient before it: not its address is to be served
 *		but this, see wire/route.h; only from pneu-forward
 *	orig=	of the recipient before it: the address that it was before
 *		an alias or a list; only from intake
 *
 * Recipients are numbered from 0 in their order: that number is the
 * recipient's index everywhere. Names that are not known are kept. */

#define ENVELOPE_ADDRESS_OCTETS 1000	/* RFC 5321 4.5.3.1.3: 256; we take more */
#define ENVELOPE_RCPTS 50000		/* of one letter */
#define ENVELOPE_OCTETS (16u << 20)	/* of the whole text */

struct envelope_rcpt {
	const char *addr;	/* NUL-terminated, without <> */
	const char *notify;	/* 0 if absent */
	const char *orcpt;	/* 0 if absent */
	const char *target;	/* 0 if absent; TARGET_OCTETS at most */
	const char *orig;	/* 0 if absent */
};

struct envelope {
	uint64_t time;		/* 0 if absent */
	const char *sender;	/* 0 if absent, "" if null */
	const char *origin, *client, *helo, *proto, *tls, *login, *method,
	    *parent, *step;
	const char *body, *ret, *envid, *auth;	/* each 0 if absent */
	uint64_t uid;
	int smtputf8, has_uid;
	genalloc rcpts;		/* of struct envelope_rcpt */
	stralloc other;		/* lines with unknown names, as they came */
};

#define ENVELOPE_ZERO { .rcpts = GENALLOC_ZERO, .other = STRALLOC_ZERO }

size_t envelope_nrcpts(const struct envelope *e);
struct envelope_rcpt *envelope_rcpt(const struct envelope *e, size_t i);

/* Parse the whole of s[0..n), which is changed; e's strings point into it.
 * e is emptied first, its storage reused. Returns 1, -1 with errno EINVAL
 * (malformed, a limit passed, an octet 0, CR or LF within an address) or
 * ENOMEM. That there is a sender or a recipient is for the caller to ask. */
int envelope_scan(struct envelope *e, char *s, size_t n);

/* Append e as text to sa. Returns 1, or 0 with ENOMEM. */
int envelope_put(stralloc *sa, const struct envelope *e);

/* Add a recipient (string kept by the caller). Returns it, or 0, ENOMEM. */
struct envelope_rcpt *envelope_add(struct envelope *e, const char *addr);

/* Empty e, keeping its storage; free its storage. */
void envelope_clear(struct envelope *e);
void envelope_free(struct envelope *e);

#endif
