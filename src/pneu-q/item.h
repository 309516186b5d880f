#ifndef PNEU_Q_ITEM_H
#define PNEU_Q_ITEM_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "spool/letter.h"

/* A letter of the queue, as it is listed: what pneu-send says of it (an I
 * frame: doc/PROTOCOLS, 4), or what its file says. */

struct item_rcpt {
	size_t addr, why;	/* offsets in text; why 0: nothing yet */
};

struct item {
	char id[64];
	char at[LETTER_PATH_OCTETS + 1];	/* in the queue */
	char state[16];		/* active, deferred, hold, new */
	uint64_t size, time, due;
	size_t sender;		/* offset in text */
	stralloc text;		/* strings, each with a NUL; [0] is one */
	genalloc rcpts;		/* of struct item_rcpt: those who wait */
};
#define ITEM_ZERO { .text = STRALLOC_ZERO, .rcpts = GENALLOC_ZERO }

size_t item_nrcpts(const struct item *i);
const char *item_addr(const struct item *i, size_t n);
/* Why he waits: a verdict's text without kind and code, or "". */
const char *item_why(const struct item *i, size_t n);
const char *item_sender(const struct item *i);

/* Empty i, keeping its storage. Returns 1, or 0 with ENOMEM. */
int item_clear(struct item *i);

/* Add what the payload s[0..n) of an I frame says; it is changed. Returns 1,
 * or -1 with errno EPROTO or ENOMEM. */
int item_add(struct item *i, char *s, size_t n);

/* Does the payload s[0..n) go on with i? It has no at= and the same id=. */
int item_continues(const struct item *i, const char *s, size_t n);

/* Fill i from the open letter that lies at path, its history in h[0..n).
 * Returns 1, or 0 with ENOMEM. */
int item_letter(struct item *i, const struct letter *l, const char *path,
    const char *h, size_t n);

#endif
