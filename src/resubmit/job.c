#include "resubmit/resubmit.h"

#include <stdio.h>
#include <string.h>
#include <skalibs/uint32.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/crc32c.h"

#define UNSENT_OCTETS 131072	/* more is not read while so much waits */

void
resubmit_end(struct resubmit_job *j, struct resubmit_end *e, char kind,
    const char *code, const char *text, size_t n)
{
	if (n > VERDICT_TEXT_OCTETS)
		n = VERDICT_TEXT_OCTETS;
	memcpy(e->text, text, n);
	e->text[n] = 0;
	e->kind = kind;
	memcpy(e->code, code, strlen(code) + 1);
	e->sent = 0;
	e->action = 0;
	j->phase = RESUBMIT_IDLE;
	j->order = 0;
	tain_addsec_g(&j->due, RESUBMIT_IDLE_S);
}

void
resubmit_later(struct resubmit_job *j, struct resubmit_end *e,
    const char *text)
{
	resubmit_end(j, e, VERDICT_LATER, "4.3.0", text, strlen(text));
}

/* As many frames as it takes, each of whole lines. */
static int
put_lines(struct resubmit_job *j, const char *s, size_t n)
{
	size_t len;

	for (; n; s += len, n -= len) {
		len = n;
		if (len > RESUBMIT_CHUNK_OCTETS)
			for (len = RESUBMIT_CHUNK_OCTETS; s[len - 1] != '\n';)
				len--;
		if (!frame_put(&j->s.out, 'E', j->tag, s, len))
			return 0;
	}
	return 1;
}

int
resubmit_envelope(struct resubmit_job *j, const struct envelope *v)
{
	stralloc sa = STRALLOC_ZERO;
	int r;

	j->tag++;
	j->text.len = 0;
	j->last = -1;
	tain_addsec_g(&j->due, RESUBMIT_S);
	r = envelope_put(&sa, v) && put_lines(j, sa.s, sa.len);
	stralloc_free(&sa);
	return r;
}

const char *
resubmit_step(struct resubmit_job *j, const char *kind, const char *told)
{
	const struct order *o = &j->order->o;
	uint32_t crc = 0, first = 0, n = 0;
	size_t i;

	for (i = 0; i < order_nrcpts(o); i++) {
		char be[4];

		if (told && !told[i])
			continue;
		if (!n++)
			first = order_rcpt(o, i)->n;
		uint32_pack_big(be, order_rcpt(o, i)->n);
		crc = crc32c(crc, be, sizeof be);
	}
	snprintf(j->step, sizeof j->step, "%s %lu %lu %08lx", kind,
	    (unsigned long)first, (unsigned long)n, (unsigned long)crc);
	return j->step;
}

/* j->text, to the message. */
static int
put_text(struct resubmit_job *j)
{
	const char *s = j->text.s;
	size_t n = j->text.len, len;

	for (; n; s += len, n -= len) {
		len = n < RESUBMIT_CHUNK_OCTETS ? n : RESUBMIT_CHUNK_OCTETS;
		if (!frame_put(&j->s.out, 'M', j->tag, s, len))
			return 0;
	}
	j->text.len = 0;
	return 1;
}

int
resubmit_original(struct resubmit_job *j)
{
	hand_reader_init(&j->reader, j->order);
	j->phase = RESUBMIT_BODY;
	return put_text(j);
}

int
resubmit_finish(struct resubmit_job *j)
{
	if (!put_text(j) || !frame_put(&j->s.out, 'X', j->tag, "", 0))
		return 0;
	j->phase = RESUBMIT_WAIT;
	return 1;
}

int
resubmit_ask(struct resubmit_job *j, struct resubmit_end *e, char type,
    const char *s, size_t n)
{
	int fd;

	if (j->alias.fd < 0) {
		fd = run_connect("alias", "alias");
		if (fd < 0) {
			resubmit_later(j, e, "pneu-alias is not to be reached");
			return 1;
		}
		stream_open(&j->alias, fd);
	}
	tain_addsec_g(&j->due, RESUBMIT_S);
	j->phase = RESUBMIT_ASK;
	return frame_put(&j->alias.out, type, j->tag, s, n);
}

void
resubmit_begin(const struct resubmit *r, struct resubmit_job *j,
    struct resubmit_end *e, struct hand_order *o, const struct conf *c,
    char *buf, uint64_t now)
{
	size_t was = j->s.out.len;

	e->kind = 0;
	j->order = o;
	j->action = 0;
	if (!r->begin(j, e, c, buf, now)) {
		j->s.out.len = was;
		resubmit_later(j, e, "out of memory");
	}
}

/* The original has been read to its end. */
static int
end_body(const struct resubmit *r, struct resubmit_job *j)
{
	return (j->last == -1 || j->last == '\n' ||
	    stralloc_cats(&j->text, "\n")) &&
	    (!r->tail || r->tail(j)) && resubmit_finish(j);
}

/* Read on until enough waits to be sent. Returns 1, or 0: take it back. */
static int
body(const struct resubmit *r, struct resubmit_job *j)
{
	stralloc *out = &j->s.out;
	ssize_t at, n;

	while (j->phase == RESUBMIT_BODY &&
	    stream_pending(&j->s) < UNSENT_OCTETS) {
		at = frame_begin(out, 'M', j->tag);
		if (at < 0 || !stralloc_readyplus(out, RESUBMIT_CHUNK_OCTETS))
			return 0;
		n = hand_read(&j->reader, out->s + out->len,
		    RESUBMIT_CHUNK_OCTETS);
		if (n <= 0)
			out->len = (size_t)at;
		if (n < 0 || (!n && !end_body(r, j)))
			return 0;
		if (n) {
			j->last = (unsigned char)out->s[out->len +
			    (size_t)n - 1];
			out->len += (size_t)n;
			if (!frame_end(out, at))
				return 0;
		}
	}
	return 1;
}

static void
answer(struct resubmit_job *j, struct resubmit_end *e, const struct frame *f)
{
	struct verdict v;

	if (f->type != 'V' || f->tag != j->tag ||
	    (j->phase != RESUBMIT_BODY && j->phase != RESUBMIT_WAIT) ||
	    verdict_scan(&v, f->s, f->n) < 0) {
		stream_close(&j->s);
		return;
	}
	/* A verdict before the end: the rest is not wanted. */
	if (j->phase == RESUBMIT_BODY &&
	    !frame_put(&j->s.out, 'A', j->tag, "", 0))
		stream_close(&j->s);
	if (v.kind == VERDICT_DONE)
		resubmit_end(j, e, VERDICT_DONE, "2.0.0", v.text, v.textlen);
	else if (v.kind == VERDICT_NEVER)
		resubmit_end(j, e, VERDICT_NEVER, "5.3.0", v.text, v.textlen);
	else
		resubmit_end(j, e, VERDICT_LATER, "4.3.0", v.text, v.textlen);
	e->sent = v.kind == VERDICT_DONE;
	e->action = e->sent ? j->action : 0;
}

static void
hear(struct resubmit_job *j, struct resubmit_end *e)
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

/* The same from pneu-alias. */
static void
hear_alias(const struct resubmit *m, struct resubmit_job *j,
    struct resubmit_end *e, const struct conf *c)
{
	size_t was = j->s.out.len;
	struct frame f;
	int r = 0;

	if (stream_fill(&j->alias) < 0)
		r = -1;
	while (!r && j->phase == RESUBMIT_ASK &&
	    (r = stream_next(&j->alias, &f)) > 0) {
		if (f.tag == j->tag && !m->heard(j, e, c, &f)) {
			j->s.out.len = was;
			resubmit_later(j, e, "out of memory");
		}
		r = 0;
	}
	if (r < 0 || j->phase == RESUBMIT_IDLE)
		stream_close(&j->alias);
}

void
resubmit_go(const struct resubmit *r, struct resubmit_job *j,
    struct resubmit_end *e, const struct conf *c, const iopause_fd *x,
    const iopause_fd *xa)
{
	e->kind = 0;
	if (x && x->revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		hear(j, e);
	if (xa && xa->revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		hear_alias(r, j, e, c);
	if (j->s.fd >= 0 && !body(r, j)) {
		log_warnsys(j->order->o.id, ": unable to read");
		frame_put(&j->s.out, 'A', j->tag, "", 0);
		resubmit_later(j, e, "unable to read the letter");
	}
	if (j->s.fd >= 0 && stream_pending(&j->s) && stream_flush(&j->s) < 0)
		stream_close(&j->s);
	if (j->alias.fd >= 0 && stream_pending(&j->alias) &&
	    stream_flush(&j->alias) < 0)
		stream_close(&j->alias);
	if (j->phase == RESUBMIT_IDLE)
		return;
	if (j->s.fd < 0)
		resubmit_later(j, e, "connection to pneu-queue lost");
	else if (j->phase == RESUBMIT_ASK && j->alias.fd < 0)
		resubmit_later(j, e, "connection to pneu-alias lost");
}

void
resubmit_timeout(struct resubmit_job *j, struct resubmit_end *e)
{
	int asked = j->phase == RESUBMIT_ASK;

	e->kind = 0;
	stream_close(&j->alias);
	if (!asked)
		stream_close(&j->s);
	if (j->phase != RESUBMIT_IDLE)
		resubmit_later(j, e, asked ? "no answer from pneu-alias" :
		    "no answer from pneu-queue");
}
