#include "run/hand-internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The orders themselves: found by their tag, in a list as they came, and
 * their storage, which is used again. */

#define SPARE_ORDERS 64		/* kept for reuse */
#define SPARE_OCTETS 4096	/* of each string of one of them */

static struct hand_order **
bucket(struct hand *h, uint32_t tag)
{
	return &h->bucket[tag % HAND_BUCKETS];
}

struct hand_order *
hand_find(struct hand *h, uint32_t tag)
{
	struct hand_order *o = *bucket(h, tag);

	while (o && o->tag != tag)
		o = o->chain;
	return o;
}

static void
insert(struct hand *h, struct hand_order *o)
{
	struct hand_order **b = bucket(h, o->tag);

	o->chain = *b;
	*b = o;
	o->next = 0;
	o->prev = h->last;
	*(h->last ? &h->last->next : &h->first) = o;
	h->last = o;
	h->n++;
	h->open++;
}

void
hand_destroy(struct hand_order *o)
{
	if (o->fd >= 0)
		close(o->fd);
	order_free(&o->o);
	stralloc_free(&o->text);
	stralloc_free(&o->done);
	stralloc_free(&o->said);
	free(o);
}

/* Keep o for the next order, unless there are enough or it has grown. */
static void
put_spare(struct hand *h, struct hand_order *o)
{
	if (h->nspare >= SPARE_ORDERS || o->text.a > SPARE_OCTETS ||
	    o->said.a > SPARE_OCTETS) {
		hand_destroy(o);
		return;
	}
	o->next = h->spare;
	h->spare = o;
	h->nspare++;
}

static struct hand_order *
get_spare(struct hand *h)
{
	struct hand_order *o = h->spare;

	if (!o)
		return calloc(1, sizeof *o);
	h->spare = o->next;
	h->nspare--;
	return o;
}

void
hand_forget(struct hand *h, struct hand_order *o)
{
	struct hand_order **p = bucket(h, o->tag);

	while (*p != o)
		p = &(*p)->chain;
	*p = o->chain;
	*(o->prev ? &o->prev->next : &h->first) = o->next;
	*(o->next ? &o->next->prev : &h->last) = o->prev;
	h->n--;
	put_spare(h, o);
}

struct hand_order *
hand_new(struct hand *h, const struct frame *f, int fd)
{
	struct hand_order *o = get_spare(h);
	size_t n;

	if (!o)
		return 0;
	o->fd = -1;
	o->tag = f->tag;
	o->x = 0;
	o->acked = 0;
	o->said.len = 0;
	if (!stralloc_copyb(&o->text, f->s, f->n) ||
	    order_scan(&o->o, o->text.s, o->text.len) < 0)
		goto fail;
	n = order_nrcpts(&o->o);
	if (!stralloc_ready(&o->done, n))
		goto fail;
	memset(o->done.s, 0, n);
	o->done.len = n;
	o->left = n;
	o->fd = fd;
	insert(h, o);
	return o;
fail:
	put_spare(h, o);
	return 0;
}
