#ifndef PNEU_Q_Q_H
#define PNEU_Q_Q_H

#include "pneu-q/print.h"
#include "wire/frame.h"

/* The program's state, and how it ends when it cannot go on. */

enum trouble { WRONG, DOWN, LATER, REFUSED };

struct q {
	int sysexits;		/* -S: how sendmail's callers want it */
	int json;
	stralloc out;
	struct print print;
	uint64_t news, deferred, held;	/* letters, for count */
};

/* "pneu-q: fatal: abc", and exit as the caller wants it. */
void q_die(const struct q *q, enum trouble t, const char *a, const char *b,
    const char *c);
void q_die_sys(const struct q *q, const char *what);

/* The frame of a verdict: return if it is D, die if it is not. */
void q_die_verdict(const struct q *q, const struct frame *f);

/* id, or die: it is none. */
const char *q_id(const struct q *q, const char *id);

/* change.c: what changes the queue, by the arguments of the command. */
#define CHANGE_MATCHES 6	/* fields of "retry match" */
void change_retry(struct q *q, char const *const *args);
void change_hold(struct q *q, char const *const *args);
void change_release(struct q *q, char const *const *args);
void change_delete(struct q *q, char const *const *args);

/* Write what is in q->out. */
void q_flush(struct q *q);

#endif
