#ifndef RUN_RUN_INTERNAL_H
#define RUN_RUN_INTERNAL_H

#include <sys/types.h>

#include "conf/conf.h"

/* 1 if run_init was called by root: then each service has its own uid.
 * Else all of them have the caller's. */
int run_isroot(void);

/* gid of one of our groups; as run_user. */
gid_t run_group(const struct conf *c, const char *name);

/* Look our users up now, for run_isuser within the jail. */
void run_know(const struct conf *c);

/* The address of HOME/run/DIR/NAME as seen from the home. Returns 1, or -1
 * with errno ENAMETOOLONG. */
struct sockaddr_un;
int run_address(struct sockaddr_un *un, const char *dir, const char *name);

#endif
