#include <errno.h>
#include <string.h>

#include "mail/verp.h"
#include "pneu-send/send.h"
#include "run/log.h"

/* The recipient with index n among those of the job, begun at k. They
 * mostly come in their order. */
static uint32_t
member(const struct mail *m, const struct job *j, uint32_t k, uint32_t n)
{
	uint32_t from = k;

	do {
		const struct rcpt *r = mail_rcpt(m, k);

		if (r->n == n)
			return k;
		k = j->isbounce ? r->bnext : r->next;
		if (k == NONE)
			k = j->first;
	} while (k != from);
	return NONE;
}

/* The sender that a user's file wishes for what goes on from his address:
 * this process makes it, not his. */
static uint32_t
owner_of(struct send *g, struct mail *m, const struct rcpt *r,
    const char *owner)
{
	g->tmp.len = 0;
	return verp_owner(&g->tmp, mail_str(m, r->addr),
	    !strcmp(owner, "each")) ? mail_text(m, g->tmp.s, g->tmp.len) : 0;
}

static void
deliver(struct send *g, struct mail *m, struct rcpt *r, const struct job *j,
    const struct report *p, uint32_t why)
{
	switch (p->verdict.kind) {
	case VERDICT_DONE:
		if (p->forward && *p->forward && (r->forward = mail_text(m,
		    p->forward, strlen(p->forward)))) {
			if (p->owner)
				r->owner = owner_of(g, m, r, p->owner);
			r->state = RCPT_FORWARD;
			return;
		}
		r->state = RCPT_DONE;
		g->sent++;
		say_rcpt(g, m, r, j, p, &p->verdict, "sent");
		if (!(r->action = (uint8_t)tell_isowed(m, r, j->peer, p)))
			break;
		r->state = RCPT_FAILED;
		r->why = tell_why(g, m, r->action, p);
		break;
	case VERDICT_NEVER:
		r->state = RCPT_FAILED;
		r->why = why;
		g->bounced++;
		say_rcpt(g, m, r, j, p, &p->verdict, "bounced");
		break;
	default:
		if (!strcmp(p->verdict.code, "4.3.5"))
			m->suspect = 1;
		r->state = RCPT_LATER;
		r->why = why;
		r->attempts++;
		r->due = g->wall + retry_asked(&g->retry, r->attempts,
		    p->verdict.seconds, &g->s.rng);
		g->deferred++;
		say_rcpt(g, m, r, j, p, &p->verdict, "deferred");
	}
}

/* One report: returns 1, or 0 if it names who is not there. */
static int
take_report(struct send *g, uint32_t job, const struct report *p)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	const uint32_t *ns = genalloc_s(uint32_t, &p->ns);
	size_t i, n = genalloc_len(uint32_t, &p->ns);
	uint32_t k = j->first, why = 0, made = 0;

	if (p->verdict.kind != VERDICT_DONE && !j->isbounce) {
		g->tmp.len = 0;
		if (verdict_put(&g->tmp, &p->verdict))
			why = mail_text(m, g->tmp.s, g->tmp.len);
	}
	/* not of a process that runs as a user */
	if (p->verdict.kind == VERDICT_DONE && p->made &&
	    j->peer != PEER_LSPAWN && letter_isid(p->made, strlen(p->made)))
		made = mail_text(m, p->made, LETTER_ID_OCTETS);
	for (i = 0; i < n; i++) {
		uint32_t at = member(m, j, k, ns[i]);
		struct rcpt *r;

		if (at == NONE)
			return 0;
		r = mail_rcpt(m, k = at);
		if (r->state != (j->isbounce ? RCPT_BOUNCING : RCPT_OUT))
			continue;	/* said before */
		if (j->isbounce)
			tell_answered(g, m, r, p);
		else
			deliver(g, m, r, j, p, why);
		*(j->isbounce ? &r->notice : &r->made) = made;
		m->open -= r->state != RCPT_FORWARD;
		j->left--;
	}
	return 1;
}

/* What an order tells of its site, by all its reports. */
static void
add_outcome(struct job *j, const struct report *p)
{
	int o = p->site ? SITE_FAILED : p->verdict.kind == VERDICT_LATER ?
	    SITE_DEFERRED : SITE_OK;

	if (p->site && p->verdict.seconds > j->seconds)
		j->seconds = p->verdict.seconds;
	if (j->outcome == SITE_LOST || o == SITE_FAILED ||
	    (o == SITE_OK && j->outcome == SITE_DEFERRED))
		j->outcome = (uint8_t)o;
}

void
report_apply(struct send *g, uint32_t job, char *s, size_t n)
{
	struct report *p = &g->report;
	struct job *j = g->jobs + job;
	uint32_t i = j->mail;
	int used = 0;

	if (!j->left)
		return;
	g->history.len = 0;
	while (n && (used = report_scan(p, s, n)) > 0) {
		if (!take_report(g, job, p))
			log_warn(g->mails[i].id, ": a report about a "
			    "recipient that was not ordered");
		add_outcome(j, p);
		if (p->site) {
			g->history.len = 0;
			if (!verdict_put(&g->history, &p->verdict) ||
			    !stralloc_0(&g->history))
				g->history.len = 0;
		}
		s += used;
		n -= (size_t)used;
	}
	if (used < 0)
		log_warnsys(g->mails[i].id, ": a report");
	if (!j->left)
		sched_report(&g->s, job, j->outcome, j->seconds,
		    g->history.len ? g->history.s : 0, g->now);
	if (j->isbounce)
		job_over(g, job);
	else
		route_forward(g, i, job);
	settle(g, i);
}
