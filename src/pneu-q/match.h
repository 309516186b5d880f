#ifndef PNEU_Q_MATCH_H
#define PNEU_Q_MATCH_H

#include "pneu-q/item.h"

/* Letters chosen by a part of their id, sender or a recipient, as Sendmail's
 * -qI, -qS and -qR have it. */
struct match {
	char what;		/* 'i', 's', 'r' */
	int no;			/* those that do not have it */
	const char *text;
};

/* Parse "[!]id=TEXT", "[!]sender=TEXT" or "[!]rcpt=TEXT"; m->text points
 * into s. Returns 1, or 0 if it is none. */
int match_scan(struct match *m, const char *s);

/* Does i fulfil all n of m? Without regard to case. */
int match_item(const struct match *m, size_t n, const struct item *i);

#endif
