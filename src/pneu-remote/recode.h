#ifndef PNEU_REMOTE_RECODE_H
#define PNEU_REMOTE_RECODE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* A message with octets over 127 for a host without 8BITMIME (RFC 6152
 * section 3): each MIME part that is labelled 8bit or binary becomes
 * quoted-printable (RFC 2045 6.7), in parts of any size in and out, LF for
 * CRLF. A message without MIME header is given one (charset unknown-8bit,
 * RFC 1428). What cannot be recoded is told: octets over 127 in a header or
 * in a part with an encoding of its own, multiparts without boundary or too
 * deep. */

#define RECODE_DEPTH 20			/* of multiparts in one another */
#define RECODE_BOUNDARY_OCTETS 200	/* RFC 2046 5.1.1: 70 */
#define RECODE_HEADER_OCTETS 4096	/* of one header field that we read */
#define RECODE_LINE_OCTETS 1024		/* of a line looked at at a time */

enum recode_how {
	RECODE_PASS,		/* as it is: there must be nothing over 127 */
	RECODE_PREAMBLE,	/* shown to nobody: over 127 becomes '?' */
	RECODE_QP		/* to quoted-printable */
};

struct recode {
	int all;		/* recode what is labelled 7bit, too */
	int header;		/* in a header; top: of the message itself */
	int top;
	enum recode_how how;
	/* the header so far */
	char field[RECODE_HEADER_OCTETS + 1];
	size_t fieldlen;
	int toolong;		/* the field does not fit into it */
	int mime, hastype;	/* fields that have been seen */
	enum { RECODE_7BIT, RECODE_8BIT, RECODE_OTHER } cte;
	char ctetext[64];
	enum { RECODE_LEAF, RECODE_MULTI, RECODE_MESSAGE } type;
	char boundary[RECODE_DEPTH][RECODE_BOUNDARY_OCTETS + 1];
	char newboundary[RECODE_BOUNDARY_OCTETS + 1];
	size_t depth;
	/* the line so far */
	char line[RECODE_LINE_OCTETS];
	size_t n;
	int begun;		/* part of the line has been dealt with */
	/* quoted-printable */
	size_t col;
	int space;		/* white space that is held: may be the last */
};

void recode_init(struct recode *r, int all);

/* Append what comes of s[0..n) to out. Returns 1, or -1 with errno: ENOMEM,
 * or EILSEQ: it cannot be recoded (with all, more can). */
int recode_feed(struct recode *r, stralloc *out, const char *s, size_t n);
int recode_end(struct recode *r, stralloc *out);

#endif
