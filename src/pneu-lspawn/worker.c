#include "pneu-lspawn/worker.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <skalibs/strerr.h>

#include "run/log.h"

#define PART_OCTETS 65536	/* of an M frame, doc/PROTOCOLS 1 */

void
jobs_add(struct jobs *q, struct job *j)
{
	j->next = 0;
	*(q->last ? &q->last->next : &q->first) = j;
	q->last = j;
}

struct job *
jobs_shift(struct jobs *q)
{
	struct job *j = q->first;

	if (!j)
		return 0;
	q->first = j->next;
	if (!q->first)
		q->last = 0;
	return j;
}

void
jobs_unshift(struct jobs *q, struct job *j)
{
	j->next = q->first;
	q->first = j;
	if (!q->last)
		q->last = j;
}

void
jobs_remove(struct jobs *q, struct job *j)
{
	struct job *p = 0, *i = q->first;

	for (; i != j; i = i->next)
		p = i;
	*(p ? &p->next : &q->first) = j->next;
	if (q->last == j)
		q->last = p;
}

static const char *
relay(const struct worker *w)
{
	return *w->user.s ? "local" : "virtual";
}

/* Out of memory for a verdict: nothing better than to start over. */
static void
check(int r)
{
	if (r < 0)
		strerr_diefusys(111, "report");
}

void
order_fail(struct hand *h, struct hand_order *o, int site, const char *code,
    ...)
{
	struct report r = REPORT_ZERO;
	stralloc text = STRALLOC_ZERO;
	const char *s;
	va_list ap;

	va_start(ap, code);
	while ((s = va_arg(ap, const char *)))
		if (!stralloc_cats(&text, s))
			strerr_diefusys(111, "report");
	va_end(ap);
	if (!stralloc_0(&text))
		strerr_diefusys(111, "report");
	r.relay = strncmp(o->o.to, "user:", 5) ? "virtual" : "local";
	r.site = site;
	verdict_set(&r.verdict, VERDICT_LATER, code, 0, text.s);
	check(hand_rest(h, o, &r));
	stralloc_free(&text);
}

void
worker_give(struct worker *w, struct job *j)
{
	j->state = JOB_WAITS;
	jobs_add(&w->jobs, j);
	if (!w->feeding)
		w->feeding = j;
}

static void
nomem(int good)
{
	if (!good)
		strerr_diefusys(111, "send an order");
}

/* Done with j before its process was. */
static void
give_up(struct worker *w, struct job *j, struct hand *h, struct jobs *spare,
    const char *code, const char *what, const char *why)
{
	w->feeding = j->next;
	log_warn(j->o->o.id, ": unable to ", what, ": ", why);
	order_later(h, j->o, 0, code, "unable to ", what, ": ", why);
	jobs_remove(&w->jobs, j);
	jobs_add(spare, j);
}

static void
feed_order(struct worker *w, struct job *j, struct hand *h,
    struct jobs *spare)
{
	ssize_t at = frame_begin(&w->s.out, 'O', j->o->tag);

	nomem(at >= 0 && order_put(&w->s.out, &j->o->o));
	if (!frame_end(&w->s.out, at)) {
		give_up(w, j, h, spare, "4.3.0", "pass the order on",
		    strerror(errno));
		return;
	}
	hand_reader_init(&j->r, j->o);
	j->state = JOB_GOES;
}

/* The message has gone. What becomes of it is the process's to say. */
static void
feed_end(struct worker *w, struct job *j)
{
	nomem(frame_put(&w->s.out, 'X', j->o->tag, "", 0));
	j->state = JOB_GONE;
	w->feeding = j->next;
}

static void
feed_abort(struct worker *w, struct job *j, struct hand *h,
    struct jobs *spare)
{
	int damaged = errno == EBADMSG;
	const char *why = damaged ? "it is not what was committed" :
	    strerror(errno);

	nomem(frame_put(&w->s.out, 'A', j->o->tag, "", 0));
	give_up(w, j, h, spare, damaged ? "4.3.5" : "4.3.0",
	    "read the message", why);
}

static void
feed_part(struct worker *w, struct job *j, struct hand *h,
    struct jobs *spare)
{
	uint64_t left = j->r.end - j->r.at;
	size_t max = left < PART_OCTETS ? (size_t)left : PART_OCTETS;
	ssize_t at, r = 0;

	if (!left) {
		feed_end(w, j);
		return;
	}
	at = frame_begin(&w->s.out, 'M', j->o->tag);
	nomem(at >= 0 && stralloc_readyplus(&w->s.out, max));
	r = hand_read(&j->r, w->s.out.s + w->s.out.len, max);
	if (r <= 0) {
		w->s.out.len = (size_t)at;
		feed_abort(w, j, h, spare);
		return;
	}
	w->s.out.len += (size_t)r;
	nomem(frame_end(&w->s.out, at));
}

ssize_t
worker_feed(struct worker *w, struct hand *h, struct jobs *spare)
{
	size_t sent = 0, before;
	int r;

	do {
		while (w->feeding &&
		    stream_pending(&w->s) < WORKER_FEED_OCTETS) {
			if (w->feeding->state == JOB_WAITS)
				feed_order(w, w->feeding, h, spare);
			else
				feed_part(w, w->feeding, h, spare);
		}
		before = stream_pending(&w->s);
		if (!before)
			break;
		r = stream_flush(&w->s);
		if (r < 0)
			return -1;
		sent += before - stream_pending(&w->s);
	} while (r > 0 && w->feeding);
	return (ssize_t)sent;
}

struct job *
worker_job(const struct worker *w, uint32_t tag)
{
	struct job *j = w->jobs.first;

	while (j && j->o->tag != tag)
		j = j->next;
	return j;
}

/* Only the verdict and the times are its to say. Returns 1 if the order is
 * finished, and not ours any more, 0 if not, -1 if what it says is wrong. */
static int
report(struct worker *w, struct hand *h, struct job *j, char *s, size_t n)
{
	struct report r = { .ns = w->ns };
	int used, last = 0;

	while (!last && (used = report_scan(&r, s, n)) > 0) {
		w->ns = r.ns;
		last = genalloc_len(uint32_t, &r.ns) == j->o->left;
		r.relay = relay(w);
		r.site = 0;
		if (hand_report(h, j->o, &r) < 0) {
			check(errno == ENOMEM ? -1 : 0);
			return -1;
		}
		s += used;
		n -= (size_t)used;
	}
	w->ns = r.ns;
	return last ? 1 : used;
}

int
worker_hear(struct worker *w, struct hand *h, const struct frame *f,
    struct jobs *spare)
{
	struct job *j = f->type == 'V' ? worker_job(w, f->tag) : 0;
	int r;

	if (!j || (j->state != JOB_GONE && j->state != JOB_COMMITS))
		return (errno = EPROTO, -1);
	r = report(w, h, j, f->s, f->n);
	if (r > 0) {
		jobs_remove(&w->jobs, j);
		jobs_add(spare, j);
	}
	return r < 0 ? (errno = EPROTO, -1) : 1;
}

ssize_t
worker_take(struct worker *w, struct hand *h, struct jobs *spare)
{
	struct frame f;
	ssize_t n = 0;
	int r;

	if (stream_fill(&w->s) < 0)
		return -1;
	while ((r = stream_next(&w->s, &f)) > 0) {
		if (worker_hear(w, h, &f, spare) < 0)
			return -1;
		n++;
	}
	return r < 0 ? -1 : n;
}

void
worker_fail(struct worker *w, struct hand *h, struct jobs *spare,
    int site, const char *why)
{
	struct job *j;

	while ((j = jobs_shift(&w->jobs))) {
		order_later(h, j->o, site, "4.3.0", "delivery process of ",
		    *w->user.s ? w->user.s : "virtual mailboxes", " ", why);
		jobs_add(spare, j);
	}
	w->feeding = 0;
}
