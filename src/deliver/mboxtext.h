#ifndef DELIVER_MBOXTEXT_H
#define DELIVER_MBOXTEXT_H

#include <stddef.h>
#include <time.h>
#include <skalibs/stralloc.h>

/* The text of an mbox, as qmail's mbox(5) has it: a message is a line
 * "From SENDER  DATE", the message with ">" before each line that is "From "
 * behind any number of ">" (so that it can be undone), and an empty line.
 * No I/O. */

/* Append the line "From SENDER  Thu Nov 22 14:00:00 2026", the time in UTC
 * as Postfix and qmail write it; white space in sender becomes "-", a null
 * one MAILER-DAEMON. Returns 1, or 0 with ENOMEM. */
int mboxtext_from(stralloc *sa, const char *sender, time_t now);

/* A message that comes in parts. begin with { 0 }.
 *
 *	state		octet			next
 *	0 line begins	>			0, kept
 *			F			1
 *	1..4		next of "From "		one more
 *	4		SP			a ">" goes before "From "; OTHER
 *	any		LF			0
 *			other			OTHER
 */
struct mboxtext {
	signed char state;	/* octets of "From " seen, -1: within a line */
	char some;		/* the line has octets, maybe ">"s only */
};

/* Append the next part, and the end of the message: a newline if its last
 * line has none, and an empty line. Return 1, or 0 with ENOMEM. */
int mboxtext_part(struct mboxtext *m, const char *s, size_t n, stralloc *out);
int mboxtext_end(struct mboxtext *m, stralloc *out);

#endif
