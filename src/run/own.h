#ifndef RUN_OWN_H
#define RUN_OWN_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/ip46.h>

/* This host's own addresses. */

/* Append those of its interfaces to ips (genalloc of ip46). To be called
 * before the jail, which does not let one ask. 1, or -1 with errno. */
int own_read(genalloc *ips);

/* 1 if ip is among them; all of 127/8 is, and 0.0.0.0. */
int own_has(const genalloc *ips, const ip46 *ip);

#endif
