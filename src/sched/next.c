#include "sched/sched-internal.h"

/* Time's part: suspensions that end, deliveries that turn out slow. */
static void
tick(struct sched *s, uint64_t now)
{
	while (s->nheap && s->sites[s->heap[0]].until <= now) {
		uint32_t i = s->heap[0];

		heap_del(s, i);
		site_reopen(s->sites + i);
		sched_update(s, i);
	}
	while (s->young != SCHED_NONE &&
	    s->jobs[s->young].start + SITE_SLOW_MS <= now) {
		struct sched_job *j = s->jobs + s->young;

		s->young = j->next;
		if (j->next == SCHED_NONE)
			s->younglast = SCHED_NONE;
		else
			s->jobs[j->next].prev = SCHED_NONE;
		j->prev = j->next = SCHED_NONE;
		j->hung = 1;
		s->sites[j->site].hung++;
		sched_update(s, j->site);
	}
}

/* May a site of this tier have one more delivery in the channel? The slow
 * have half of it, with the new seven eighths, at least one each. */
static int
isfree(const struct sched *s, int channel, int tier)
{
	const uint32_t *busy = s->busy[channel];
	uint32_t limit = s->c.limit[channel];
	uint32_t half = limit > 1 ? limit / 2 : 1;
	uint32_t most = limit - limit / 8;
	uint32_t notfast = busy[SITE_NEW] + busy[SITE_SLOW];

	if (busy[SITE_FAST] + notfast >= limit)
		return 0;
	if (tier != SITE_FAST && notfast >= most)
		return 0;
	return tier != SITE_SLOW || busy[SITE_SLOW] < half;
}

/* The next site of the channel in turn: tiers take turns, and sites within
 * a tier. SCHED_NONE if none is ready or none is free. */
static uint32_t
next_site(struct sched *s, int channel)
{
	int k;

	for (k = 0; k < SITE_TIERS; k++) {
		int tier = (int)(s->turn[channel] + (unsigned int)k) %
		    SITE_TIERS;
		int list = LIST_READY(channel, tier);
		uint32_t site = s->head[0][list];

		if (site == SCHED_NONE || !isfree(s, channel, tier))
			continue;
		s->turn[channel] = (unsigned int)tier + 1;
		list_turn(s, 0, list);
		return site;
	}
	return SCHED_NONE;
}

static int
give(struct sched *s, struct sched_order *o, int what, uint32_t site)
{
	uint32_t job = queue_first(s, site);

	queue_del(s, job);
	o->what = what;
	o->job = job;
	o->site = site;
	o->cookie = s->jobs[job].cookie;
	return 1;
}

int
sched_next(struct sched *s, struct sched_order *o, uint64_t now)
{
	uint32_t site;
	int channel;

	tick(s, now);
	if ((site = s->head[0][LIST_PARK]) != SCHED_NONE) {
		give(s, o, SCHED_PARK, site);
		s->jobs[o->job].state = JOB_SETTLED;
		sched_update(s, site);
		return 1;
	}
	for (channel = 0; channel < SCHED_CHANNELS; channel++)
		if ((site = next_site(s, channel)) != SCHED_NONE) {
			give(s, o, SCHED_RUN, site);
			job_out(s, o->job, now);
			return 1;
		}
	return 0;
}

uint32_t
sched_fetch(struct sched *s, uint64_t now)
{
	uint32_t i;

	tick(s, now);
	if ((i = s->head[1][LIST_FETCH]) == SCHED_NONE)
		return SCHED_NONE;
	s->sites[i].fetching = 1;
	s->sites[i].left = 0;
	list_del(s, 1, i);
	return i;
}

uint64_t
sched_deadline(const struct sched *s)
{
	return s->nheap ? s->sites[s->heap[0]].until : UINT64_MAX;
}
