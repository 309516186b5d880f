#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pneu-send/send.h"
#include "run/log.h"

/* Tags of our orders: the job's place, and a number that counts on, so that
 * a tag does not come back soon. */
#define TAG_BITS 18
#define TAG_MASK ((1u << TAG_BITS) - 1)
#define FDPAUSE_MS 500

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
	    r->orcpt, r->why };
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

	site = sched_site(&g->s, "bounce:", SCHED_BOUNCE, GATE_OF(PEER_BOUNCE));
	if (site == NONE)
		return NONE;
	job = job_begin(g, i, sched_add(&g->s, site, m->sendhash, i),
	    PEER_BOUNCE, 1);
	if (job == NONE)
		return NONE;
	for (k = 0; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED) {
			cost += cost_of(m, mail_rcpt(m, k));
			if (last != NONE && cost > ORDER_OCTETS)
				break;
			job_give(g, m, job, &last, k);
			m->open++;
		}
	return job;
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
				r->state = RCPT_UNTOLD;
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

static uint32_t
new_tag(struct send *g, uint32_t job)
{
	uint32_t tag;

	do
		tag = ++g->serial << TAG_BITS | job;
	while (taken_find(g, g->jobs[job].peer, tag) ||
	    job_find(g, g->jobs[job].peer, tag) != NONE);
	return tag;
}

/* The order, of those recipients that have no verdict. 1 or 0, ENOMEM. */
static int
put_order(struct send *g, const struct mail *m, const struct job *j,
    stralloc *out, const char *to)
{
	struct order *o = &g->order;
	uint32_t k;
	ssize_t at;

	order_clear(o);
	o->id = m->id;
	o->sender = mail_str(m, m->sender);
	o->body = mail_str(m, m->body);
	o->ret = mail_str(m, m->ret);
	o->envid = mail_str(m, m->envid);
	o->to = to;
	o->off = m->off;
	o->len = m->size;
	o->crc = m->crc;
	o->time = m->born;
	o->smtputf8 = m->smtputf8;
	for (k = j->first; k != NONE; ) {
		const struct rcpt *r = mail_rcpt(m, k);
		struct order_rcpt *x;

		k = j->isbounce ? r->bnext : r->next;
		if (r->state != (j->isbounce ? RCPT_BOUNCING : RCPT_OUT))
			continue;
		if (!(x = order_add(o, r->n, mail_str(m, r->addr))))
			return 0;
		x->ext = mail_str(m, r->ext);
		x->mailbox = mail_str(m, r->mailbox);
		x->notify = mail_str(m, r->notify);
		x->orcpt = mail_str(m, r->orcpt);
		x->why = j->isbounce ? mail_str(m, r->why) : 0;
	}
	at = frame_begin(out, 'O', j->tag);
	return at >= 0 && order_put(out, o) && frame_end(out, at);
}

/* Somebody has taken the letter away: that ends it. */
static void
vanish(struct send *g, uint32_t job, const char *path)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	uint32_t i = j->mail, k, next;

	log_warn(path, " is gone; forgetting it");
	for (k = j->first; k != NONE; k = next) {
		struct rcpt *r = mail_rcpt(m, k);

		next = j->isbounce ? r->bnext : r->next;
		if (r->state == RCPT_OUT || r->state == RCPT_BOUNCING) {
			r->state = RCPT_DONE;
			m->open--;
		}
		*(j->isbounce ? &r->bounce : &r->job) = NONE;
	}
	job_free(g, job);
	settle(g, i);
}

/* The letter cannot be opened. It is there or its state is not ours to
 * guess: its jobs wait; the pause gives descriptors time to come back. */
static void
not_run(struct send *g, uint32_t job, const char *path)
{
	if (errno == ENOENT) {
		vanish(g, job, path);
		return;
	}
	log_warnsys("unable to open ", path);
	sched_report(&g->s, job, SITE_LOST, 0, 0, g->now);
	g->fdpause = g->now + FDPAUSE_MS;
}

void
job_run(struct send *g, uint32_t job)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	struct stream *s = &g->peers[j->peer].s;
	char path[AT_PATH_OCTETS + 1];
	size_t len = s->out.len;
	int fd;

	mail_path(m, path);
	fd = openat(g->queue, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		not_run(g, job, path);
		return;
	}
	j->tag = new_tag(g, job);
	j->sent = g->now;
	if (!stream_putfd(s, fd)) {
		not_run(g, job, path);
		return;
	}
	if (!put_order(g, m, j, &s->out,
	    g->s.sites[sched_job_site(&g->s, job)].key)) {
		s->out.len = len;
		stream_close(s);	/* the descriptor is on its way */
	}
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
