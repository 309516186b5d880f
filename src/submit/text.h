#ifndef SUBMIT_TEXT_H
#define SUBMIT_TEXT_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* What comes on standard input made the text of a message: CRLF becomes LF
 * (any number of CR before an LF goes), first lines "From " (mbox; also quoted,
 * ">From ") are dropped, and, if dot is set, a line with nothing but a dot ends it. Bytes
 * to bytes; it does not matter how the input is cut into pieces. */

#define TEXT_CR_OCTETS 1000	/* of CR that are held back for an LF */

struct text {
	int dot;
	int begun;		/* past the place for "From " lines */
	int inline_;		/* within a line */
	int skip;		/* within the "From " line */
	int ended;		/* the dot was there */
};
#define TEXT_ZERO { 0, 0, 0, 0, 0 }

/* Append to sa what s[0..n) means. eof: nothing follows. Returns 1 with
 * *used; what is not used must come again, in front of what follows it.
 * Returns 0 with ENOMEM. */
int text_take(struct text *t, stralloc *sa, const char *s, size_t n, int eof,
    size_t *used);

#endif
