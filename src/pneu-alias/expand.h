#ifndef PNEU_ALIAS_EXPAND_H
#define PNEU_ALIAS_EXPAND_H

#include <stdint.h>

#include "decide.h"
#include "include.h"

/* Who is meant by a list: a walk through it, through the aliases without an
 * owner of their own and through the :include: files in it, one target at a
 * time. */

#define EXPAND_INCLUDES 8	/* files within files */
#define EXPAND_STEPS 1000000	/* rows and targets of one list */
#define EXPAND_SEEN 65536	/* rows that are remembered: each is gone
				 * through once */

struct expand_level {
	struct step_addr x;	/* whose row it is */
	struct step st;
	size_t pos;
	struct include *in;	/* a file named by the row above, or 0 */
};

struct expand {
	const struct setup *f;
	struct decision *d;
	size_t n, nfiles, steps, nseen;
	int nofiles;		/* pass over them */
	struct path path;
	struct target t;
	stralloc out;
	struct expand_level levels[PATH_DEPTH + EXPAND_INCLUDES];
	struct include files[EXPAND_INCLUDES];
	uint64_t seen[EXPAND_SEEN];
};

/* e is zero: most of it is never touched where there are no lists, and then
 * costs no memory. */
void expand_init(struct expand *e);

/* Begin with the list addr[0..n). Returns 1, or 0 and d says what it is
 * instead: later, or nowhere. d is used until the end. */
int expand_begin(struct expand *e, struct decision *d, const char *addr,
    size_t n, const struct setup *f);

/* The next target, in the form that T frames have. Returns 1 with *s and *n
 * that last until the next call, 0 at the end, -1: d says why (later). */
int expand_next(struct expand *e, const char **s, size_t *n);

/* Give up, or be done. */
void expand_end(struct expand *e);

/* 1 if the list addr[0..n) has target[0..m), as its rows say; 0 if not. */
int expand_has(struct expand *e, struct decision *d, const char *addr,
    size_t n, const char *target, size_t m, const struct setup *f);

#endif
