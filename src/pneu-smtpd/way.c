#include "pneu-smtpd/smtpd.h"

#include <errno.h>
#include <string.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/verdict.h"

/* Big letters may hold half of the ways, so that small ones pass by. */
static int
mayuse(const struct smtpd *m, int big)
{
	return !big || m->bigs < (m->maxways + 1) / 2;
}

/* The open and unused way that was used last: so the others get idle. */
static struct way *
unused(struct smtpd *m)
{
	struct way *best = 0;
	unsigned int i;

	for (i = 0; i < SMTPD_WAYS; i++) {
		struct way *w = m->ways + i;

		if (w->stream.fd >= 0 && !w->user &&
		    (!best || w->idle > best->idle))
			best = w;
	}
	return best;
}

/* Open another. 0 with errno if that cannot be. */
static struct way *
another(struct smtpd *m)
{
	struct way *w = m->ways;
	int fd;

	if (m->nways >= m->maxways)
		return (errno = EAGAIN, (struct way *)0);
	while (w->stream.fd >= 0)
		w++;
	fd = run_connect("intake", "intake");
	if (fd < 0)
		return 0;
	stream_open(&w->stream, fd);
	w->user = 0;
	m->nways++;
	return w;
}

static void
take(struct way *w, struct conn *c, int big)
{
	w->user = c;
	w->big = (char)big;
	w->ended = 0;
	w->tag = ++c->m->tag;
	c->way = w;
	c->m->bigs += (unsigned int)big;
}

static void
give_back(struct smtpd *m, struct way *w)
{
	if (!w->user)
		return;
	m->bigs -= (unsigned int)w->big;
	w->user->way = 0;
	w->user->dirty = 1;
	w->user = 0;
	w->idle = m->now;
}

/* w is of no more use; its letter's session is told so. */
static void
broken(struct smtpd *m, struct way *w)
{
	struct conn *c = w->user;

	stream_close(&w->stream);
	m->nways--;
	give_back(m, w);
	if (c)
		session_verdict(&c->s, 0, m->now);
}

int
way_isfull(const struct way *w)
{
	return stream_pending(&w->stream) > SMTPD_WAY_OCTETS;
}

int
way_begin(struct conn *c, int big)
{
	struct smtpd *m = c->m;
	struct way *w = 0;

	if (mayuse(m, big) && (!m->first || !big) && !(w = unused(m)) &&
	    !(w = another(m)) && !m->nways && errno != EAGAIN) {
		log_warnsys("unable to connect to run/intake/intake");
		return -1;
	}
	if (w) {
		take(w, c, big);
		return 1;
	}
	c->waits = big ? 2 : 1;
	c->next = 0;
	if (m->first)
		m->last->next = c;
	else
		m->first = c;
	m->last = c;
	return 0;
}

/* c stands in line no more. */
static void
leave_line(struct conn *c)
{
	struct smtpd *m = c->m;
	struct conn **p = &m->first, *before = 0;

	if (!c->waits)
		return;
	while (*p != c) {
		before = *p;
		p = &before->next;
	}
	*p = c->next;
	if (m->last == c)
		m->last = before;
	c->waits = 0;
}

int
way_send(struct conn *c, char type, const char *s, size_t n)
{
	struct smtpd *m = c->m;
	struct way *w = c->way;

	leave_line(c);
	if (!w)
		return type == 'A';
	if (type == 'A' && (w->ended || way_isfull(w))) {
		/* its verdict may be anything: no other letter's; and who
		 * takes nothing takes no other letter */
		stream_close(&w->stream);
		m->nways--;
		give_back(m, w);
		return 1;
	}
	if (!frame_put(&w->stream.out, type, w->tag, s, n))
		return 0;
	if (type == 'A')
		give_back(m, w);
	else if (type == 'X')
		w->ended = 1;
	return 1;
}

void
way_drop(struct conn *c)
{
	way_send(c, 'A', 0, 0);
}

static int
verdict(struct smtpd *m, struct way *w, struct frame *f)
{
	struct verdict v;
	struct conn *c = w->user;

	if (f->type != 'V' || verdict_scan(&v, f->s, f->n) < 0)
		return (errno = EPROTO, -1);
	if (!c || f->tag != w->tag)
		return 0;	/* early, and crossed by our A */
	if (w->ended)
		give_back(m, w);
	session_verdict(&c->s, &v, m->now);
	c->dirty = 1;
	return 0;
}

void
way_read(struct smtpd *m, struct way *w)
{
	struct frame f;
	ssize_t r = stream_fill(&w->stream);
	int got;

	while ((got = stream_next(&w->stream, &f)) > 0)
		if ((got = verdict(m, w, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("run/intake/intake");
	if (r < 0 || got < 0)
		broken(m, w);
}

/* Serve those in line: all of them if nothing can be had at all. */
static void
serve(struct smtpd *m)
{
	struct conn *c, *next;

	for (c = m->first; c; c = next) {
		struct way *w;
		int big = c->waits == 2;

		next = c->next;
		if (!mayuse(m, big))
			continue;
		if (!(w = unused(m)) && !(w = another(m))) {
			if (m->nways || errno == EAGAIN)
				return;
			log_warnsys("unable to connect to run/intake/intake");
		}
		leave_line(c);
		if (w)
			take(w, c, big);
		session_granted(&c->s, w != 0, m->now);
		c->dirty = 1;
	}
}

void
way_turn(struct smtpd *m)
{
	unsigned int i;

	if (m->first)
		serve(m);
	for (i = 0; i < SMTPD_WAYS && m->nways; i++) {
		struct way *w = m->ways + i;

		if (w->stream.fd < 0)
			continue;
		if (stream_pending(&w->stream)) {
			int full = way_isfull(w);

			if (stream_flush(&w->stream) < 0)
				broken(m, w);
			else if (w->user && full && !way_isfull(w))
				w->user->dirty = 1;
		} else if (!w->user && m->now >= w->idle + SMTPD_WAY_IDLE_MS) {
			stream_close(&w->stream);
			m->nways--;
		}
	}
}
