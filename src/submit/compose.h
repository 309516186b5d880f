#ifndef SUBMIT_COMPOSE_H
#define SUBMIT_COMPOSE_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "mail/headmap.h"
#include "submit/rcpts.h"

/* A header completed, as Postfix does it for local mail: addresses without a
 * domain get one; Bcc, Resent-Bcc, Return-Path and Content-Length go; From,
 * Date and Message-ID are added if they are missing, or their Resent- forms
 * if there is any Resent- field (RFC 5322 section 3.6.6). All other octets
 * stay as they are. Bytes to bytes. */

enum compose_field {
	COMPOSE_FROM = 1, COMPOSE_DATE = 2, COMPOSE_MESSAGE_ID = 4
};

struct compose {
	/* set before compose_fields, and kept */
	const char *origin;	/* domain for addresses */
	int collect;		/* note the recipients */
	int keep;		/* complete nothing, add nothing */
	headmap_fn *map;	/* what addresses become; 0: nothing else */
	void *mapx;
	/* what it found */
	int resent;		/* there are Resent- fields */
	int utf8;		/* an address in it is beyond ASCII */
	unsigned int hops;	/* Received fields */
	int seen, seen_resent;	/* of enum compose_field */
	struct rcpts rcpts;	/* of To, Cc, Bcc, Apparently-To */
	struct rcpts resent_rcpts;	/* of Resent-To, -Cc, -Bcc */
	stralloc path;		/* address of the last Return-Path, with a NUL;
				 * len 0: there is none */
	stralloc bad;		/* what is no address, with a NUL, or len 0 */
	stralloc head;		/* the new header */
};
#define COMPOSE_ZERO { .rcpts = RCPTS_ZERO, .resent_rcpts = RCPTS_ZERO, \
    .path = STRALLOC_ZERO, .bad = STRALLOC_ZERO, .head = STRALLOC_ZERO }

/* Read the header s[0..n) (mail/header.h: header_end) and write it anew to
 * c->head. Returns 1, or 0 with errno ENOMEM, E2BIG (too many recipients)
 * or the map's.
 * Addresses in recipient fields that are none are noted in c->bad. */
int compose_fields(struct compose *c, const char *s, size_t n);

/* The recipients that count: the Resent- ones if it is resent. */
const struct rcpts *compose_rcpts(const struct compose *c);

/* Which fields compose_missing will add, of enum compose_field. */
int compose_lacks(const struct compose *c);

struct compose_who {
	const char *from;	/* address of From */
	const char *name;	/* full name, or 0 */
	const char *host;	/* right side of Message-ID */
	uint64_t us;		/* now: microseconds since 1970 */
	uint64_t pid;
	int zone;		/* minutes east of UTC, and */
	const char *zonename;	/* its name (mail/date.h) */
};

/* Add what is missing to c->head: at its end, the Resent- forms in front
 * (RFC 5322 section 3.6.6). Returns 1, or 0 with ENOMEM. */
int compose_missing(struct compose *c, const struct compose_who *w);

/* Parse an argument of a command as an address list, in which a space divides
 * as a comma does: the addresses go to r.
 * Control characters make it a bad one. Returns 1, 0 with errno as rcpts_add,
 * or -1 if there is none or one is bad (errno EINVAL). */
int compose_arg(struct rcpts *r, const char *arg, const char *origin);

/* Parse a sender: one address, or "" or "<>" for the null sender; a name or
 * a comment may stand beside it. It goes to sa with a NUL. Returns 1, 0 with
 * ENOMEM, or -1 if it is none. */
int compose_sender(stralloc *sa, const char *arg, const char *origin);

#endif
