#ifndef PNEU_SENDMAIL_WATCH_H
#define PNEU_SENDMAIL_WATCH_H

#include "run/stream.h"
#include "submit/rcpts.h"

/* sendmail -v: how a letter fares, told on descriptor 1. pneu-send is asked
 * before the letter is handed in (doc/PROTOCOLS 4, W), so that nothing is
 * missed; who cannot be asked is waited for no more. */

#define WATCH_BEGIN_MS 5000	/* for pneu-send to begin */
#define WATCH_END_MS 60000	/* for the letter's first verdicts */

struct watch {
	struct stream s;	/* fd -1: nobody tells us */
	struct rcpts told;
};
#define WATCH_ZERO { STREAM_ZERO, RCPTS_ZERO }

/* The letters of sender from here on. */
void watch_begin_of(struct watch *w, const char *sender);

/* Tell of the letter id until each of its n recipients has a verdict. */
void watch_end(struct watch *w, const char *id, size_t n);

#endif
