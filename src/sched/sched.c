#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>

#include "sched/sched-internal.h"

void
sched_init(struct sched *s, const struct sched_conf *c, uint64_t seed)
{
	memset(s, 0, sizeof *s);
	memset(s->bucket, 0xff, sizeof s->bucket);
	memset(s->sbucket, 0xff, sizeof s->sbucket);
	memset(s->head, 0xff, sizeof s->head);
	s->freesite = s->freejob = s->freesender = SCHED_NONE;
	s->young = s->younglast = SCHED_NONE;
	s->c = *c;
	s->rng = seed;
}

void
sched_free(struct sched *s)
{
	uint32_t i;

	for (i = 0; i < s->nsites; i++) {
		free(s->sites[i].key);
		free(s->sites[i].why);
	}
	free(s->sites);
	free(s->jobs);
	free(s->senders);
	free(s->heap);
}

static uint32_t
free_core(const struct sched *s)
{
	return s->letters < s->c.core ? s->c.core - s->letters : 0;
}

int
sched_room(const struct sched *s, uint32_t site)
{
	const struct site *x = s->sites + site;
	uint32_t room = free_core(s);

	if (site == SCHED_NONE)
		return room ? SCHED_ROOM : SCHED_FULL;
	if (x->state == SITE_SUSPENDED || s->gate[x->gate] == GATE_AWAY)
		return SCHED_CLOSED;
	if (x->state == SITE_PROBE && (x->queued || x->busy))
		return SCHED_CLOSED;
	return room && (uint64_t)x->core * 7 < room ? SCHED_ROOM : SCHED_FULL;
}

/* Who has letters in the queue is fetched for when half of what it may have
 * in core is free; while it is suspended or away it is not. */
static int
wants_fetch(const struct sched *s, const struct site *x)
{
	if (!x->left || x->fetching || x->state == SITE_SUSPENDED ||
	    s->gate[x->gate] != GATE_UP)
		return 0;
	if (x->state == SITE_PROBE)
		return !x->queued && !x->busy;
	return !x->core || (uint64_t)x->core * 14 < free_core(s);
}

static int
list_of(const struct sched *s, const struct site *x)
{
	if (!x->queued)
		return LIST_NONE;
	if (x->state == SITE_SUSPENDED || s->gate[x->gate] == GATE_AWAY)
		return LIST_PARK;
	if (s->gate[x->gate] != GATE_UP ||
	    x->busy >= site_window(x, s->c.window))
		return LIST_NONE;
	return LIST_READY(x->channel, x->tier);
}

void
sched_update(struct sched *s, uint32_t site)
{
	struct site *x = s->sites + site;
	int tier = site_tier(x), list;

	if (tier != x->tier) {
		s->busy[x->channel][x->tier] -= x->busy;
		s->busy[x->channel][tier] += x->busy;
		x->tier = (uint8_t)tier;
	}
	if ((list = list_of(s, x)) == LIST_NONE)
		list_del(s, 0, site);
	else
		list_move(s, 0, list, site);
	if (wants_fetch(s, x))
		list_move(s, 1, LIST_FETCH, site);
	else
		list_del(s, 1, site);
}

void
sched_left(struct sched *s, uint32_t site)
{
	s->sites[site].left++;
	if (s->sites[site].list[1] == LIST_NONE)
		sched_update(s, site);
}

void
sched_fetched(struct sched *s, uint32_t site)
{
	s->sites[site].fetching = 0;
	sched_update(s, site);
}


void
sched_gate(struct sched *s, int gate, int state)
{
	uint32_t i;

	if (s->gate[gate] == state)
		return;
	s->gate[gate] = (uint8_t)state;
	for (i = 0; i < s->nsites; i++)
		if (s->sites[i].key && s->sites[i].gate == gate)
			sched_update(s, i);
}

void
sched_flush(struct sched *s, uint32_t site)
{
	uint32_t i;

	for (i = s->nheap; i-- > 0;)
		if (site == SCHED_NONE || s->heap[i] == site)
			s->sites[s->heap[i]].until = 0;
	for (i = s->nheap / 2 + 1; i-- > 0;)
		heap_mend(s, i);
}

void
sched_configure(struct sched *s, const struct sched_conf *c, uint64_t now)
{
	uint64_t most = now + 1000 * (uint64_t)(c->retry.max > c->retry.min ?
	    c->retry.max : c->retry.min);
	uint32_t i;

	s->c = *c;
	for (i = 0; i < s->nsites; i++) {
		struct site *x = s->sites + i;

		if (!x->key)
			continue;
		if (x->threshold > c->window || x->threshold >= x->window)
			x->threshold = c->window;
		if (x->state == SITE_SUSPENDED && x->until > most)
			x->until = most;
		sched_update(s, i);
	}
	for (i = s->nheap / 2 + 1; i-- > 0;)
		heap_mend(s, i);
}
