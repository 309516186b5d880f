#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sched/sched-internal.h"

static uint32_t
new_job(struct sched *s, uint32_t site, uint32_t sender, uint32_t cookie)
{
	uint32_t i = s->freejob;
	struct sched_job *j;

	if (i != SCHED_NONE)
		s->freejob = s->jobs[i].next;
	else {
		if (!table_room((void **)&s->jobs, &s->ajobs, s->njobs + 1,
		    sizeof *s->jobs))
			return SCHED_NONE;
		i = s->njobs++;
	}
	j = s->jobs + i;
	memset(j, 0, sizeof *j);
	j->site = site;
	j->hash = sender;
	j->sender = j->prev = j->next = SCHED_NONE;
	j->cookie = cookie;
	s->sites[site].core++;
	s->usedjobs++;
	return i;
}

static void
free_job(struct sched *s, uint32_t job)
{
	struct sched_job *j = s->jobs + job;

	s->sites[j->site].core--;
	s->usedjobs--;
	j->state = JOB_FREE;
	j->next = s->freejob;
	s->freejob = job;
}

uint32_t
sched_add(struct sched *s, uint32_t site, uint32_t sender, uint32_t cookie)
{
	uint32_t job = new_job(s, site, sender, cookie);

	if (job == SCHED_NONE)
		return SCHED_NONE;
	if (!queue_put(s, job, 0)) {
		free_job(s, job);
		return (errno = ENOMEM, SCHED_NONE);
	}
	s->jobs[job].state = JOB_QUEUED;
	sched_update(s, site);
	return job;
}

/* The list of jobs that went out in the last SITE_SLOW_MS, oldest first. */
static void
young_del(struct sched *s, uint32_t job)
{
	struct sched_job *j = s->jobs + job;

	if (j->prev == SCHED_NONE)
		s->young = j->next;
	else
		s->jobs[j->prev].next = j->next;
	if (j->next == SCHED_NONE)
		s->younglast = j->prev;
	else
		s->jobs[j->next].prev = j->prev;
	j->prev = j->next = SCHED_NONE;
}

void
job_out(struct sched *s, uint32_t job, uint64_t now)
{
	struct sched_job *j = s->jobs + job;
	struct site *x = s->sites + j->site;

	j->state = JOB_OUT;
	j->hung = 0;
	j->start = now;
	j->seq = ++s->seq;
	j->next = SCHED_NONE;
	j->prev = s->younglast;
	if (s->younglast == SCHED_NONE)
		s->young = job;
	else
		s->jobs[s->younglast].next = job;
	s->younglast = job;
	x->busy++;
	s->busy[x->channel][x->tier]++;
	sched_update(s, j->site);
}

/* No longer out, for whatever reason. */
static void
come_in(struct sched *s, uint32_t job)
{
	struct sched_job *j = s->jobs + job;
	struct site *x = s->sites + j->site;

	if (j->hung)
		x->hung--;
	else
		young_del(s, job);
	x->busy--;
	s->busy[x->channel][x->tier]--;
	j->state = JOB_SETTLED;
}

uint32_t
sched_addout(struct sched *s, uint32_t site, uint32_t sender,
    uint32_t cookie, uint64_t now)
{
	uint32_t job = new_job(s, site, sender, cookie);

	if (job != SCHED_NONE)
		job_out(s, job, now);
	return job;
}

static void
note_why(struct site *x, const char *why)
{
	size_t n = why ? strlen(why) : 0;
	char *p;

	if (!n || (x->why && !strcmp(x->why, why)))
		return;
	if ((p = realloc(x->why, n + 1)))
		x->why = memcpy(p, why, n + 1);
}

void
sched_report(struct sched *s, uint32_t job, int outcome, uint32_t seconds,
    const char *why, uint64_t now)
{
	struct sched_job *j = s->jobs + job;
	struct site *x = s->sites + j->site;
	int state = x->state;

	if (j->state != JOB_OUT)
		return;
	come_in(s, job);
	if (outcome == SITE_LOST) {
		if (queue_put(s, job, 1))
			j->state = JOB_QUEUED;
	} else
		site_took(x, now - j->start);
	if (outcome == SITE_OK || outcome == SITE_DEFERRED)
		site_good(x, s->c.window, outcome == SITE_OK);
	else if (outcome == SITE_FAILED) {
		site_bad(x, &s->c.retry, j->seq, s->seq, seconds, now,
		    &s->rng);
		note_why(x, why);
	}
	if (x->state == SITE_SUSPENDED && state != SITE_SUSPENDED &&
	    !heap_add(s, j->site))
		site_reopen(x);		/* no memory: do without */
	sched_update(s, j->site);
}

void
sched_remove(struct sched *s, uint32_t job)
{
	uint32_t site = s->jobs[job].site;

	switch (s->jobs[job].state) {
	case JOB_QUEUED: queue_del(s, job); break;
	case JOB_OUT: come_in(s, job); break;
	}
	free_job(s, job);
	sched_update(s, site);
}

uint32_t
sched_job_site(const struct sched *s, uint32_t job)
{
	return s->jobs[job].site;
}

uint32_t
sched_job_cookie(const struct sched *s, uint32_t job)
{
	return s->jobs[job].cookie;
}

int
sched_job_isqueued(const struct sched *s, uint32_t job)
{
	return s->jobs[job].state == JOB_QUEUED;
}

int
sched_job_isout(const struct sched *s, uint32_t job)
{
	return s->jobs[job].state == JOB_OUT;
}
