#ifndef PNEU_REMOTE_SCAN_H
#define PNEU_REMOTE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define SCAN_LINE_OCTETS 998	/* longest line, RFC 5321 4.5.3.1.6 */

/* What there is to know of a message before it is sent. Start with
 * SCAN_ZERO, feed all of it in parts of any size. */
struct scan {
	uint64_t wire;		/* octets with CRLF for LF, without dots */
	uint64_t line;		/* of the line so far */
	int longline;		/* a line is longer than SCAN_LINE_OCTETS */
	int head8, body8;	/* octets over 127 in the header, behind it */
	int body;		/* the header is over */
};

#define SCAN_ZERO { .wire = 0 }

void scan_feed(struct scan *x, const char *s, size_t n);

/* The wire size of the whole, with the line end that the last line gets. */
uint64_t scan_wire(const struct scan *x);

#endif
