#include <stdlib.h>
#include <string.h>
#include <skalibs/types.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "wire/field.h"

/* Orders to pneu-queue. One for a letter at a time; its tag is the letter's
 * place. What an order says is in the letter's state until it is answered,
 * so an order that failed or was lost is made again from there. */

#define TAG_DIR 0xfffffffeu	/* prune */
#define TAG_BAD 0xffffffffu

static int
isup(const struct send *g)
{
	return g->peers[PEER_ORDERS].state == PEER_UP;
}

static int
put_set(stralloc *sa, uint32_t n, char status)
{
	char s[UINT32_FMT + 2];
	size_t len = uint32_fmt(s, n);

	s[len++] = ' ';
	s[len++] = status;
	return field_put(sa, "set", s, len);
}

/* A line of history for r and those behind it that fared alike, whose why is
 * the same text. The time stands for the attempt. */
static int
put_history(struct send *g, stralloc *sa, struct mail *m, size_t k)
{
	const struct rcpt *r = mail_rcpt(m, k);
	const char *why = mail_str(m, r->why);
	struct verdict v;
	size_t n = mail_nrcpts(m), len;

	if (verdict_scan(&v, why, strlen(why)) < 0)
		return 0;
	g->tmp.len = 0;
	for (; k < n; k++) {
		struct rcpt *x = mail_rcpt(m, k);

		if (x->kept || x->why != r->why || x->state != r->state)
			continue;
		if (!stralloc_catb(&g->tmp, (char *)&x->n, sizeof x->n))
			return 0;
		x->kept = KEPT_ASKED;
	}
	len = g->history.len = 0;
	if (!history_put(&g->history, g->wall,
	    (uint32_t *)(void *)g->tmp.s, g->tmp.len / sizeof(uint32_t), &v))
		return 0;
	len = g->history.len;
	return field_put(sa, "history", g->history.s, len - (len > 0));
}

/* Letters that were made of this one need not be remembered. */
static int
put_made(stralloc *sa, const struct mail *m, const struct rcpt *r,
    uint32_t *last)
{
	if (r->made && !field_puts(sa, "made", mail_str(m, r->made)))
		return 0;
	if (!r->notice || r->notice == *last)
		return 1;
	*last = r->notice;
	return field_puts(sa, "made", mail_str(m, r->notice));
}

static int
put_allmade(stralloc *sa, const struct mail *m)
{
	uint32_t last = 0;
	size_t k;

	for (k = 0; k < mail_nrcpts(m); k++)
		if (!put_made(sa, m, mail_rcpt(m, k), &last))
			return 0;
	return 1;
}

/* What pneu-queue does not know yet of the recipients, while there is room
 * in an order. all: also who is to be tried again. Returns 1, 2 if there is
 * more, 0 with ENOMEM. */
static int
put_news(struct send *g, stralloc *sa, struct mail *m, size_t at, int all)
{
	uint32_t last = 0;
	size_t k;

	if (all && !tell_put(g, sa, m))
		return 0;
	for (k = 0; k < mail_nrcpts(m); k++) {
		struct rcpt *r = mail_rcpt(m, k);
		int good = 1;

		if (r->kept)
			continue;
		if (sa->len - at > ORDER_OCTETS)
			return 2;
		if (r->state == RCPT_DONE || r->state == RCPT_TOLD) {
			good = put_set(sa, r->n, r->state == RCPT_TOLD &&
			    !r->action ? LETTER_FAILED : r->made ?
			    LETTER_SUCCEEDED : LETTER_DONE) && put_made(sa, m, r, &last);
			r->kept = KEPT_ASKED;
		} else if (!all)
			continue;
		else if ((r->state == RCPT_LATER ||
		    (r->state == RCPT_UNTOLD && !r->noted)) && r->why)
			good = put_history(g, sa, m, k) && (!r->made ||
			    put_made(sa, m, r, &last));
		else
			r->kept = KEPT_ASKED;
		if (!good)
			return 0;
	}
	return 1;
}

static void
unask(struct mail *m)
{
	size_t k;

	for (k = 0; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->kept == KEPT_ASKED)
			mail_rcpt(m, k)->kept = KEPT_NOT;
	m->order = 0;
}

/* Type m: a mark while others are under way. */
static int
put_order(struct send *g, uint32_t i, stralloc *sa, int *type, uint64_t due)
{
	struct mail *m = g->mails + i;
	char path[AT_PATH_OCTETS + 1];
	ssize_t at = frame_begin(sa, 'M', i);
	int r = 1;

	mail_path(m, path);
	if (at < 0 || !field_puts(sa, "at", path))
		return 0;
	if (*type != 'R' && mail_nrcpts(m))
		r = put_news(g, sa, m, (size_t)at, *type != 'm');
	else if (*type == 'R')
		r = put_allmade(sa, m);
	if (r == 2 && *type == 'D')
		*type = 'M';		/* the rest with the next one */
	if (*type == 'D' && !field_putu(sa, "due", due))
		return 0;
	if (*type != 'm')
		sa->s[at + 4] = (char)*type;
	return r && frame_end(sa, at);
}

void
queue_order(struct send *g, uint32_t i, int type, uint64_t due)
{
	struct mail *m = g->mails + i;
	stralloc *sa = &g->peers[PEER_ORDERS].s.out;
	size_t len = sa->len;

	if (m->order)
		return;
	if (isup(g) && put_order(g, i, sa, &type, due)) {
		m->order = (uint8_t)type;
		return;
	}
	if (isup(g)) {
		sa->len = len;
		unask(m);
		g->repeat_at = g->now + REPEAT_MS;
	}
	m->repeat = 1;
}

void
queue_prune(struct send *g, const struct dir *d)
{
	stralloc *sa = &g->peers[PEER_ORDERS].s.out;
	char path[AT_DIR_OCTETS + 1];
	ssize_t at;

	if (!isup(g) || (at = frame_begin(sa, 'P', TAG_DIR)) < 0)
		return;
	at_dir_fmt(path, d->top, d->num);
	if (!field_puts(sa, "at", path) || !frame_end(sa, at))
		sa->len = (size_t)at;
}

void
queue_bad(struct send *g, const char *path)
{
	stralloc *sa = &g->peers[PEER_ORDERS].s.out;
	ssize_t at;

	if (!isup(g) || (at = frame_begin(sa, 'B', TAG_BAD)) < 0)
		return;
	if (!field_puts(sa, "at", path) || !frame_end(sa, at))
		sa->len = (size_t)at;
}

void
queue_stay(struct send *g)
{
	g->stays = isup(g) &&
	    frame_put(&g->peers[PEER_ORDERS].s.out, 'W', 0, "", 0);
}

static void
forget_order(struct send *g, struct job *j)
{
	if (!j->acked)
		job_ack(g, j->peer, j->tag);
	j->acked = 1;
}

/* What is kept now: delivery programs may forget orders when all is. */
static void
acknowledge(struct send *g, struct mail *m, int all)
{
	size_t k, kept = 0;

	for (k = 0; k < mail_nrcpts(m); k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->kept == KEPT_ASKED)
			r->kept = KEPT;
		kept += r->kept == KEPT;
	}
	if (m->open || (!all && kept < mail_nrcpts(m)))
		return;
	for (k = 0; k < mail_nrcpts(m); k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->job != NONE && g->jobs[r->job].first == k)
			forget_order(g, g->jobs + r->job);
		if (r->bounce != NONE && g->jobs[r->bounce].first == k)
			forget_order(g, g->jobs + r->bounce);
	}
}

/* Where the letter lies now; a slot that was walked already (pneu-queue took
 * its time) is to be walked again. 1 or 0. */
static int
moved(struct send *g, const struct verdict *v, struct at *a)
{
	char path[AT_PATH_OCTETS + 1];
	struct dir *d;

	if (v->textlen >= sizeof path)
		return 0;
	memcpy(path, v->text, v->textlen);
	path[v->textlen] = 0;
	if (at_scan(a, path) < 0 || !(d = dirs_make(g, a->top, a->dir)))
		return 0;
	if ((d->due == DIR_WALKED && !d->flushed) || a->top == AT_NEW)
		d->due = DIR_DUE;
	return 1;
}

static void
done(struct send *g, uint32_t i, const struct verdict *v)
{
	struct mail *m = g->mails + i;
	int type = m->order;
	struct at a;

	m->order = 0;
	switch (type) {
	case 'm':
	case 'M':
		acknowledge(g, m, 0);
		settle(g, i);
		return;
	case 'D':
		if (!moved(g, v, &a) || (!m->open && !m->wish))
			break;
		/* taken over meanwhile, or the admin has a wish */
		mail_move(g, i, &a);
		acknowledge(g, m, 0);
		settle(g, i);
		return;
	case 'U':
		moved(g, v, &a);
		/* fall through */
	case 'R':
	case 'H':
		say_order(m, type);
		break;
	case 'B':
		log_warn(m->id, ": its message is damaged; it lies in "
		    "queue/bad");
		break;
	}
	acknowledge(g, m, type == 'R' || type == 'B');
	mail_drop(g, i);
}

void
queue_answer(struct send *g, struct frame *f)
{
	struct verdict v;
	struct mail *m;

	if (f->type != 'V' || verdict_scan(&v, f->s, f->n) < 0) {
		log_warn("pneu-queue: an answer that makes no sense");
		stream_close(&g->peers[PEER_ORDERS].s);
		return;
	}
	if (f->tag == TAG_DIR || f->tag == TAG_BAD || f->tag >= g->nmails)
		return;
	m = g->mails + f->tag;
	if (!m->used || !m->order)
		return;
	switch (v.kind) {
	case VERDICT_DONE:
		done(g, f->tag, &v);
		break;
	case VERDICT_NEVER:
		log_warn(m->id, ": pneu-queue refuses an order; forgetting "
		    "the letter until it is found anew");
		acknowledge(g, m, 1);
		mail_drop(g, f->tag);
		break;
	default:
		unask(m);
		m->repeat = 1;
		if (!g->repeat_at)
			g->repeat_at = g->now + REPEAT_MS;
	}
}

/* The connection is gone: all that was not answered is said again. */
void
queue_lost(struct send *g)
{
	uint32_t i;

	for (i = 0; i < g->nmails; i++)
		if (g->mails[i].used && g->mails[i].order) {
			unask(g->mails + i);
			g->mails[i].repeat = 1;
		}
}
