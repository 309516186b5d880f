#ifndef RUN_RUN_INTERNAL_H
#define RUN_RUN_INTERNAL_H

#include <sys/types.h>

#include "conf/conf.h"

/* 1 if run_init was called by root: then each service has its own uid.
 * Else all of them have the caller's. */
int run_isroot(void);

/* gid of one of our groups; as run_user. */
gid_t run_group(const struct conf *c, const char *name);

#endif
