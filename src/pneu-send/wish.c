#include <string.h>
#include <skalibs/types.h>

#include "pneu-send/ctl.h"

/* What the admin wants done with a letter: H hold, U release, R remove it. In
 * core it waits in m->wish until nobody has the letter in hand any more; what
 * they report is kept first. */

/* Nobody is given the letter from here on. */
static void
withdraw(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k;

	job_withdraw(g, i);
	if (!m->asking || g->peers[PEER_ALIAS].state == PEER_UP)
		return;
	for (k = 0; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_ASK) {
			mail_rcpt(m, k)->state = RCPT_PARKED;
			m->open--;
		}
	m->asking = 0;
}

/* A letter in core. */
static int
wish_active(struct send *g, uint32_t i, int type)
{
	struct mail *m = g->mails + i;

	if (m->order == 'H' || m->order == 'U' || m->order == 'R')
		return m->order == type ? WISH_GRANTED : WISH_WAIT;
	if (type == 'U') {
		if (m->wish != 'H')
			return m->wish == 'U' ? WISH_GRANTED : WISH_VAIN;
		m->wish = 0;
	} else if (m->wish != 'R')
		m->wish = (uint8_t)type;
	withdraw(g, i);
	settle(g, i);
	return WISH_GRANTED;
}

int
wish(struct send *g, const struct at *a, int type)
{
	uint32_t i = mail_find(g, a->name.id);

	if (i == NONE && taken_has(g, a->name.id)) {
		load(g, a, 1);
		if ((i = mail_find(g, a->name.id)) == NONE)
			return WISH_WAIT;
	}
	if (i != NONE)
		return wish_active(g, i, type);
	if ((type == 'U') != (a->top == AT_HOLD) && type != 'R')
		return type == 'H' ? WISH_GRANTED : WISH_VAIN;
	if ((i = mail_new(g, a)) == NONE)
		return WISH_WAIT;
	g->mails[i].wish = (uint8_t)type;
	settle(g, i);
	return WISH_GRANTED;
}

/* Nobody has it. Who failed and is not told of yet is not forgotten. */
void
wish_settle(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k, kept = 0, n = mail_nrcpts(m);

	for (k = 0; k < n; k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->state == RCPT_FAILED)
			tell_not(r);
		kept += r->kept == KEPT;
	}
	queue_order(g, i, m->wish == 'H' && kept < n ? 'M' : m->wish, 0);
}

/* How many wishes wait for pneu-queue; later: for deliveries under way. */
static uint32_t
waiting(const struct send *g, uint32_t *later)
{
	uint32_t i, n = 0;

	for (*later = i = 0; i < g->nmails; i++) {
		const struct mail *m = g->mails + i;

		if (!m->used || !m->wish)
			continue;
		if (!m->open || m->asking)
			n++;
		else
			++*later;
	}
	return n;
}

int
wish_answer(struct send *g, struct ctl *c)
{
	const char *done = c->type == 'H' ? "placed on hold: " :
	    c->type == 'U' ? "released from hold: " : "removed: ";
	static const char more[] = "; as soon as deliveries under way have "
	    "ended: ";
	char s[128];
	uint32_t later;
	size_t n = strlen(done);

	c->waits = 1;
	if (waiting(g, &later))
		return 0;
	if (later > c->count)
		later = c->count;
	memcpy(s, done, n);
	n += uint32_fmt(s + n, c->count - later);
	if (later) {
		memcpy(s + n, more, sizeof more - 1);
		n += sizeof more - 1;
		n += uint32_fmt(s + n, later);
	}
	s[n] = 0;
	ctl_answer(c, VERDICT_DONE, "2.0.0", s);
	return 1;
}
