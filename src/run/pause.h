#ifndef RUN_PAUSE_H
#define RUN_PAUSE_H

#include <skalibs/iopause.h>

/* iopause_g for tables of descriptors in which many places may be empty (-1):
 * poll(2) refuses one that is longer than RLIMIT_NOFILE, however few are in
 * it. Returns and errno as iopause's, and ENOMEM. */
int run_pause(iopause_fd *x, unsigned int n, const tain *until);

#endif
