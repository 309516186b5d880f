#ifndef PNEU_SENDMAIL_TALK_H
#define PNEU_SENDMAIL_TALK_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "submit/rcpts.h"
#include "wire/verdict.h"

/* sendmail -bs: SMTP (RFC 5321) with a local caller, who may say whatever he
 * could with a command line. The machine: lines go in, replies come out in
 * t->out. Addresses without a domain get origin; HELO may be left out. */

#define TALK_LINE_OCTETS 4096	/* of a command; RFC 5321 4.5.3.1.4: 512, and
				 * what extensions add */

struct talk {
	/* set before talk_init */
	const char *name, *banner, *origin;
	uint64_t size;			/* message_size_limit, 0: none */
	unsigned int hard;		/* errors that end it */
	/* the letter */
	int inmail;
	stralloc sender;		/* with a NUL */
	struct rcpts rcpts;
	const char *body;		/* 7BIT, 8BITMIME or 0 */
	const char *ret;		/* FULL, HDRS or 0: RFC 3461 4.3 */
	stralloc envid;			/* with a NUL, or empty: 4.4 */
	/* private */
	unsigned int errors;
	int nomem;
	stralloc out;			/* replies */
};
#define TALK_ZERO { .sender = STRALLOC_ZERO, .rcpts = RCPTS_ZERO, \
    .envid = STRALLOC_ZERO, .out = STRALLOC_ZERO }

enum talk_next {
	TALK_MORE,			/* the next command */
	TALK_MESSAGE,			/* a message, then talk_verdict */
	TALK_END			/* nothing more */
};

/* Greet. */
void talk_init(struct talk *t);

/* A command line, without its line end; n over TALK_LINE_OCTETS: it was too
 * long, and s is not looked at. */
enum talk_next talk_line(struct talk *t, const char *s, size_t n);

/* What became of the message, whose text is an id if it is D. */
void talk_verdict(struct talk *t, const struct verdict *v);

/* Append a line of a message, without its line end, to sa; a dot in front
 * goes (RFC 5321 section 4.5.2). A dot alone is the end if mayend. Returns 1,
 * 2 if it is the end, 0 with ENOMEM. */
int talk_text(stralloc *sa, const char *s, size_t n, int mayend);

#endif
