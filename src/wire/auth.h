#ifndef WIRE_AUTH_H
#define WIRE_AUTH_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* What pneu-smtpd asks of pneu-auth (doc/PROTOCOLS 10): lines of
 * wire/field.h.
 *
 * An S frame begins an exchange:
 *
 *	mech=	the mechanism's name, as the client says it
 *	client=	the client's address
 *	tls=1	if what he says is encrypted
 *	local=1	the client is in mynetworks: his address is not slowed
 *	initial=	his initial response, decoded; absent: he sent none
 *
 * A Q frame asks whether a user may send one letter more, now:
 *
 *	user=	as pneu-auth said it
 *	rcpts=	the letter's recipients */

struct auth_start {
	const char *mech, *client;	/* 0 if absent */
	const char *initial;		/* 0 if absent */
	size_t initiallen;
	int tls, local;
};

struct auth_quota {
	const char *user;		/* 0 if absent */
	uint64_t rcpts;
};

/* Parse the whole of s[0..n), which is changed; strings point into it.
 * Returns 1, or -1 with EINVAL: malformed, or without what it needs. */
int auth_start_scan(struct auth_start *a, char *s, size_t n);
int auth_quota_scan(struct auth_quota *q, char *s, size_t n);

/* Append as text. Returns 1, or 0 with ENOMEM. */
int auth_start_put(stralloc *sa, const struct auth_start *a);
int auth_quota_put(stralloc *sa, const struct auth_quota *q);

#endif
