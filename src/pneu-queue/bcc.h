#ifndef QUEUE_BCC_H
#define QUEUE_BCC_H

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "alias/step.h"
#include "wire/envelope.h"

/* Who gets a copy of a letter by the table bcc. */

/* Compiled, it is three tables of targets (wire/route.h), addresses only. */
#define BCC_ALWAYS "always_bcc"		/* key "" */
#define BCC_SENDER "sender_bcc"		/* key: as in virtual(5) */
#define BCC_RECIPIENT "recipient_bcc"

struct bcc {
	struct facts facts;
	int has;		/* there is a row: else nothing is asked */
	stralloc text;		/* addresses */
	genalloc all;		/* storage */
};

/* Add to e those who get a copy, with NOTIFY=NEVER, each once, and nobody
 * who is a recipient. A letter with a parent gets none: that one's had them.
 * e's new strings are b's until the next call. Returns 1; -1 with errno:
 * ENOMEM, E2BIG (over ENVELOPE_RCPTS; e is as it was), or of a table that
 * cannot be read. */
int bcc_add(struct bcc *b, struct envelope *e);

#endif
