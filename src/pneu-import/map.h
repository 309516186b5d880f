#ifndef PNEU_IMPORT_MAP_H
#define PNEU_IMPORT_MAP_H

#include <skalibs/genalloc.h>

#include "pneu-import/plan.h"
#include "pneu-import/source.h"

/* Postfix's lookup tables, read from their text. */

struct pair {
	const char *key, *value;
	struct origin at;
	int same;		/* the text says it in these words */
};

/* Append the pairs of the map ("hash:/etc/postfix/virtual") to v, in the
 * order in which they are found. Of a table of patterns those are taken that
 * stand for one address or one domain; of static: the key is "" (any). What
 * cannot be read is told as lost, at the place where the map is named.
 * Returns 1, or 0 if it is not a map whose text could be read. */
int map_read(genalloc *v, const char *map, const struct origin *at,
    const struct source *src, struct plan *p);

/* The same of a map whose text is in the form of aliases(5). */
int map_read_aliases(genalloc *v, const char *map, const struct origin *at,
    const struct source *src, struct plan *p);

/* A pattern of regexp_table(5) or pcre_table(5) and its result as a pair of
 * ours: 1; 0 if it is no such pattern. Pure, but for the storage. */
int map_pattern(const char *line, const char **key, const char **value);

/* 1 if s is the name of a map, type:name. */
int map_is(const char *s);

#endif
