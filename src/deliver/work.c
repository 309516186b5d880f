#include "deliver/work.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>

#include "deliver/slow.h"
#include "run/now.h"

#define READ_OCTETS 65536

struct work {
	const struct place *p;
	const struct verdict *why;
	int in, out;
	int coming;			/* a letter's O has come, its X not */
	int entered;			/* looked at the place, this turn */
	int refuses;			/* it may not be delivered to */
	struct verdict refusal;
	stralloc reason;
	struct maildir_namer namer;
	struct batch batch;
	stralloc req, ans;
};

static int
send_answers(struct work *w)
{
	if (allwrite(w->out, w->ans.s, w->ans.len) < w->ans.len)
		return -1;
	w->ans.len = 0;
	return 0;
}

static int
flush(void *x)
{
	return send_answers(x);
}

static int
serve_slow(struct work *w)
{
	struct slow s = { &w->batch, w->p, &w->ans, flush, w };

	return slow_serve(&s);
}

static int
commit(struct work *w)
{
	if (!w->batch.n)
		return 0;
	batch_commit(&w->batch);
	if (w->batch.nslow && serve_slow(w) < 0)
		return -1;
	if (!batch_report(&w->batch, w->p, now_ms(), &w->ans))
		return -1;
	return send_answers(w);
}

/* The place is looked at anew for each turn: homes come and go. */
static const struct verdict *
refusal(struct work *w)
{
	if (w->why)
		return w->why;
	if (!w->entered)
		w->refuses = !place_enter(w->p, &w->refusal, &w->reason);
	w->entered = 1;
	return w->refuses ? &w->refusal : 0;
}

static int
begin(struct work *w, const struct frame *f)
{
	struct letter *l;

	if (w->coming)
		return (errno = EPROTO, -1);
	if (batch_isfull(&w->batch) && commit(w) < 0)
		return -1;
	if (!(l = batch_next(&w->batch)) ||
	    letter_begin(l, f, w->p, refusal(w), now_ms()) < 0)
		return -1;
	w->coming = 1;
	return 0;
}

static int
take(struct work *w, const struct frame *f)
{
	struct letter *l;

	if (f->type == 'O')
		return begin(w, f);
	if (!w->coming || !(l = batch_next(&w->batch)) || f->tag != l->tag)
		return (errno = EPROTO, -1);
	switch (f->type) {
	case 'M':
		letter_part(l, &w->namer, f->s, f->n);
		return 0;
	case 'X':
		letter_end(l, &w->namer);
		batch_add(&w->batch);
		break;
	case 'A':
		letter_drop(l);
		break;
	default:
		return (errno = EPROTO, -1);
	}
	w->coming = 0;
	return 0;
}

static int
take_all(struct work *w)
{
	struct frame f;
	size_t at = 0;
	int used;

	while ((used = frame_scan(&f, w->req.s + at, w->req.len - at)) > 0) {
		if (take(w, &f) < 0)
			return -1;
		at += (size_t)used;
	}
	if (used < 0)
		return (errno = EPROTO, -1);
	w->req.len -= at;
	memmove(w->req.s, w->req.s + at, w->req.len);
	return 0;
}

/* 1 if a read would find something, or the end. */
static int
ismore(int fd)
{
	struct pollfd x = { .fd = fd, .events = POLLIN };

	return poll(&x, 1, 0) > 0;
}

/* Read and do what is at hand. A short read has taken all of it. Returns 1,
 * 0 at the end, -1. */
static int
turn(struct work *w)
{
	ssize_t r;

	w->entered = 0;
	do {
		if (!stralloc_readyplus(&w->req, READ_OCTETS))
			return -1;
		r = read(w->in, w->req.s + w->req.len, READ_OCTETS);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return (int)r;
		w->req.len += (size_t)r;
		if (take_all(w) < 0)
			return -1;
	} while (r < 0 || (r == READ_OCTETS && ismore(w->in)));
	return commit(w) < 0 ? -1 : 1;
}

int
work_run(const struct place *p, const struct verdict *why, int in, int out)
{
	struct work *w = calloc(1, sizeof *w);
	int r, e;

	if (!w)
		return -1;
	w->p = p;
	w->why = why;
	w->in = in;
	w->out = out;
	umask(077);
	maildir_namer_init(&w->namer, p->host);
	while ((r = turn(w)) > 0)
		;
	e = errno;
	if (w->coming)
		letter_drop(w->batch.l[w->batch.n]);
	/* Whole letters that came with the end are delivered; after an error
	 * they would not be reported. */
	if (r < 0)
		batch_drop(&w->batch);
	else if (commit(w) < 0) {
		r = -1;
		e = errno;
	}
	batch_free(&w->batch);
	stralloc_free(&w->reason);
	stralloc_free(&w->req);
	stralloc_free(&w->ans);
	free(w);
	errno = e;
	return r;
}
