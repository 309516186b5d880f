#ifndef MAIL_HEADMAP_H
#define MAIL_HEADMAP_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "mail/header.h"

/* Other addresses into the header of a message. Only an address that
 * becomes another is written anew; names, groups, encoded words, folding, and
 * comments, also those within it (which come behind it), stay octet for
 * octet, as does all that is damaged. Bytes to bytes; line ends are LF. */

#define HEADMAP_FIELD_OCTETS 102400	/* of a field that is looked into, as
					 * Postfix's header_size_limit; a
					 * longer one stays as it is */
#define HEADMAP_NAME_OCTETS 998		/* of a name: RFC 5322 2.1.1 */

/* Whose addresses a field has. */
enum headmap_kind { HEADMAP_NONE, HEADMAP_SENDER, HEADMAP_RECIPIENT };

/* What does the address a become (kind FULL, or LOCAL: no domain)? Puts it,
 * canonical, in *to. Returns 1, 0 if it stays, -1 with errno. */
typedef int headmap_fn(void *x, stralloc *to,
    const struct header_addr *a, enum headmap_kind k);

/* Of a field, by its name: From, Sender, Reply-To, Errors-To,
 * Return-Receipt-To, Disposition-Notification-To, Mail-Reply-To,
 * Mail-Followup-To are of senders; To, Cc, Bcc, Apparently-To of recipients;
 * each with "Resent-" before it or not. */
enum headmap_kind headmap_kind(const char *name, size_t n);

/* Append the address list s[0..n), addresses mapped, to out. Returns 1; -1
 * with errno, ENOMEM or the map's. */
int headmap_list(stralloc *out, const char *s, size_t n, enum headmap_kind k,
    headmap_fn *map, void *x);

enum headmap_at { HEADMAP_LINE, HEADMAP_NAME, HEADMAP_HOLD, HEADMAP_PASS,
	HEADMAP_BODY };

/* A message in pieces of any size:
 *
 *	state	 octet
 *	LINE	 space: the field goes on	else it ends; newline: -> BODY
 *	NAME	 ':' -> HOLD or PASS		nothing of a name: -> BODY
 *	HOLD	 kept; newline -> LINE		too much -> PASS
 *	PASS	 written; newline -> LINE
 *	BODY	 written */
struct headmap {
	enum headmap_at at;
	enum headmap_kind kind;	/* of the field kept */
	int any;		/* a field has begun: a space is no body */
	stralloc field;		/* what is kept: its beginning or all of it */
	headmap_fn *map;
	void *x;
};
#define HEADMAP_ZERO { HEADMAP_LINE, HEADMAP_NONE, 0, STRALLOC_ZERO, 0, 0 }

/* Begin a message, with the storage of the last one. */
void headmap_init(struct headmap *m, headmap_fn *map, void *x);

/* Append to out what s[0..n) becomes; a field is kept back until it is
 * whole. headmap_end: that was all. Return 1, or -1 with errno. */
int headmap_feed(struct headmap *m, stralloc *out, const char *s, size_t n);
int headmap_end(struct headmap *m, stralloc *out);

/* 1 if the header is over: what follows stays as it is. */
int headmap_isbody(const struct headmap *m);

void headmap_free(struct headmap *m);

#endif
