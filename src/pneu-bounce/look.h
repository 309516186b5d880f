#ifndef PNEU_BOUNCE_LOOK_H
#define PNEU_BOUNCE_LOOK_H

#include <stddef.h>
#include <stdint.h>

/* A first look at the original message, before it is decided how it is sent
 * back. Fed with its octets in parts of any size. Pure: no I/O. */

#define LOOK_NEEDLE_OCTETS 80
#define LOOK_LINE_OCTETS 998		/* RFC 5322 2.1.1 */

struct look {
	int eightbit;		/* an octet over 127 or 0 */
	int header8bit;		/* and that in the header */
	int longline;		/* a line over LOOK_LINE_OCTETS */
	int found;		/* the boundary is in it */
	int headerdone;		/* the header has ended, ... */
	uint64_t headerlen;	/* ... after so many octets, the empty line
				 * not counted; so far, if it has not */
	int isdouble;		/* the header has a field DSN_DOUBLE */
	int last;		/* last octet, -1 if there was none */

	/* look.c's own */
	uint64_t at;
	size_t line;		/* length of the line so far */
	char start[LOOK_NEEDLE_OCTETS];	/* of the line */
	const char *needle;
	size_t needlelen;
};

/* needle: the boundary, at most LOOK_NEEDLE_OCTETS - 2; looked for at the
 * start of lines, behind "--". It is kept by the caller. */
void look_init(struct look *l, const char *needle);
void look_take(struct look *l, const char *s, size_t n);

/* What was fed is all. */
void look_end(struct look *l);

#endif
