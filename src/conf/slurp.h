#ifndef CONF_SLURP_H
#define CONF_SLURP_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Append the whole file to sa. Returns 1, or -1 with errno (EFBIG: more than
 * max octets; EISDIR, EINVAL: not a file). Never waits, of a FIFO neither. */
int conf_slurp(stralloc *sa, const char *path, size_t max);

#endif
