#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Header fields and address lists (RFC 5322 with its obsolete syntax, and
 * what real mail makes of it). Bytes to bytes; line ends are LF. */

#define HEADER_OCTETS (4u << 20)	/* of a whole header; no RFC limit */
#define HEADER_FIELD_OCTETS (2u << 20)	/* of one field; RFC 5322 2.1.1 only
					 * limits its lines */
#define HEADER_ADDRESS_OCTETS 1000	/* RFC 5321 4.5.3.1.3: 256; more here */
#define HEADER_UNCLOSED 100		/* comments without an end, of a list */

/* Find where the header of the message s[0..n) ends. eof: nothing follows.
 * Returns 1 with *len, the octets of the header (whole fields), and *body,
 * the offset of the body; an empty line between the two belongs to neither,
 * and is not there if something that is no field ended the header. Returns 0
 * if more is needed, -1 with errno EMSGSIZE if a limit is passed. */
int header_end(const char *s, size_t n, int eof, size_t *len, size_t *body);

struct header_field {
	const char *s;		/* the field with its last newline */
	size_t n;
	size_t namelen;		/* its name is s[0..namelen) */
	size_t at;		/* its body is at s + at, behind the colon */
};

/* Parse the first field of a header that header_end has found. Returns
 * octets used, 0 if n is 0, -1 if it does not begin with a field. */
int header_scan(struct header_field *f, const char *s, size_t n);

/* 1 if the name of f is name, without regard to case. */
int header_is(const struct header_field *f, const char *name);

/* A walk over the addresses of an address list: the body of a To field, or
 * an argument of a command. Display names, comments, groups and routes are
 * passed over; encoded words and 8-bit octets are not looked into. What is
 * damaged is mended as far as one can guess: a missing '>' or comma, an
 * unclosed quote or comment, ';' for a comma. */
struct header_walk {
	const char *s;
	size_t n, pos;
	int group;		/* within one */
	int after;		/* behind a '>' that no comma followed yet */
	unsigned int unclosed;
	int noquote;		/* there is no closing quote any more */
	stralloc addr, out;	/* the last address: its text, its storage */
	int words;		/* set it: words with nothing but space between
				 * are addresses of their own, as if a comma
				 * were there; else they are one, spaced */
	size_t ahead;		/* how far has been looked for what follows, */
	int named;		/* and was it a name? */
};
#define HEADER_WALK(s, n) \
	{ s, n, 0, 0, 0, 0, 0, STRALLOC_ZERO, STRALLOC_ZERO, 0, 0, 0 }

enum header_kind {
	HEADER_FULL,		/* local part and domain */
	HEADER_LOCAL,		/* local part only */
	HEADER_NULL,		/* <> */
	HEADER_BAD		/* no address: no local part, an octet that must
				 * not be there, too long, space in the domain */
};

struct header_addr {
	enum header_kind kind;
	const char *s;		/* canonical (mail/address.h), NUL behind it;
				 * lasts until the next step. BAD: without
				 * comments and quotes, as it stands */
	size_t n;
	size_t begin, end;	/* where in the list it stands, from its first
				 * octet to behind its last; LOCAL: a domain
				 * belongs at the end */
	int hasat;		/* LOCAL: the '@' stands there already */
	int spaced;		/* two words that nothing joins are in it */
};

/* The next address. Returns 1, 0 at the end, -1 with ENOMEM. */
int header_next(struct header_walk *w, struct header_addr *a);
void header_walk_free(struct header_walk *w);

/* Append the address list s[0..n) to out, each address without a domain
 * completed with origin in its place, everything else octet for octet.
 * Returns 1, or 0 with ENOMEM. */
int header_complete(stralloc *out, const char *s, size_t n,
    const char *origin);

/* Append name as a phrase (RFC 5322 3.2.5): plain, quoted, or if it is
 * UTF-8 beyond ASCII as encoded words (RFC 2047). Control characters become
 * spaces. Returns 1, or 0 with ENOMEM. */
int header_phrase(stralloc *out, const char *name, size_t n);

#endif
