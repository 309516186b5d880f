#ifndef DELIVER_SCRATCH_H
#define DELIVER_SCRATCH_H

#include <stdint.h>

/* Where a message waits, whole, before it is appended to an mbox or is the
 * input of a command: what was cut short must reach neither. */

#define SCRATCH_MEMORY_OCTETS (256u << 10)	/* up to that in memory */

/* A file without a name, open for reading and writing, close-on-exec, for
 * some len octets: in memory if they are few and the system can, else in
 * /tmp. Returns it, or -1 with errno. */
int scratch_open(uint64_t len);

#endif
