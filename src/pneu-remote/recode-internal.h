#ifndef PNEU_REMOTE_RECODE_INTERNAL_H
#define PNEU_REMOTE_RECODE_INTERNAL_H

#include "pneu-remote/recode.h"

/* What recode.c and recode_header.c share. Returns are recode_feed's. */

/* A part's header begins. */
void recode_header(struct recode *r);

/* The piece of a line in r->line is the header's: first: it begins the
 * line; eol: it ends it. */
int recode_field(struct recode *r, stralloc *out, int first, int eol);

/* The fields are over: write what is ours to say, and know what follows. */
int recode_fields_end(struct recode *r, stralloc *out);

#endif
