#ifndef QUEUE_BELL_H
#define QUEUE_BELL_H

/* The bell (doc/PROTOCOLS 3): tells pneu-send of a letter just committed.
 * Never waits. A ring that is lost costs nothing: pneu-send sees the
 * connection close, or was not there, and looks through new/. */

struct bell {
	int fd;			/* -1: not connected */
};

/* Connect, if pneu-send listens. */
void bell_open(struct bell *b);

void bell_ring(struct bell *b, const char *path);

#endif
