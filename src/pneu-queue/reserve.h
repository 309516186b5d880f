#ifndef QUEUE_RESERVE_H
#define QUEUE_RESERVE_H

#include <stdint.h>

/* Is there disk and are there inodes beyond what only bounces, history and
 * orders may use? Asked of the system at most once a second. */

struct reserve {
	uint64_t asked;		/* monotonic seconds + 1, 0 never */
	const char *lack;	/* "disk space", "inodes" or 0 */
};

/* What the file system of fd lacks, to words for the sender; 0: nothing. */
const char *reserve_lack(struct reserve *r, int fd, uint64_t minfree);

#endif
