#include <errno.h>
#include <string.h>

#include "pneu-send/send.h"
#include "run/log.h"

/* What becomes of a letter when its recipients have their verdicts. */

static int
issettled(const struct rcpt *r)
{
	return r->state == RCPT_DONE || r->state == RCPT_TOLD;
}

/* Attempts that count for expiry: the letter's own, or those that its site
 * has failed in a row, since of many letters to a dead site few are tried. */
static uint32_t
attempts_of(const struct send *g, const struct rcpt *r)
{
	const struct site *x;

	if (r->site == NONE || r->state != RCPT_PARKED)
		return r->attempts;
	x = g->s.sites + r->site;
	return x->state == SITE_SUSPENDED && x->fails > r->attempts ?
	    x->fails : r->attempts;
}

static void
expire(struct send *g, struct mail *m)
{
	size_t k;
	int any = 0;

	for (k = 0; k < mail_nrcpts(m); k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if ((r->state != RCPT_LATER && r->state != RCPT_PARKED) ||
		    !r->why || !retry_expired(&g->retry, m->isbounce, m->born,
		    attempts_of(g, r), g->wall))
			continue;
		r->state = RCPT_FAILED;
		any = 1;
	}
	if (any) {
		g->expired++;
		log_info(m->id, ": from=<", mail_str(m, m->sender),
		    ">, status=expired, returned to sender");
	}
}

/* Jobs at pneu-bounce for those that failed, or of whom a sender has asked to
 * hear. */
static void
bounce(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k;

	for (k = 0; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED &&
		    job_bounce(g, i) == NONE)
			break;
	for (; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED)
			tell_not(mail_rcpt(m, k));
}

/* When the letter is due again: at the first hour of any recipient. Not
 * further ahead than the longest back-off: such a slot counts as due at once
 * (spool/slot.h), and the letter would go round and round. */
static uint64_t
due_of(const struct send *g, const struct mail *m)
{
	uint64_t due = m->due, last = g->wall + g->retry.max;
	size_t k;

	for (k = 0; k < mail_nrcpts(m); k++) {
		const struct rcpt *r = mail_rcpt(m, k);
		uint64_t d = r->due;

		if (issettled(r))
			continue;
		if (d <= g->wall)
			d = g->wall + 10;
		if (!due || d < due)
			due = d;
	}
	return due < last ? due : last;
}

/* Is the letter's file not what was committed? 4.3.5 (other system problem)
 * may mean that, among others. */
static int
isdamaged(struct send *g, const struct mail *m)
{
	char path[AT_PATH_OCTETS + 1];
	int r;

	mail_path(m, path);
	if ((r = letter_open(&g->letter, g->queue, path)) > 0) {
		r = letter_verify(&g->letter);
		letter_close(&g->letter);
	}
	return r < 0 && errno == EBADMSG;
}

void
settle(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k, n = mail_nrcpts(m), done = 0, kept = 0;

	if (m->order || m->asking)
		return;
	if (m->wish && !m->open) {
		wish_settle(g, i);
		return;
	}
	if (m->defers) {
		queue_order(g, i, 'D', m->due);
		return;
	}
	if (!m->open) {
		expire(g, m);
		bounce(g, i);
		tell_late(g, i);
	}
	if (m->open) {
		if (n > 1 && !m->marking) {
			m->marking = 1;
			m->mark_at = g->now + MARK_MS;
			m->mark = NONE;
			if (g->mark == NONE)
				g->mark = i;
			else
				g->mails[g->marklast].mark = i;
			g->marklast = i;
		}
		return;
	}
	for (k = 0; k < n; k++) {
		const struct rcpt *r = mail_rcpt(m, k);

		done += issettled(r);
		kept += r->kept == KEPT;
	}
	if (m->suspect) {
		m->damaged = isdamaged(g, m) != 0;
		m->suspect = 0;
	}
	if (m->damaged)
		queue_order(g, i, kept < n ? 'M' : 'B', 0);
	else if (m->more) {
		uint64_t due = due_of(g, m);

		if (kept < n)
			queue_order(g, i, 'M', 0);
		else {
			m->due = due;
			load_more(g, i);
		}
	} else if (done == n && !m->due)
		queue_order(g, i, 'R', 0);
	else
		queue_order(g, i, 'D', due_of(g, m));
}

/* Marks whose time has come: of letters with others still under way. */
void
settle_turn(struct send *g)
{
	uint32_t i, k;

	while ((i = g->mark) != NONE && g->mails[i].mark_at <= g->now) {
		struct mail *m = g->mails + i;

		g->mark = m->mark;
		if (g->mark == NONE)
			g->marklast = NONE;
		m->marking = 0;
		if (m->order || !m->open)
			continue;
		for (k = 0; k < mail_nrcpts(m); k++)
			if (issettled(mail_rcpt(m, k)) &&
			    mail_rcpt(m, k)->kept == KEPT_NOT)
				break;
		if (k < mail_nrcpts(m))
			queue_order(g, i, 'm', 0);
	}
	if (g->repeat_at && g->repeat_at <= g->now) {
		g->repeat_at = 0;
		settle_all(g);
	}
}

/* Orders that failed, or could not be given. */
void
settle_all(struct send *g)
{
	uint32_t i;

	for (i = 0; i < g->nmails; i++)
		if (g->mails[i].used && g->mails[i].repeat) {
			g->mails[i].repeat = 0;
			settle(g, i);
		}
}

uint64_t
settle_deadline(const struct send *g)
{
	uint64_t t = g->repeat_at ? g->repeat_at : UINT64_MAX;

	if (g->mark != NONE && g->mails[g->mark].mark_at < t)
		t = g->mails[g->mark].mark_at;
	return t;
}
