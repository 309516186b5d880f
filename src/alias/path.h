#ifndef ALIAS_PATH_H
#define ALIAS_PATH_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "alias/step.h"

/* The addresses on the way from the first one to where its mail goes: to see
 * a loop, and to name it. */

#define PATH_DEPTH 100		/* steps; an alias nested deeper is a loop */

struct path {
	stralloc s;		/* local@domain of each, a NUL behind it */
	size_t at[PATH_DEPTH + 1];
	size_t n;
};

#define PATH_ZERO { .s = STRALLOC_ZERO }

/* Step on to x. Returns 1; 0 if x is on the path already, or the path is too
 * long (path_loop says it); -1 with ENOMEM. */
int path_push(struct path *p, const struct step_addr *x);

/* Keep the first n. */
void path_cut(struct path *p, size_t n);

/* Append "a@x -> b@x -> a@x", of the last path_push that returned 0, of which
 * long names and what is beyond max octets are cut. Returns 1, or 0. */
int path_loop(const struct path *p, const struct step_addr *x, size_t max,
    stralloc *sa);

#endif
