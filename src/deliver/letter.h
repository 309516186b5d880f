#ifndef DELIVER_LETTER_H
#define DELIVER_LETTER_H

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "deliver/delivered.h"
#include "deliver/maildir.h"
#include "deliver/place.h"
#include "deliver/plan.h"
#include "wire/frame.h"
#include "wire/order.h"

/* A letter that a worker delivers: the order and, for each recipient, a
 * copy that grows in his Maildir's tmp/ as the message comes, or, for an
 * mbox or a command, in a nameless file. What goes wrong with one copy does
 * not touch the others. */

enum copy_state {
	COPY_GROWS,		/* or is whole, in tmp/ or new/ */
	COPY_SPOOLS,		/* or is whole, in a nameless file */
	COPY_FORWARDS,		/* stands for the targets in what */
	COPY_DISCARDS,		/* what says so */
	COPY_SAYS,		/* own is its verdict */
	COPY_DELIVERED,
	COPY_FAILED,		/* file.failed, file.error */
	COPY_LOOPS,		/* his address is in a Delivered-To */
	COPY_BAD,		/* no such place is allowed */
	COPY_REFUSED,		/* the letter's refusal */
	COPY_REPORTED		/* nothing more to be said of it */
};

struct copy {
	uint32_t n;		/* index of the recipient */
	const char *addr;
	char *dir;		/* no slash at end */
	char state;
	char targeted;		/* has a target=: a list has put its address
				 * in a Delivered-To */
	struct plan plan;
	const char *what;	/* of the plan, as note and def (0: none) */
	const char *note, *def;
	struct verdict own;
	struct maildir_file file;
};

struct letter {
	uint32_t tag;
	stralloc text;		/* the order as it came; o points into it */
	struct order o;
	genalloc copies;	/* of struct copy; never moved once begun */
	stralloc plans;		/* what copies' plans say */
	struct delivered d;
	char header;		/* 1: the header is still being looked at */
	char created;		/* 1: the copies have been begun */
	struct verdict refusal;
	stralloc why;		/* its text */
	uint64_t begun;		/* milliseconds, monotonic */
	stralloc tmp;		/* for letter_report */
	genalloc ns;
};

#define LETTER_ZERO { .text = STRALLOC_ZERO, .o = ORDER_ZERO, \
    .copies = GENALLOC_ZERO, .plans = STRALLOC_ZERO, .why = STRALLOC_ZERO, .tmp = STRALLOC_ZERO, \
    .ns = GENALLOC_ZERO }

size_t letter_ncopies(const struct letter *l);
struct copy *letter_copy(const struct letter *l, size_t i);

/* Begin a letter from an O frame, storage reused. v, if not null, is why all
 * of it is refused. Returns 1, or -1 with EINVAL or ENOMEM. */
int letter_begin(struct letter *l, const struct frame *f,
    const struct place *p, const struct verdict *v, uint64_t now);

/* The next part of the message; and its end. Never fail: what fails is the
 * copies. */
void letter_part(struct letter *l, struct maildir_namer *m, const char *s,
    size_t n);
void letter_end(struct letter *l, struct maildir_namer *m);

/* Remove the copies: the letter will not be whole. */
void letter_drop(struct letter *l);

/* Free l's storage. */
void letter_free(struct letter *l);

/* Append the lines that go before c's message in an mbox, or to a command:
 * From_, Return-Path, Delivered-To. Returns 1, or 0 with ENOMEM. */
int letter_head(const struct letter *l, const struct copy *c, time_t now,
    stralloc *sa);

/* Append V frames about all copies to out but those that still spool or have
 * been reported; they are COPY_REPORTED then. Returns 1, or 0 with ENOMEM. */
int letter_report(struct letter *l, const struct place *p,
    uint64_t now, stralloc *out);

#endif
