#ifndef PNEU_Q_LIST_H
#define PNEU_Q_LIST_H

#include "pneu-q/item.h"

/* What to do with each letter of a list. Returns 1 to go on, 0 to end it. */
typedef int list_fn(void *ctx, const struct item *i);

/* List the queue (id 0) or one letter: as pneu-send knows it. Returns 1, 0
 * with errno if pneu-send is not there (nothing was listed), -1 with errno,
 * -2 if it said why: the text of its verdict is in why, at most n octets
 * with a NUL. */
int list_ctl(const char *id, list_fn *fn, void *ctx, char *why, size_t n);

/* The same from the files of the queue, for those who may read them. A
 * letter that goes elsewhere meanwhile may be missed, or be seen twice.
 * Returns 1, 0 with errno if the queue may not be read, -1 with errno. */
int list_disk(const char *id, list_fn *fn, void *ctx);

/* Walk over the names alone: fn gets items with id, at, state and size. */
int list_names(list_fn *fn, void *ctx);

/* Open the letter id in the queue. Returns its descriptor with the path in
 * at, or -1 with errno (ENOENT: no such letter). */
int list_find(const char *id, char *at, size_t n);

#endif
