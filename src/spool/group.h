#ifndef SPOOL_GROUP_H
#define SPOOL_GROUP_H

#include <pthread.h>
#include <stdint.h>

/* Group commit of directories: processes that share this memory and each
 * renamed a letter into new/G flush G once for all of them. Who comes while
 * another flushes waits for his turn, and mostly finds that the one before
 * him has flushed his letter, too: with ten workers some three letters a
 * flush, with fifty five. */

struct group {
	pthread_mutex_t count;	/* of asked; held for a moment */
	pthread_mutex_t turn;	/* of the rest; held during a flush */
	uint64_t asked;		/* tickets given out */
	uint64_t done, done_g;	/* the last flush: of G, up to this ticket */
	uint64_t failed, failed_g;	/* the last that failed */
};

/* Make ready g, all 0, in memory shared by processes. 1; -1 with errno: the
 * system cannot do it, then everybody flushes for himself. */
int group_init(struct group *g);

/* Flush the directory fd, which is new/G with G number gen, after what the
 * caller did to it; or see that somebody did. 1, or -1 with errno: also if
 * the flush that somebody did for the caller failed, for a second one would
 * lie. The caller that dies in it takes nobody along. */
int group_flush(struct group *g, int fd, uint64_t gen);

#endif
