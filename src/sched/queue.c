#include "sched/sched-internal.h"

/* Who of the site's senders: his queue, made if there is none. */

static uint32_t
bucket_of(uint32_t site, uint32_t hash)
{
	return (site * 0x9e3779b1u ^ hash) % SCHED_BUCKETS;
}

static uint32_t
sender_make(struct sched *s, uint32_t site, uint32_t hash)
{
	uint32_t i, b = bucket_of(site, hash);
	struct site *x = s->sites + site;
	struct sched_sender *q;

	for (i = s->sbucket[b]; i != SCHED_NONE; i = s->senders[i].chain)
		if (s->senders[i].site == site && s->senders[i].hash == hash)
			return i;
	if ((i = s->freesender) != SCHED_NONE)
		s->freesender = s->senders[i].chain;
	else {
		if (!table_room((void **)&s->senders, &s->asenders,
		    s->nsenders + 1, sizeof *s->senders))
			return SCHED_NONE;
		i = s->nsenders++;
	}
	q = s->senders + i;
	q->site = site;
	q->hash = hash;
	q->first = q->last = SCHED_NONE;
	q->chain = s->sbucket[b];
	s->sbucket[b] = i;
	if (x->senders == SCHED_NONE)
		x->senders = q->prev = q->next = i;
	else {
		struct sched_sender *h = s->senders + x->senders;

		q->next = x->senders;
		q->prev = h->prev;
		s->senders[h->prev].next = i;
		h->prev = i;
	}
	return i;
}

static void
sender_drop(struct sched *s, uint32_t i)
{
	struct sched_sender *q = s->senders + i;
	struct site *x = s->sites + q->site;
	uint32_t *p = &s->sbucket[bucket_of(q->site, q->hash)];

	while (*p != i)
		p = &s->senders[*p].chain;
	*p = q->chain;
	s->senders[q->prev].next = q->next;
	s->senders[q->next].prev = q->prev;
	if (x->senders == i)
		x->senders = q->next == i ? SCHED_NONE : q->next;
	q->chain = s->freesender;
	s->freesender = i;
}

int
queue_put(struct sched *s, uint32_t job, int front)
{
	struct sched_job *j = s->jobs + job;
	uint32_t i = sender_make(s, j->site, j->hash);
	struct sched_sender *q = s->senders + i;

	if (i == SCHED_NONE)
		return 0;
	j->sender = i;
	j->prev = j->next = SCHED_NONE;
	if (q->first == SCHED_NONE)
		q->first = q->last = job;
	else if (front) {
		j->next = q->first;
		s->jobs[q->first].prev = job;
		q->first = job;
	} else {
		j->prev = q->last;
		s->jobs[q->last].next = job;
		q->last = job;
	}
	s->sites[j->site].queued++;
	return 1;
}

void
queue_del(struct sched *s, uint32_t job)
{
	struct sched_job *j = s->jobs + job;
	struct sched_sender *q = s->senders + j->sender;

	if (j->prev == SCHED_NONE)
		q->first = j->next;
	else
		s->jobs[j->prev].next = j->next;
	if (j->next == SCHED_NONE)
		q->last = j->prev;
	else
		s->jobs[j->next].prev = j->prev;
	s->sites[j->site].queued--;
	if (q->first == SCHED_NONE)
		sender_drop(s, j->sender);
	j->sender = SCHED_NONE;
}

uint32_t
queue_first(struct sched *s, uint32_t site)
{
	struct site *x = s->sites + site;
	uint32_t i = x->senders;

	x->senders = s->senders[i].next;
	return s->senders[i].first;
}
