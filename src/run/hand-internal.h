#ifndef RUN_HAND_INTERNAL_H
#define RUN_HAND_INTERNAL_H

#include "run/hand.h"

/* hand_order.c: the orders in hand. */

/* The order with this tag, or 0. */
struct hand_order *hand_find(struct hand *h, uint32_t tag);

/* Take the order in f, copied to storage of its own. 0 with errno; the
 * descriptor is then still the caller's. */
struct hand_order *hand_new(struct hand *h, const struct frame *f, int fd);

/* It is in hand no more; its storage is kept for another, or freed. */
void hand_forget(struct hand *h, struct hand_order *o);
void hand_destroy(struct hand_order *o);

#endif
