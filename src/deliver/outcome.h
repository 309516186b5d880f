#ifndef DELIVER_OUTCOME_H
#define DELIVER_OUTCOME_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "wire/verdict.h"

/* What the end of a user's command means. No I/O.
 *
 * By sysexits(3), as Postfix takes them: 0 is done; 71, 74, 75 are later,
 * the others from 64 to 78 never, and so are codes that are not in sysexits;
 * signals are later. (Of Postfix 74 is never, and so is a command that took
 * too long: Sendmail's later is kinder.)
 *
 * By qmail-command(8): 0 and 99 are done, 100, 64, 65, 70, 76, 77, 78 and 112
 * never, all others, and signals, later. After 99 the file's further lines count no more.
 *
 * If the output of a command that fails by sysexits begins with an enhanced
 * status code of class 4 or 5, that is the code and the kind. */

struct outcome {
	const char *command;
	int status;		/* of waitpid */
	int late;		/* it was killed, for it took too long */
	int qmail;		/* by qmail's table */
	const char *out;	/* what it has written */
	size_t n;
};

#define OUTCOME_STOP 99		/* of qmail-command(8) */

/* Fill v, its text in text. Returns 1, or 0 with ENOMEM. */
int outcome_verdict(const struct outcome *o, struct verdict *v,
    stralloc *text);

#endif
