#include "sched/sched-internal.h"

static int
before(const struct sched *s, uint32_t a, uint32_t b)
{
	return s->sites[a].until < s->sites[b].until;
}

static void
place(struct sched *s, uint32_t at, uint32_t site)
{
	s->heap[at] = site;
	s->sites[site].heap = at + 1;	/* 0: not in the heap */
}

static void
up(struct sched *s, uint32_t at)
{
	uint32_t site = s->heap[at], parent;

	for (; at > 0; at = parent) {
		parent = (at - 1) / 2;
		if (!before(s, site, s->heap[parent]))
			break;
		place(s, at, s->heap[parent]);
	}
	place(s, at, site);
}

static void
down(struct sched *s, uint32_t at)
{
	uint32_t site = s->heap[at], child;

	for (; (child = 2 * at + 1) < s->nheap; at = child) {
		if (child + 1 < s->nheap &&
		    before(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!before(s, s->heap[child], site))
			break;
		place(s, at, s->heap[child]);
	}
	place(s, at, site);
}

int
heap_add(struct sched *s, uint32_t site)
{
	if (s->sites[site].heap)
		heap_del(s, site);
	if (!table_room((void **)&s->heap, &s->aheap, s->nheap + 1,
	    sizeof *s->heap))
		return 0;
	s->heap[s->nheap++] = site;
	up(s, s->nheap - 1);
	return 1;
}

void
heap_del(struct sched *s, uint32_t site)
{
	uint32_t at = s->sites[site].heap, moved;

	if (!at--)
		return;
	s->sites[site].heap = 0;
	moved = s->heap[--s->nheap];
	if (moved == site)
		return;
	place(s, at, moved);
	up(s, at);
	down(s, s->sites[moved].heap - 1);
}

void
heap_mend(struct sched *s, uint32_t at)
{
	if (at < s->nheap)
		down(s, at);
}
