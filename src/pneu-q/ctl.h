#ifndef PNEU_Q_CTL_H
#define PNEU_Q_CTL_H

#include "run/stream.h"
#include "wire/verdict.h"

/* Asking pneu-send at run/pub/ctl (doc/PROTOCOLS, 4). */

#define CTL_ANSWER_MS 60000	/* for the next octet of an answer */

struct ctl {
	struct stream s;
};
#define CTL_ZERO { STREAM_ZERO }

/* Connect. Returns 1, or -1 with errno (ENOENT, ECONNREFUSED: not running;
 * EAGAIN: its backlog is full). */
int ctl_open(struct ctl *c);
void ctl_close(struct ctl *c);

/* Ask: a frame of this type. Returns 1, or -1 with errno. */
int ctl_ask(struct ctl *c, char type, const char *s, size_t n);

/* The next frame of the answer. Returns 1, or -1 with errno (ETIMEDOUT,
 * EPIPE, EPROTO). The frame lasts until the next call. */
int ctl_next(struct ctl *c, struct frame *f);

#endif
