#include "job.h"

#include <errno.h>
#include <string.h>

#include "header.h"
#include "look.h"
#include "plan.h"
#include "run/log.h"
#include "wire/envelope.h"
#include "wire/field.h"

#define UNSENT_OCTETS 131072	/* more is not read while so much waits */
#define TRIES 100		/* boundaries */

static void
end(struct job *j, struct job_end *e, char kind, const char *code,
    const char *text, size_t n)
{
	if (n > VERDICT_TEXT_OCTETS)
		n = VERDICT_TEXT_OCTETS;
	memcpy(e->text, text, n);
	e->text[n] = 0;
	e->kind = kind;
	e->code = code;
	e->sent = 0;
	j->phase = JOB_IDLE;
	j->order = 0;
	tain_addsec_g(&j->due, JOB_IDLE_S);
}

static void
later(struct job *j, struct job_end *e, const char *text)
{
	end(j, e, VERDICT_LATER, "4.3.0", text, strlen(text));
}

static int
no_memory(struct job *j, struct job_end *e)
{
	later(j, e, "out of memory");
	return 0;
}

/* Look at the original: all of it if it may come back whole, or its first
 * part, in which the header is. Of a damaged one nothing comes back, but
 * its sender is told. Returns 1, 2 if it is damaged, 0 if the job has
 * ended. */
static int
look(struct job *j, struct job_end *e, struct look *l, int whole, char *buf)
{
	struct hand_reader r;
	ssize_t n;

	hand_reader_init(&r, j->order);
	look_init(l, j->dsn.boundary);
	do {
		n = hand_read(&r, buf, JOB_CHUNK_OCTETS);
		if (n < 0) {
			log_warnsys(j->order->o.id, ": unable to read");
			if (errno != EBADMSG) {
				later(j, e, "unable to read the letter");
				return 0;
			}
			look_init(l, j->dsn.boundary);
			return 2;
		}
		look_take(l, buf, (size_t)n);
	} while (n && whole);
	look_end(l);
	return 1;
}

/* Choose a boundary that is not in the original, and whether that comes
 * back whole. */
static int
prepare(struct job *j, struct job_end *e, struct look *l, uint64_t limit,
    char *buf)
{
	int whole = plan_iswhole(&j->order->o, limit);
	unsigned int try;
	int r;

	for (try = 0; try < TRIES; try++) {
		dsn_boundary(&j->dsn, try);
		r = look(j, e, l, whole, buf);
		if (!r)
			return 0;
		if (r == 2)
			whole = 0;
		if (!l->found)
			break;
	}
	j->dsn.headers = !whole || l->longline || l->found;
	j->dsn.eightbit = j->dsn.headers ? l->header8bit &&
	    !plan_isform(&j->order->o) : l->eightbit;
	return 1;
}

/* "E" and as many "M" as it takes. */
static int
put_envelope(struct job *j)
{
	struct envelope v = ENVELOPE_ZERO;
	ssize_t at = frame_begin(&j->s.out, 'E', j->tag);
	int r;

	v.sender = "";
	v.parent = j->order->o.id;
	v.body = j->dsn.eightbit ? "8BITMIME" : "7BIT";
	v.smtputf8 = j->order->o.smtputf8;
	r = at >= 0 && envelope_add(&v, j->dsn.to) &&
	    envelope_put(&j->s.out, &v) && frame_end(&j->s.out, at);
	envelope_free(&v);
	return r;
}

static int
put_text(struct job *j)
{
	const char *s = j->text.s;
	size_t n = j->text.len, len;

	for (; n; s += len, n -= len) {
		len = n < JOB_CHUNK_OCTETS ? n : JOB_CHUNK_OCTETS;
		if (!frame_put(&j->s.out, 'M', j->tag, s, len))
			return 0;
	}
	j->text.len = 0;
	return 1;
}

/* The last boundary and the end of the letter. */
static int
put_end(struct job *j)
{
	if (!dsn_tail(&j->text, &j->dsn) || !put_text(j) ||
	    !frame_put(&j->s.out, 'X', j->tag, "", 0))
		return 0;
	j->phase = JOB_WAIT;
	return 1;
}

/* The header comes back, and that is all. */
static int
put_header(struct job *j, const struct look *l, char *buf)
{
	size_t max = l->headerlen < JOB_HEADER_OCTETS ?
	    (size_t)l->headerlen : JOB_HEADER_OCTETS;
	struct hand_reader r;
	ssize_t n;

	hand_reader_init(&r, j->order);
	n = max ? hand_read(&r, buf, max) : 0;
	return n >= 0 && header_put(&j->text, buf, (size_t)n,
	    !j->dsn.eightbit) && put_end(j);
}

static int
start(struct job *j, const struct look *l, char *buf)
{
	j->tag++;
	j->text.len = 0;
	j->last = -1;
	tain_addsec_g(&j->due, JOB_S);
	if (!put_envelope(j) || !dsn_head(&j->text, &j->dsn))
		return 0;
	if (j->dsn.headers)
		return put_header(j, l, buf);
	hand_reader_init(&j->reader, j->order);
	j->phase = JOB_BODY;
	return put_text(j);
}

/* Who is told? The postmaster if the sender cannot be. Returns 1, or 0 and
 * the job has ended. */
static int
tell(struct job *j, struct job_end *e, const struct conf *c, int isdouble)
{
	const struct order *o = &j->order->o;
	int r;

	j->addr.len = 0;
	if (!plan_notice(&j->addr, conf_str(c, 2bounce_notice_recipient),
	    conf_str(c, myorigin)))
		return no_memory(j, e);
	r = plan_tell(&j->told, o, j->addr.s, &j->dsn.to);
	if (r < 0)
		return no_memory(j, e);
	j->dsn.isdouble = isdouble || !*o->sender;
	if (isdouble)
		j->dsn.to = j->addr.s;
	j->dsn.told = j->told.s;
	if (r)
		return 1;
	if (j->dsn.isdouble)
		log_warn(o->id, ": undeliverable postmaster notification "
		    "discarded");
	end(j, e, VERDICT_DONE, "2.0.0", "nobody is to be told", 20);
	return 0;
}

void
job_begin(struct job *j, struct job_end *e, struct hand_order *o,
    const struct conf *c, char *buf, uint64_t now, int isdouble)
{
	struct look l;
	size_t was = j->s.out.len;

	memset(&j->dsn, 0, sizeof j->dsn);
	e->kind = 0;
	j->order = o;
	j->dsn.o = &o->o;
	j->dsn.host = conf_str(c, myhostname);
	j->dsn.now = now;
	if (!tell(j, e, c, isdouble) ||
	    !prepare(j, e, &l, conf_num(c, bounce_size_limit), buf))
		return;
	if (j->dsn.isdouble && l.isdouble) {
		log_warn(o->o.id, ": undeliverable postmaster notification "
		    "discarded");
		end(j, e, VERDICT_DONE, "2.0.0", "discarded", 9);
		return;
	}
	if (!start(j, &l, buf)) {
		j->s.out.len = was;
		no_memory(j, e);
	}
}

/* Read on until enough waits to be sent. Returns 1, or 0: take it back. */
static int
body(struct job *j)
{
	stralloc *out = &j->s.out;
	ssize_t at, n;

	while (j->phase == JOB_BODY && stream_pending(&j->s) < UNSENT_OCTETS) {
		at = frame_begin(out, 'M', j->tag);
		if (at < 0 || !stralloc_readyplus(out, JOB_CHUNK_OCTETS))
			return 0;
		n = hand_read(&j->reader, out->s + out->len,
		    JOB_CHUNK_OCTETS);
		if (n <= 0)
			out->len = (size_t)at;
		if (n < 0)
			return 0;
		if (n) {
			j->last = (unsigned char)out->s[out->len +
			    (size_t)n - 1];
			out->len += (size_t)n;
			if (!frame_end(out, at))
				return 0;
		} else if ((j->last != -1 && j->last != '\n' &&
		    !stralloc_cats(&j->text, "\n")) || !put_end(j))
			return 0;
	}
	return 1;
}

static void
answer(struct job *j, struct job_end *e, const struct frame *f)
{
	struct verdict v;

	if (f->type != 'V' || f->tag != j->tag || j->phase == JOB_IDLE ||
	    verdict_scan(&v, f->s, f->n) < 0) {
		stream_close(&j->s);
		return;
	}
	/* A verdict before the end: the rest is not wanted. */
	if (j->phase == JOB_BODY && !frame_put(&j->s.out, 'A', j->tag, "", 0))
		stream_close(&j->s);
	if (v.kind == VERDICT_DONE)
		end(j, e, VERDICT_DONE, "2.0.0", v.text, v.textlen);
	else if (v.kind == VERDICT_NEVER)
		end(j, e, VERDICT_NEVER, "5.3.0", v.text, v.textlen);
	else
		end(j, e, VERDICT_LATER, "4.3.0", v.text, v.textlen);
	e->sent = v.kind == VERDICT_DONE;
}

static void
hear(struct job *j, struct job_end *e)
{
	struct frame f;
	int r = 0;

	if (stream_fill(&j->s) < 0) {
		stream_close(&j->s);
		return;
	}
	while (j->s.fd >= 0 && (r = stream_next(&j->s, &f)) > 0)
		answer(j, e, &f);
	if (r < 0)
		stream_close(&j->s);
}

void
job_go(struct job *j, struct job_end *e, const iopause_fd *x)
{
	e->kind = 0;
	if (x && x->revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		hear(j, e);
	if (j->s.fd >= 0 && !body(j)) {
		log_warnsys(j->order->o.id, ": unable to read");
		frame_put(&j->s.out, 'A', j->tag, "", 0);
		later(j, e, "unable to read the letter");
	}
	if (j->s.fd >= 0 && stream_pending(&j->s) && stream_flush(&j->s) < 0)
		stream_close(&j->s);
	if (j->s.fd < 0 && j->phase != JOB_IDLE)
		later(j, e, "connection to pneu-queue lost");
}

void
job_iopause(const struct job *j, iopause_fd *x)
{
	x->fd = j->s.fd;
	x->events = stream_events(&j->s);
	x->revents = 0;
}

void
job_timeout(struct job *j, struct job_end *e)
{
	e->kind = 0;
	stream_close(&j->s);
	if (j->phase != JOB_IDLE)
		later(j, e, "no answer from pneu-queue");
}
