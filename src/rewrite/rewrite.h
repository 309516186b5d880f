#ifndef REWRITE_REWRITE_H
#define REWRITE_REWRITE_H

#include <stddef.h>

#include "alias/step.h"
#include "conf/conf.h"

/* Address maps as the settings in force have them: what alias/step.h asks
 * about addresses, answered from the compiled settings. */

/* Facts from c, which is kept: domains are ROUTE_LOCAL (mydestination and
 * .parent there, [address]) or ROUTE_OTHER; nobody is a user; tables are
 * looked up in the cdb. */
void rewrite_facts(struct facts *f, const struct conf *c);

/* 1 if the compiled table of that name has any row. */
int rewrite_has(const struct conf *c, const char *table);

#endif
