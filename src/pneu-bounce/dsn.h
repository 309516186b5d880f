#ifndef PNEU_BOUNCE_DSN_H
#define PNEU_BOUNCE_DSN_H

#include <stdint.h>
#include <skalibs/stralloc.h>

#include "wire/order.h"

/* The text of a delivery status notification: multipart/report (RFC 6522)
 * of a part for people, one for programs (RFC 3464), and the message, or its
 * header, that was not delivered. Pure: no I/O. */

#define DSN_BOUNDARY_OCTETS 70		/* RFC 2046 5.1.1 */
#define DSN_FOLD_OCTETS 76		/* where long texts are folded */

enum dsn_kind {
	DSN_FAILURE, DSN_DELAY, DSN_SUCCESS	/* or relayed, or expanded */
};

/* What of a notification is the admin's to choose (bounce_template_file):
 * each "" if it is not given. In text stand variables (mail/template.h). */
struct dsn_template {
	const char *charset, *from, *subject, *double_subject, *text;
};

/* The built-in one of a kind. */
const struct dsn_template *dsn_default(enum dsn_kind kind);

struct dsn {
	enum dsn_kind kind;
	const struct dsn_template *template;	/* 0: built-in */
	const char *origin;		/* myorigin */
	const char *size_limit, *warning, *lifetime;	/* of mail/template.h:
					 * settings, in decimal */
	uint64_t until;			/* Unix seconds: it is tried so long */
	int text8bit;			/* template has octets over 127 */
	const char *host;		/* our name */
	const char *to;			/* who is told */
	const struct order *o;		/* what was not delivered, and why */
	const char *told;		/* an octet per recipient of o: whether
					 * the notification is about it */
	int isdouble;			/* about a notification or the like,
					 * to the postmaster */
	int eightbit;			/* the part of the original, or an
					 * address, has octets over 127 */
	int global;			/* RFC 6533: an address is beyond
					 * ASCII */
	int headers;			/* only the original's header follows */
	uint64_t now;			/* Unix seconds */
	char boundary[DSN_BOUNDARY_OCTETS + 1];
};

/* Set the boundary; try: 0, then 1, 2, ... while it is found in what is to
 * stand between boundaries. */
void dsn_boundary(struct dsn *d, unsigned int try);

/* Set global, by the addresses that are told of. */
void dsn_global(struct dsn *d);

/* Append what stands before the original, and what stands behind it. The
 * original ends with a newline, or is empty. Returns 1, or 0 with ENOMEM. */
int dsn_head(stralloc *sa, const struct dsn *d);
int dsn_tail(stralloc *sa, const struct dsn *d);

/* The header field by which a notification that is a double bounce is
 * known, wherever it was forwarded to: name and colon. */
#define DSN_DOUBLE "X-Pneu-Double-Bounce:"

/* What is said to people about a verdict, a sentence or two. */
const char *dsn_advice(const struct verdict *v);

#endif
