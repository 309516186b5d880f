#ifndef PNEU_Q_PRINT_H
#define PNEU_Q_PRINT_H

#include <stdint.h>
#include <skalibs/stralloc.h>

#include "pneu-q/item.h"

/* A list of letters as text. Bytes to bytes; local time is localtime(3)'s. */

/* Counted while printing. */
struct print {
	uint64_t letters, octets;
};

/* Append a letter as Postfix's mailq prints it (with the headings in front of
 * the first one), and what comes behind the last. Return 1, or 0 with
 * ENOMEM. */
int print_mailq(stralloc *sa, struct print *p, const struct item *i);
int print_mailq_end(stralloc *sa, const struct print *p);

/* Append a letter as a line of JSON, as "postqueue -j" prints it. Returns 1,
 * or 0 with ENOMEM. */
int print_json(stralloc *sa, const struct item *i);

#endif
