#ifndef PNEU_Q_SHOW_H
#define PNEU_Q_SHOW_H

#include <skalibs/stralloc.h>

#include "spool/letter.h"

/* One letter's file, as it comes in pieces, in words: envelope, message,
 * history. The message is passed on as it comes, so that its size costs no
 * memory. Bytes to bytes. */

enum show_part { SHOW_HEAD, SHOW_MSG, SHOW_HISTORY };

struct show {
	enum show_part part;
	char at[LETTER_PATH_OCTETS + 1];	/* for the headings */
	stralloc buf;		/* head, status, envelope; kept: env and status
				 * point into it */
	stralloc tail;		/* of the history: a line not whole yet */
	struct letter_head head;
	struct envelope env;
	const char *status;
	uint64_t left;		/* octets of the message to come */
	char last;		/* octet of the message */
};
#define SHOW_ZERO { .buf = STRALLOC_ZERO, .tail = STRALLOC_ZERO, \
    .env = ENVELOPE_ZERO }

/* Append to sa what the piece s[0..n) of the file tells. Returns 1, or -1
 * with errno: EBADMSG (damaged) or ENOMEM. */
int show_add(struct show *w, stralloc *sa, const char *s, size_t n);

/* The file is at its end. Returns as show_add. */
int show_end(struct show *w, stralloc *sa);

#endif
