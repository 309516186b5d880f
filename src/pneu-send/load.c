#include <errno.h>
#include <string.h>

#include "pneu-send/send.h"
#include "run/log.h"

#define OLD_US 30000000u	/* a letter in new/ that may have a history */

static uint32_t
hash_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* s, which may be 0, among m's strings. 1 or 0, ENOMEM. */
static int
take_text(struct mail *m, uint32_t *at, const char *s)
{
	*at = s ? mail_text(m, s, strlen(s)) : 0;
	return !s || *at;
}

/* The letter's own strings, and what orders say of it. 1 or 0, ENOMEM. */
static int
take_letter(struct send *g, struct mail *m)
{
	const struct letter *l = &g->letter;
	const struct envelope *e = &l->env;

	m->off = letter_msg_offset(&l->head);
	m->size = l->head.msglen;
	m->crc = l->head.mcrc;
	m->smtputf8 = e->smtputf8 != 0;
	m->isbounce = !e->sender[0];
	m->sendhash = hash_of(e->sender);
	m->born = e->time;
	if (letter_isderived(m->id))	/* its id has its parent's time */
		m->us = e->time == g->wall ? g->wall_us :
		    e->time * 1000000 + 999999;
	return take_text(m, &m->sender, e->sender) &&
	    take_text(m, &m->body, e->body) &&
	    take_text(m, &m->ret, e->ret) &&
	    take_text(m, &m->envid, e->envid) &&
	    take_text(m, &m->client, e->client) &&
	    take_text(m, &m->helo, e->helo) &&
	    take_text(m, &m->proto, e->proto) &&
	    take_text(m, &m->login, e->login) &&
	    take_text(m, &m->method, e->method) &&
	    take_text(m, &m->auth, e->auth);
}

static int
take_rcpt(struct mail *m, uint32_t n, const struct envelope_rcpt *e)
{
	struct rcpt r;

	memset(&r, 0, sizeof r);
	r.n = n;
	r.site = r.job = r.next = r.bounce = r.bnext = NONE;
	r.state = RCPT_ASK;
	return take_text(m, &r.addr, e->addr) &&
	    take_text(m, &r.notify, e->notify) &&
	    take_text(m, &r.orcpt, e->orcpt) &&
	    take_text(m, &r.orig, e->orig) &&
	    take_text(m, &r.target, e->target) &&
	    stralloc_catb(&m->rcpts, (char *)&r, sizeof r);
}

/* Those that wait, from index first on, as many as may be in core. */
static int
take_rcpts(struct send *g, struct mail *m, uint32_t first)
{
	const struct letter *l = &g->letter;
	uint32_t i, n = 0;

	m->more = 0;
	for (i = first; i < l->head.nrcpts; i++) {
		if (l->status[i] != LETTER_WAITING)
			continue;
		if (n == MAIL_RCPTS) {
			m->more = 1;
			break;
		}
		if (!take_rcpt(m, i, envelope_rcpt(&l->env, i)))
			return 0;
		g->rcpts++;
		n++;
	}
	return 1;
}

/* The place of the first recipient whose index is at least n. */
static size_t
place_of(const struct mail *m, uint32_t n)
{
	size_t lo = 0, hi = mail_nrcpts(m);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (mail_rcpt(m, mid)->n < n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* One line of history, at this place: an attempt, for each of its
 * recipients. */
static void
take_line(struct send *g, struct mail *m, const struct history *h, size_t at)
{
	int action = tell_read(&h->verdict);
	uint32_t lo, hi;
	size_t pos = 0, i;

	if (!m->first)
		m->first = h->time;
	while (history_indexes(h, &pos, &lo, &hi) > 0)
		for (i = place_of(m, lo); i < mail_nrcpts(m) &&
		    mail_rcpt(m, i)->n <= hi; i++) {
			struct rcpt *r = mail_rcpt(m, i);

			if (action == ACTION_DELAYED) {
				r->warned = WARNED;
				continue;
			}
			r->next = (uint32_t)at;
			if (r->attempts < UINT16_MAX)
				r->attempts++;
			r->due = h->time + retry_wait(&g->retry, r->attempts,
			    h->verdict.seconds);
			/* it has its last verdict, and only the bounce, or
			 * another notification, had to wait */
			r->noted = h->verdict.kind == VERDICT_NEVER || action;
			r->action = (uint8_t)action;
			r->state = r->noted ? RCPT_FAILED : RCPT_ASK;
		}
}

/* The verdict of recipient k, and of those whose line is the same. Only the
 * last one of each is kept in core, however long the history. */
static int
take_why(struct send *g, struct mail *m, size_t k)
{
	uint32_t at = mail_rcpt(m, k)->next, why;
	struct history h;

	g->tmp.len = 0;
	if (history_scan(&h, g->history.s + at, g->history.len - at) <= 0 ||
	    !verdict_put(&g->tmp, &h.verdict) ||
	    !(why = mail_text(m, g->tmp.s, g->tmp.len)))
		return 0;
	for (; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->next == at) {
			mail_rcpt(m, k)->next = NONE;
			mail_rcpt(m, k)->why = why;
		}
	return 1;
}

static int
take_history(struct send *g, struct mail *m)
{
	struct history h;
	size_t at = 0, k;
	int r;

	g->history.len = 0;
	if (letter_history(&g->letter, &g->history, HISTORY_OCTETS) < 0)
		return 0;
	while (at < g->history.len && (r = history_scan(&h, g->history.s + at,
	    g->history.len - at)) > 0) {
		if (h.time)
			take_line(g, m, &h, at);
		at += (size_t)r;
	}
	for (k = 0; k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->next != NONE && !take_why(g, m, k))
			return 0;
	return 1;
}

/* Is the recipient to be tried, as far as its history says? */
static int
isdue(const struct send *g, const struct rcpt *r)
{
	return r->due <= g->wall || r->due > g->wall + g->retry.max;
}

/* Until when recipients count as due. If none is though the letter lies
 * where it is due, then it was flushed, and put off to wait for a probe:
 * those who have waited longest are. */
static uint64_t
horizon(const struct send *g, const struct mail *m)
{
	uint64_t first = UINT64_MAX;
	size_t i;

	for (i = 0; i < mail_nrcpts(m); i++) {
		const struct rcpt *r = mail_rcpt(m, i);

		if (r->state != RCPT_ASK)
			continue;
		if (isdue(g, r))
			return g->wall;
		if (r->due < first)
			first = r->due;
	}
	return first;
}

/* What is not due yet though the letter is: another recipient's hour. */
static void
park_early(struct send *g, struct mail *m, uint64_t due)
{
	size_t i;

	for (i = 0; i < mail_nrcpts(m); i++) {
		struct rcpt *r = mail_rcpt(m, i);

		if (r->state == RCPT_ASK && !m->forced && r->due > due &&
		    !isdue(g, r))
			r->state = RCPT_PARKED;
		else {
			r->due = 0;
			if (r->state == RCPT_ASK)
				m->open++;
		}
	}
}

/* Into m, from the letter that is open. */
static int
fill(struct send *g, struct mail *m, uint32_t first)
{
	if (!take_rcpts(g, m, first))
		return 0;
	if ((m->top != AT_NEW || m->us + OLD_US < g->wall_us) &&
	    !take_history(g, m))
		return 0;
	m->born = retry_born(m->born, m->first, g->wall);
	return 1;
}

static void
start(struct send *g, uint32_t i, uint64_t due)
{
	park_early(g, g->mails + i, due);
	taken_bind(g, i);
	if (!route_ask(g, i))
		settle(g, i);
}

/* The letter of g->letter is not to be had. If it is we who are short of
 * something then nothing is read for a moment: -1. If it is the letter (a bad
 * sector, a mode that it was not given by us) it lies there until the next
 * look, and stops nobody else: 2. */
static int
failed(struct send *g, const char *what, const char *path)
{
	int e = errno;

	if (e == EBADMSG) {
		log_warn(path, ": damaged; setting it aside");
		queue_bad(g, path);
		return 0;
	}
	log_warnsys(what, path);
	if (e != EMFILE && e != ENFILE && e != ENOMEM)
		return 2;
	mail_short(g);
	return -1;
}

int
load(struct send *g, const struct at *a, int forced)
{
	char path[AT_PATH_OCTETS + 1];
	struct mail *m;
	uint32_t i;
	int r;

	if (mail_find(g, a->name.id) != NONE)
		return 0;
	if (mail_isfull(g) || g->now < g->fdpause ||
	    (i = mail_new(g, a)) == NONE)
		return -1;
	m = g->mails + i;
	mail_path(m, path);
	if ((r = letter_open(&g->letter, g->queue, path)) <= 0) {
		if (r < 0)
			r = failed(g, "unable to read ", path);
		mail_drop(g, i);
		return r;
	}
	m->forced = forced != 0;
	m->fresh = m->top == AT_NEW;
	if (!take_letter(g, m) || !fill(g, m, 0)) {
		r = failed(g, "unable to take in ", path);
		letter_close(&g->letter);
		mail_drop(g, i);
		return r;
	}
	mail_keepfd(g, m, &g->letter);
	letter_close(&g->letter);
	if (m->fresh || !m->first)	/* it may have been put off unread */
		say_active(g, m, g->letter.head.nrcpts);
	/* of one that is in hand, or in core in part, less is known */
	start(g, i, m->more || taken_has(g, m->id) ? g->wall : horizon(g, m));
	return 1;
}

/* The next recipients of a letter that has more than may be in core. All of
 * those that are here are settled and kept. */
void
load_more(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	uint32_t first = mail_rcpt(m, mail_nrcpts(m) - 1)->n + 1;
	char path[AT_PATH_OCTETS + 1];
	int r;

	mail_path(m, path);
	if ((r = letter_open(&g->letter, g->queue, path)) <= 0) {
		if (r < 0)
			failed(g, "unable to read ", path);
		mail_drop(g, i);
		g->newagain = 1;
		return;
	}
	mail_empty(g, i);
	r = take_letter(g, m) && fill(g, m, first);
	letter_close(&g->letter);
	if (!r) {
		mail_drop(g, i);
		g->newagain = 1;
		return;
	}
	start(g, i, g->wall);
}
