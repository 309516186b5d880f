#ifndef PNEU_CONF_NEAR_H
#define PNEU_CONF_NEAR_H

#include <stddef.h>

/* The name of a setting that s[0..n) may be a slip of: at most a third of
 * its octets put in, left out, changed or swapped. 0 if there is none. */
const char *near_name(const char *s, size_t n);

#endif
