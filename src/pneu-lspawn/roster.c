#include "pneu-lspawn/roster.h"

#include <stdlib.h>
#include <string.h>

static struct worker **
bucket(const struct roster *r, const char *user)
{
	uint32_t h = 5381;

	for (; *user; user++)
		h = h * 33 ^ (unsigned char)*user;
	return (struct worker **)&r->bucket[h % ROSTER_BUCKETS];
}

struct worker *
roster_find(const struct roster *r, const char *user)
{
	struct worker *w = *bucket(r, user);

	while (w && strcmp(w->user.s, user))
		w = w->chain;
	return w;
}

void
roster_forget(struct roster *r, struct worker *w)
{
	struct worker **p = bucket(r, w->user.s);

	while (*p && *p != w)
		p = &(*p)->chain;
	if (*p)
		*p = w->chain;
}

struct worker *
roster_place(const struct roster *r, uint32_t id)
{
	if (id >= genalloc_len(struct worker *, &r->places))
		return 0;
	return genalloc_s(struct worker *, &r->places)[id];
}

static struct worker *
free_place(struct roster *r)
{
	struct stream zero = STREAM_ZERO;
	struct worker *w;
	uint32_t id;

	for (id = 0; (w = roster_place(r, id)); id++)
		if (w->state == WORKER_FREE)
			return w;
	w = calloc(1, sizeof *w);
	if (!w || !genalloc_append(struct worker *, &r->places, &w)) {
		free(w);
		return 0;
	}
	w->id = id;
	w->s = zero;
	return w;
}

struct worker *
roster_new(struct roster *r, const char *user)
{
	struct worker *w = free_place(r);

	if (!w || !stralloc_copys(&w->user, user) || !stralloc_0(&w->user))
		return 0;
	w->stale = 0;
	w->feeding = 0;
	return w;
}

static void
list(struct roster *r, struct worker ***first, struct worker ***last,
    char state)
{
	*first = state == WORKER_BUSY ? &r->busy : &r->idle;
	*last = state == WORKER_BUSY ? &r->busyend : &r->idleend;
}

void
roster_leave(struct roster *r, struct worker *w)
{
	struct worker **first, **last;

	list(r, &first, &last, w->state);
	*(w->prev ? &w->prev->next : first) = w->next;
	*(w->next ? &w->next->prev : last) = w->prev;
	r->nbusy -= w->state == WORKER_BUSY;
	r->n--;
}

void
roster_join(struct roster *r, struct worker *w, char state)
{
	struct worker **first, **last, **b = bucket(r, w->user.s);

	if (w->state == WORKER_FREE) {
		w->chain = *b;
		*b = w;
	}
	list(r, &first, &last, state);
	w->state = state;
	tain_copynow(&w->since);
	w->next = 0;
	w->prev = *last;
	*(w->prev ? &w->prev->next : first) = w;
	*last = w;
	r->nbusy += state == WORKER_BUSY;
	r->n++;
}
