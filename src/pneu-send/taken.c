#include <stdlib.h>
#include <string.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "wire/field.h"

/* What delivery programs have in hand (doc/PROTOCOLS 6): when a connection
 * is new they say so, T for each order, V again for what was reported of it,
 * and G. An order of ours is still in core; one of the pneu-send before us
 * is kept here until its letter is, and the letter is looked for. */

static struct taken *
at(const struct send *g, size_t i)
{
	return genalloc_s(struct taken, &g->taken) + i;
}

static size_t
count(const struct send *g)
{
	return genalloc_len(struct taken, &g->taken);
}

struct taken *
taken_find(const struct send *g, int peer, uint32_t tag)
{
	size_t i;

	for (i = 0; i < count(g); i++)
		if (at(g, i)->peer == peer && at(g, i)->tag == tag)
			return at(g, i);
	return 0;
}

int
taken_has(const struct send *g, const char *id)
{
	size_t i;

	for (i = 0; i < count(g); i++)
		if (!strcmp(at(g, i)->id, id))
			return 1;
	return 0;
}

static void
drop(struct send *g, size_t i)
{
	struct taken *t = at(g, i), *last = at(g, count(g) - 1);

	free(t->to);
	stralloc_free(&t->ns);
	stralloc_free(&t->said);
	*t = *last;
	genalloc_setlen(struct taken, &g->taken, count(g) - 1);
}

/* A new connection: what it had is told anew. */
void
taken_begin(struct send *g, int peer)
{
	uint32_t i;
	size_t k;

	for (k = count(g); k-- > 0;)
		if (at(g, k)->peer == peer)
			drop(g, k);
	for (i = 0; i < g->ajobs; i++)
		if (g->jobs[i].used && g->jobs[i].peer == peer)
			g->jobs[i].seen = 0;
}

/* It is here, as far as its letter's recipients wait; else it is over. */
static void
bind(struct send *g, uint32_t m, size_t i)
{
	struct taken t = *at(g, i);
	uint32_t job = job_taken(g, m, &t);
	struct frame f;
	size_t pos;
	int used;

	if (job == NONE) {
		job_ack(g, t.peer, t.tag);
		drop(g, i);
		return;
	}
	/* who forwards leaves the job, with the last of them it is over */
	for (pos = 0; pos < t.said.len && g->jobs[job].used &&
	    g->jobs[job].tag == t.tag; pos += (size_t)used) {
		used = frame_scan(&f, t.said.s + pos, t.said.len - pos);
		if (used <= 0)
			break;
		report_apply(g, job, f.s, f.n);
	}
	drop(g, i);
}

void
taken_bind(struct send *g, uint32_t m)
{
	size_t i;

	/* bounces first: who is being bounced is not delivered to */
	for (i = count(g); i-- > 0;)
		if (at(g, i)->peer == PEER_BOUNCE &&
		    !strcmp(at(g, i)->id, g->mails[m].id))
			bind(g, m, i);
	for (i = count(g); i-- > 0;)
		if (!strcmp(at(g, i)->id, g->mails[m].id))
			bind(g, m, i);
}

static int
parse(struct taken *t, struct frame *f)
{
	char *s = f->s;
	size_t n = f->n;
	struct field x;
	uint64_t u;
	int used;

	for (; n; s += used, n -= (size_t)used) {
		uint32_t k;

		if ((used = field_scan(&x, s, n)) <= 0)
			return 0;
		if (field_is(&x, "id") && letter_isid(x.value, x.valuelen))
			memcpy(t->id, x.value, LETTER_ID_OCTETS + 1);
		else if (field_is(&x, "to") && !t->to &&
		    x.valuelen < SITE_KEY_OCTETS &&
		    (t->to = malloc(x.valuelen + 1)))
			memcpy(t->to, x.value, x.valuelen + 1);
		else if (field_is(&x, "n") && field_uint(&x, &u)) {
			k = (uint32_t)u;
			if (!stralloc_catb(&t->ns, (char *)&k, sizeof k))
				return 0;
		}
	}
	return t->id[0] && t->to;
}

/* T: an order that is in hand. */
static void
take(struct send *g, int peer, struct frame *f)
{
	struct taken t = { .peer = (uint8_t)peer, .tag = f->tag };
	uint32_t job = job_find(g, peer, f->tag), i;

	if (job != NONE) {
		g->jobs[job].seen = 1;
		if (g->jobs[job].acked)
			frame_put(&g->peers[peer].s.out, 'A', f->tag, "", 0);
		return;
	}
	for (i = 0; i < ACKED && i < g->nacked; i++)
		if (g->ackedtag[i] == f->tag && g->ackedpeer[i] == peer) {
			frame_put(&g->peers[peer].s.out, 'A', f->tag, "", 0);
			return;
		}
	if (!parse(&t, f) || !genalloc_append(struct taken, &g->taken, &t)) {
		log_warn("what is in hand makes no sense");
		free(t.to);
		stralloc_free(&t.ns);
	}
}

/* T or V, of a delivery program. */
void
taken_frame(struct send *g, int peer, struct frame *f)
{
	struct taken *t;
	uint32_t job;

	if (f->type == 'T') {
		take(g, peer, f);
		return;
	}
	if ((job = job_find(g, peer, f->tag)) != NONE)
		report_apply(g, job, f->s, f->n);
	else if ((t = taken_find(g, peer, f->tag)))
		frame_put(&t->said, 'V', f->tag, f->s, f->n);
	else if (g->peers[peer].state == PEER_UP)	/* forgotten here */
		frame_put(&g->peers[peer].s.out, 'A', f->tag, "", 0);
}

/* An order that was lost: again, without what is known of it. */
static void
lose(struct send *g, uint32_t job)
{
	struct job *j = g->jobs + job;

	if (j->left) {
		if (j->foreign)
			g->foreign--;
		j->foreign = 0;
		sched_report(&g->s, job, SITE_LOST, 0, 0, g->now);
	}
}

/* G: it has said all. What it was given before and does not have is lost. */
void
taken_go(struct send *g, int peer)
{
	uint32_t i, m;
	size_t k;

	for (i = 0; i < g->ajobs; i++)
		if (g->jobs[i].used && g->jobs[i].peer == peer &&
		    !g->jobs[i].seen)
			lose(g, i);
	for (k = count(g); k-- > 0;) {
		if (at(g, k)->peer != peer)
			continue;
		m = mail_find(g, at(g, k)->id);
		if (m != NONE && !g->mails[m].defers) {
			bind(g, m, k);
			settle(g, m);
			continue;
		}
		at(g, k)->search = g->search + 1;
		g->searching = 1;
	}
}

/* A search through the queue, begun as number search, is over: what it did
 * not find is not there any more. */
void
taken_searched(struct send *g, uint32_t search)
{
	size_t k;

	for (k = count(g); k-- > 0;)
		if (at(g, k)->search <= search && at(g, k)->search &&
		    mail_find(g, at(g, k)->id) == NONE) {
			job_ack(g, at(g, k)->peer, at(g, k)->tag);
			drop(g, k);
		}
}
