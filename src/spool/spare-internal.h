#ifndef SPOOL_SPARE_INTERNAL_H
#define SPOOL_SPARE_INTERNAL_H

#include "spool/commit.h"

/* commit.c and take.c: the worker's half. */

/* Flush fd, which is "file" or "dir" for spool_breaks. 1, or -1 with errno:
 * then s is broken. */
int spool_flush(struct spool *s, int fd, const char *what);

/* Have new/G of this number open, and durable in new/. 1, or -1 with
 * errno. */
int spool_gen(struct spool *s, uint64_t g);

/* The file s->spare is written, flushed and closed: make its own name
 * durable if it is new, and link it to name in new/G. 1, or -1 with errno. */
int spare_publish(struct spool *s, const char *id, const char *name,
    uint64_t g);

/* Remove the file s->spare. Keeps errno. */
void spare_drop(struct spool *s);

#endif
