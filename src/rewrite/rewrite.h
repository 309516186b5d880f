#ifndef REWRITE_REWRITE_H
#define REWRITE_REWRITE_H

#include <stddef.h>

#include "alias/step.h"
#include "conf/conf.h"
#include "mail/headmap.h"

/* Address maps as the settings in force have them: the tables canonical,
 * sender_canonical, recipient_canonical and generic, and masquerade_domains.
 * No I/O but the compiled settings. */

/* Facts from c, which is kept: domains are ROUTE_LOCAL (mydestination and
 * .parent there, [address]) or ROUTE_OTHER; nobody is a user; tables are
 * looked up in the cdb. */
void rewrite_facts(struct facts *f, const struct conf *c);

/* 1 if the compiled table of that name has any row. */
int rewrite_has(const struct conf *c, const char *table);

struct rewrite {
	const struct conf *c;
	struct facts facts;
	/* of each: is there anything? */
	int canonical, sender, recipient, generic, masquerade;
};

/* Make ready; c is kept. Call it again when c has changed. */
void rewrite_init(struct rewrite *r, const struct conf *c);

/* Is there anything for mail that comes in; for senders; that leaves? */
int rewrite_incoming(const struct rewrite *r);
int rewrite_senders(const struct rewrite *r);
int rewrite_outgoing(const struct rewrite *r);

/* What the address s[0..n) becomes in mail that comes in: by
 * sender_canonical or recipient_canonical, canonical, masquerade_domains. In
 * mail that leaves: by generic. Puts it, canonical, with a NUL, in *to.
 * Returns 1; 0 if it stays; -1 with errno if a table cannot be read. */
int rewrite_in(struct address *to, const struct rewrite *r, const char *s,
    size_t n, enum headmap_kind k);
int rewrite_out(struct address *to, const struct rewrite *r, const char *s,
    size_t n);

/* The same of an address of a header; x is a struct rewrite. */
headmap_fn rewrite_header_in, rewrite_header_out;

/* masquerade_domains (l, its items NUL-ended one after another, len in all):
 * the domain that a host at domain shows, which is in l; 0 if it stays. The
 * first item that is the domain or above it counts; !item: none. */
const char *rewrite_masquerade(const char *l, size_t len, const char *domain);

#endif
