#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mail/verp.h"
#include "pneu-send/send.h"

/* What belongs to the scheduler's job number i. 0, ENOMEM. */
static struct job *
job_at(struct send *g, uint32_t i)
{
	static const struct job none;
	uint32_t n = g->ajobs ? g->ajobs : 64;
	struct job *p;

	if (i >= g->ajobs) {
		while (n <= i)
			n *= 2;
		if (!(p = realloc(g->jobs, n * sizeof *p)))
			return (errno = ENOMEM, (struct job *)0);
		g->jobs = p;
		while (g->ajobs < n)
			p[g->ajobs++] = none;
	}
	g->jobs[i] = none;
	return g->jobs + i;
}

/* The scheduler has made job: note whose it is. Its recipients are added by
 * job_give. */
static uint32_t
job_begin(struct send *g, uint32_t i, uint32_t job, int peer, int isbounce)
{
	struct job *j;

	if (job == NONE)
		return NONE;
	if (job > TAG_MASK || !(j = job_at(g, job))) {
		sched_remove(&g->s, job);
		return NONE;
	}
	j->used = 1;
	j->mail = i;
	j->first = NONE;
	j->peer = (uint8_t)peer;
	j->isbounce = (uint8_t)isbounce;
	j->outcome = SITE_LOST;
	return job;
}

/* Octets of a recipient in an order, at most. */
static size_t
cost_of(const struct mail *m, const struct rcpt *r)
{
	const uint32_t at[] = { r->addr, r->ext, r->mailbox, r->notify,
	    r->orcpt, r->why, r->orig, r->target, r->forward, r->owner };
	size_t i, n = 80;

	for (i = 0; i < sizeof at / sizeof at[0]; i++)
		if (at[i])
			n += 3 * strlen(mail_str(m, at[i]));
	return n;
}

static void
job_give(struct send *g, struct mail *m, uint32_t job, uint32_t *last,
    uint32_t k)
{
	struct job *j = g->jobs + job;
	struct rcpt *r = mail_rcpt(m, k);

	if (j->first == NONE)
		j->first = k;
	else if (j->isbounce)
		mail_rcpt(m, *last)->bnext = k;
	else
		mail_rcpt(m, *last)->next = k;
	*last = k;
	j->left++;
	if (j->isbounce) {
		r->bounce = job;
		r->bnext = NONE;
		r->state = RCPT_BOUNCING;
	} else {
		r->job = job;
		r->next = NONE;
		r->state = RCPT_OUT;
	}
}

uint32_t
job_add(struct send *g, uint32_t i, uint32_t first, uint32_t site)
{
	struct mail *m = g->mails + i;
	uint32_t k, n = 0, last = NONE, job;
	size_t cost = 0;
	uint32_t max = (uint32_t)conf_num(&g->conf,
	    default_destination_recipient_limit);

	if (g->s.sites[site].gate == GATE_OF(PEER_FORWARD))
		max = 1;	/* each becomes a letter */
	if (m->sender && verp_is(mail_str(m, m->sender)))
		max = 1;	/* each has a sender of his own */
	job = job_begin(g, i, sched_add(&g->s, site, m->sendhash, i),
	    PEER_OF(g->s.sites[site].gate), 0);
	if (job == NONE)
		return NONE;
	for (k = first; k < mail_nrcpts(m) && n < max; k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->state != RCPT_ROUTED || r->site != site)
			continue;
		if (n && (cost += cost_of(m, r)) > ORDER_OCTETS)
			break;
		sched_hold(&g->s, site, -1);
		job_give(g, m, job, &last, k);
		n++;
	}
	return job;
}

uint32_t
job_bounce(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	uint32_t k, last = NONE, job, site;
	size_t cost = 0;
	const char *to = 0;

	for (k = 0; !to && k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED)
			to = tell_to(mail_rcpt(m, k)->action);
	site = sched_site(&g->s, to ? to : tell_to(ACTION_FAILED),
	    SCHED_BOUNCE, GATE_OF(PEER_BOUNCE));
	if (site == NONE)
		return NONE;
	job = job_begin(g, i, sched_add(&g->s, site, m->sendhash, i),
	    PEER_BOUNCE, 1);
	if (job == NONE)
		return NONE;
	for (k = 0; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED &&
		    tell_to(mail_rcpt(m, k)->action) == to) {
			cost += cost_of(m, mail_rcpt(m, k));
			if (last != NONE && cost > ORDER_OCTETS)
				break;
			job_give(g, m, job, &last, k);
			m->open++;
		}
	return job;
}

/* Recipient k of the letter, who has his verdict from the job, leaves it: the
 * verdict is not the last word. Without others the job is over. */
void
job_leave(struct send *g, uint32_t job, uint32_t k)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	uint32_t *p = &j->first;

	while (*p != NONE && *p != k)
		p = &mail_rcpt(m, *p)->next;
	if (*p == k)
		*p = mail_rcpt(m, k)->next;
	mail_rcpt(m, k)->next = mail_rcpt(m, k)->job = NONE;
	if (j->first != NONE)
		return;
	if (!j->acked)
		job_ack(g, j->peer, j->tag);
	job_free(g, job);
}

/* A warning has its answer: it is no recipient's last word. Whether it was
 * made is pneu-queue's to remember (step=), so nobody need keep the order. */
void
job_over(struct send *g, uint32_t job)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	uint32_t k;

	if (j->left || strcmp(g->s.sites[sched_job_site(&g->s, job)].key,
	    tell_to(ACTION_DELAYED)))
		return;
	for (k = j->first; k != NONE; k = mail_rcpt(m, k)->bnext)
		mail_rcpt(m, k)->bounce = NONE;
	if (!j->acked)
		job_ack(g, j->peer, j->tag);
	job_free(g, job);
}

/* Recipient r is in the hands of pneu-bounce, as an order to this
 * destination says. */
static void
was_told(struct send *g, struct mail *m, struct rcpt *r, const char *to)
{
	static const char done[] = "D 2.0.0 0 delivered: delivered";

	r->action = (uint8_t)tell_action(to);
	r->was = RCPT_PARKED;
	if (r->action == ACTION_DELAYED)
		r->due = g->wall;
	else if (r->action && !r->why)
		r->why = mail_text(m, done, sizeof done - 1);
}

/* The job was not given, and will not be. */
static void
take_back(struct send *g, uint32_t job)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	uint32_t k, next, site = sched_job_site(&g->s, job);

	for (k = j->first; k != NONE; k = next) {
		struct rcpt *r = mail_rcpt(m, k);

		next = j->isbounce ? r->bnext : r->next;
		if (j->isbounce) {
			if (r->state == RCPT_BOUNCING) {
				tell_not(r);
				if (r->state == RCPT_UNTOLD)
					r->due = g->wall + 20 +
					    retry_random(&g->s.rng, 40);
				m->open--;
			}
			r->bounce = NONE;
		} else {
			if (r->state == RCPT_OUT)
				route_park(g, m, r, site);
			r->job = NONE;
		}
	}
	job_free(g, job);
}

void
job_withdraw(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k;

	for (k = 0; k < mail_nrcpts(m); k++) {
		const struct rcpt *r = mail_rcpt(m, k);

		if (r->state == RCPT_OUT &&
		    sched_job_isqueued(&g->s, r->job))
			take_back(g, r->job);
		else if (r->state == RCPT_BOUNCING &&
		    sched_job_isqueued(&g->s, r->bounce))
			take_back(g, r->bounce);
	}
}

/* May t be about r? Not if a job that was given has it. Of a job that waits
 * to be given it is taken back. */
static int
isfree(struct send *g, struct rcpt *r, int isbounce)
{
	if (r->state == RCPT_OUT && sched_job_isqueued(&g->s, r->job))
		take_back(g, r->job);
	else if (r->state == RCPT_BOUNCING &&
	    sched_job_isqueued(&g->s, r->bounce))
		take_back(g, r->bounce);
	return r->state == RCPT_ASK || r->state == RCPT_PARKED ||
	    r->state == RCPT_FAILED || (isbounce && r->state == RCPT_UNTOLD);
}

uint32_t
job_taken(struct send *g, uint32_t i, const struct taken *t)
{
	struct mail *m = g->mails + i;
	const uint32_t *ns = (const uint32_t *)(void *)t->ns.s;
	size_t k, a, n = t->ns.len / sizeof *ns;
	uint32_t last = NONE, job = NONE, site;
	int channel, isbounce = !strncmp(t->to, "bounce:", 7);

	route_peer(g, t->to, &channel);
	for (k = 0; k < mail_nrcpts(m); k++) {
		struct rcpt *r = mail_rcpt(m, k);

		for (a = 0; a < n && ns[a] != r->n; a++)
			;
		if (a == n || !isfree(g, r, isbounce))
			continue;
		if (job == NONE) {
			site = sched_site(&g->s, t->to, channel,
			    GATE_OF(t->peer));
			if (site != NONE)
				job = job_begin(g, i, sched_addout(&g->s,
				    site, m->sendhash, i, g->now), t->peer,
				    isbounce);
			if (job == NONE)
				return NONE;
			g->jobs[job].tag = t->tag;
			g->jobs[job].sent = g->now;
			g->jobs[job].seen = g->jobs[job].foreign = 1;
			g->foreign++;
		}
		m->open += r->state != RCPT_ASK;
		r->kept = KEPT_NOT;	/* of an order on its way */
		if (isbounce && !r->action)
			was_told(g, m, r, t->to);
		job_give(g, m, job, &last, (uint32_t)k);
	}
	return job;
}

uint32_t
job_find(const struct send *g, int peer, uint32_t tag)
{
	uint32_t i = tag & TAG_MASK;

	if (i < g->ajobs && g->jobs[i].used && g->jobs[i].tag == tag &&
	    g->jobs[i].peer == peer)
		return i;
	if (!g->foreign)
		return NONE;
	for (i = 0; i < g->ajobs; i++)	/* of another pneu-send before us */
		if (g->jobs[i].used && g->jobs[i].tag == tag &&
		    g->jobs[i].peer == peer)
			return i;
	return NONE;
}

void
job_park(struct send *g, uint32_t job)
{
	uint32_t i = g->jobs[job].mail;

	take_back(g, job);
	settle(g, i);
}

void
job_free(struct send *g, uint32_t job)
{
	if (g->jobs[job].foreign)
		g->foreign--;
	g->jobs[job].used = 0;
	sched_remove(&g->s, job);
}

void
job_ack(struct send *g, int peer, uint32_t tag)
{
	uint32_t at = g->nacked++ % ACKED;

	g->ackedtag[at] = tag;
	g->ackedpeer[at] = (uint8_t)peer;
	if (g->peers[peer].state == PEER_UP)
		frame_put(&g->peers[peer].s.out, 'A', tag, "", 0);
}
