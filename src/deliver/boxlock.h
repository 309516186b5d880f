#ifndef DELIVER_BOXLOCK_H
#define DELIVER_BOXLOCK_H

#include <stdint.h>

/* Locks of an mbox, of the kinds that mail readers take. */

#define BOXLOCK_FCNTL 1u
#define BOXLOCK_FLOCK 2u
#define BOXLOCK_DOT 4u		/* the file PATH.lock */
#define BOXLOCK_DOT_MAYFAIL 8u	/* go on without it where no file can be made */

#define BOXLOCK_WAIT_MS 20000	/* as long as Postfix tries */
#define BOXLOCK_STALE_S 500	/* an older PATH.lock was left behind */

struct boxlock {
	unsigned int held;
	char name[4200];	/* of the dot lock */
};

/* Take all kinds on the open file fd, whose path is path; try again until
 * the monotonic time end, in ms. Returns 0, or -1 with errno: EAGAIN if
 * somebody else held one all the time. */
int boxlock_take(struct boxlock *b, int fd, const char *path,
    unsigned int kinds, uint64_t end);

/* Give up the dot lock; the others go when fd is closed. */
void boxlock_drop(struct boxlock *b);

#endif
