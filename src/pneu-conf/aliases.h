#ifndef PNEU_CONF_ALIASES_H
#define PNEU_CONF_ALIASES_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "pneu-conf/report.h"
#include "pneu-conf/rows.h"

/* The aliases: read from the files of alias_maps, checked, and compiled with
 * all the rest or (newaliases) alone. */
struct aliases {
	struct rows rows;
	stralloc sources;	/* the files as they were read, lines
				 * "SECONDS NANOSECONDS SIZE PATH" */
	stralloc dirs;		/* of list files that are named: lines */
};

#define ALIASES_ZERO { .rows = ROWS_ZERO("aliases"), \
    .sources = STRALLOC_ZERO, .dirs = STRALLOC_ZERO }

/* A list setting in its canonical form (conf/value.h). */
struct list {
	const char *s;
	size_t n;		/* a NUL behind each item, or but the last */
};

/* What the aliases are checked against. */
struct world {
	const char *origin, *delimiters;
	struct list dest, boxes, aliasdomains, relay;
	uint64_t min_uid;
	const struct rows *virtual;	/* 0: that of conf */
	const struct conf *conf;	/* tables in force, or 0 */
};

/* Read the files of maps. Names of files that places need are kept in files,
 * of char *. */
void aliases_load(struct aliases *x, struct report *r,
    const struct list *maps, genalloc *files);
void aliases_free(struct aliases *x);

/* Loops, and targets that are nobody, are warnings; list files are looked
 * into for both. Fills in x->dirs. */
void aliases_check(struct aliases *x, const struct world *w,
    struct report *r);

/* Note the directory of the list file that a target's text names, if it
 * names one. */
void aliases_note(struct aliases *x, const char *target, size_t n);

/* "aliases": compile them alone. "fresh": say which files have changed since.
 * Return the exit status. */
int aliases_compile(void);
int aliases_fresh(void);

#endif
