#ifndef TABLE_TABLE_H
#define TABLE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Constant tables: tinycdb, wrapped so that its symbols, which clash with
 * those of skalibs, stay in this room. */

struct table;

/* Map the cdb at path. Returns it, or 0 with errno. */
struct table *table_open(const char *path);
void table_close(struct table *t);

/* Find key. Returns 1 with *v pointing into the map (no NUL) and *n, 0 if
 * absent, -1 with errno if the file is damaged. */
int table_find(struct table *t, const char *key, size_t keylen,
    const char **v, size_t *n);

/* The entries one after another: *pos is 0 at first. Returns 1 with the key
 * and the value, both pointing into the map, 0 at the end, -1 with errno. */
int table_next(struct table *t, uint32_t *pos, const char **key,
    size_t *keylen, const char **v, size_t *n);

/* Make a new cdb beside path and put it in path's place: table_make opens
 * path.new, table_put adds (1; 0 the key was there and stays as it was; -1),
 * table_done writes, fsyncs, renames and fsyncs the directory (1 or -1),
 * table_drop gives up. Returns of table_make: 0 with errno. */
struct table_maker;
struct table_maker *table_make(const char *path, unsigned int mode);
int table_put(struct table_maker *m, const char *key, size_t keylen,
    const char *v, size_t n);
int table_done(struct table_maker *m);
void table_drop(struct table_maker *m);

#endif
