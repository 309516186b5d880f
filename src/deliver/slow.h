#ifndef DELIVER_SLOW_H
#define DELIVER_SLOW_H

#include "deliver/batch.h"

/* What is not for a Maildir, and cannot be done for many letters at once:
 * it waits for locks and for commands. */

#define SLOW_COMMANDS 4		/* of one user that run at a time */

struct slow {
	struct batch *b;
	const struct place *p;
	stralloc *out;			/* frames to be sent */
	int (*flush)(void *x);		/* send them; -1 with errno */
	void *x;
};

/* Serve the copies of b's whole letters that are COPY_SPOOLS, each reported
 * when it is done: append to mboxes, all letters for one of them together,
 * which is flushed once; run commands. Returns 0, or -1 with errno if memory
 * ran out or flush failed; then no command runs any more. */
int slow_serve(struct slow *s);

/* The commands of it: slow_commands.c. */
int slow_commands(struct slow *s);

/* Report what is ready of letter l, and send it. */
int slow_report(struct slow *s, struct letter *l);

#endif
