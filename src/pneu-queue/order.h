#ifndef QUEUE_ORDER_H
#define QUEUE_ORDER_H

#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "spool/spare.h"
#include "wire/frame.h"
#include "wire/verdict.h"

/* Orders of pneu-send (doc/PROTOCOLS 2), carried out on the queue directory
 * queuefd. All storage is reused. */

struct qorder {
	const char *at;			/* points into the payload */
	uint64_t due;
	genalloc marks;			/* of struct step_mark */
	stralloc history;		/* lines */
	stralloc made;			/* ids, each with a NUL */
	stralloc text;			/* of the verdict */
	struct spare *spares;		/* of all workers; 0: none */
};
#define QORDER_ZERO { .marks = GENALLOC_ZERO, .history = STRALLOC_ZERO, \
    .made = STRALLOC_ZERO, .text = STRALLOC_ZERO, .spares = 0 }

/* Parse the payload s[0..n), which is changed. 1, or -1 with errno EINVAL
 * or ENOMEM. */
int qorder_scan(struct qorder *o, char *s, size_t n);

/* Carry out the order of this frame's type, now (Unix seconds). Fills in v,
 * whose text lasts as long as o and the payload. */
void qorder_do(struct qorder *o, char type, int queuefd, uint64_t now,
    struct verdict *v);

/* Both, and the answer appended to out. 1, or -1: the frame is malformed or
 * there is no memory; the connection is to be ended. */
int qorder_frame(struct qorder *o, const struct frame *f, int queuefd,
    uint64_t now, stralloc *out);

#endif
