#ifndef PNEU_LSPAWN_POOL_INTERNAL_H
#define PNEU_LSPAWN_POOL_INTERNAL_H

#include "pneu-lspawn/pool.h"

/* What pool.c, the care of the runners, and pool_take.c, who gets a letter,
 * have of each other. */

/* Tell the forker: type is one of forker.h. */
void pool_ask(struct pool *p, char type, const struct runner_seat *r);

/* Until when this user's letters are for no runner; in pool's storage, for
 * all users of the same hash. */
tain *pool_shy(const struct pool *p, const char *user);

#endif
