#include "alias.h"

#include <string.h>

#include "run/log.h"
#include "wire/field.h"
#include "wire/route.h"

#define LIST_OCTETS 262144	/* of a list's answer that wait at a time */

static int
say(struct stream *s, uint32_t tag, const struct route *r)
{
	ssize_t at = frame_begin(&s->out, 'R', tag);

	return at >= 0 && route_put(&s->out, r) && frame_end(&s->out, at);
}

/* P: a recipient with a target. Returns 1, or 0 if it is malformed. */
static int
answer_target(struct alias *a, struct stream *s, const struct frame *f)
{
	const char *rcpt = 0, *target = 0;
	char *p = f->s;
	size_t n = f->n, rcptlen = 0, targetlen = 0;
	struct field x;
	int used, listed = 0;

	for (; n; p += used, n -= (size_t)used) {
		used = field_scan(&x, p, n);
		if (used <= 0)
			return 0;
		if (field_is(&x, "rcpt")) {
			rcpt = x.value;
			rcptlen = x.valuelen;
		} else if (field_is(&x, "target")) {
			target = x.value;
			targetlen = x.valuelen;
		}
	}
	if (!rcpt || !targetlen || targetlen > TARGET_OCTETS)
		return 0;
	if (*target == TARGET_COMMAND || *target == TARGET_FILE) {
		if (a->lister >= 0)
			return -1;
		listed = expand_has(&a->expand, &a->listing, rcpt, rcptlen,
		    target, targetlen, &a->setup);
	}
	decide_target(&a->decision, rcpt, rcptlen, target, targetlen, listed,
	    &a->setup);
	return say(s, f->tag, &a->decision.route);
}

/* Go on with the list, as far as there is room. Returns 0 on error. */
static int
list(struct alias *a, struct stream *s)
{
	const char *t;
	size_t n;
	int r = 1;

	while (stream_pending(s) < LIST_OCTETS &&
	    (r = expand_next(&a->expand, &t, &n)) > 0)
		if (!frame_put(&s->out, 'T', a->listtag, t, n))
			return 0;
	if (r > 0)
		return 1;
	expand_end(&a->expand);
	a->lister = -1;
	return say(s, a->listtag, &a->listing.route);
}

/* X: what is in the list? */
static int
begin_list(struct alias *a, struct stream *s, const struct frame *f)
{
	if (a->lister >= 0)
		return -1;
	if (!expand_begin(&a->expand, &a->listing, f->s, f->n, &a->setup))
		return say(s, f->tag, &a->listing.route);
	a->lister = s->fd;
	a->listtag = f->tag;
	return list(a, s);
}

/* Answer one question. Returns 1; -1: not now, a list is being said; 0 to end
 * the connection. */
static int
answer(struct alias *a, struct stream *s, const struct frame *f)
{
	switch (f->type) {
	case 'Q':
		decide(&a->decision, f->s, f->n, &a->setup);
		return say(s, f->tag, &a->decision.route);
	case 'P': return answer_target(a, s, f);
	case 'X': return begin_list(a, s, f);
	}
	log_warn("a frame of unknown type");
	return 0;
}

/* All questions that are there, up to one for a list. */
static int
answer_all(struct alias *a, struct client *c)
{
	struct stream *s = &c->s;
	struct frame f;
	int r = 0;

	c->waits = 0;
	while (a->lister != s->fd) {
		size_t pos = s->inpos;

		if ((r = stream_next(s, &f)) <= 0)
			break;
		r = answer(a, s, &f);
		if (r < 0) {
			s->inpos = pos;
			c->waits = 1;
			return 1;
		}
		if (!r)
			return 0;
	}
	return r >= 0;
}

int
ask_serve(struct alias *a, struct client *c, short revents)
{
	struct stream *s = &c->s;

	if (revents & (IOPAUSE_READ | IOPAUSE_EXCEPT) && stream_fill(s) < 0)
		return 0;
	if (a->lister == s->fd && !list(a, s))
		return 0;
	return answer_all(a, c) && stream_flush(s) >= 0;
}

short
ask_events(const struct alias *a, const struct client *c)
{
	if (a->lister == c->s.fd)
		return IOPAUSE_WRITE;
	if (c->waits)
		return stream_pending(&c->s) ? IOPAUSE_WRITE : 0;
	return stream_events(&c->s);
}

void
ask_over(struct alias *a, struct client *c)
{
	if (a->lister != c->s.fd)
		return;
	expand_end(&a->expand);
	a->lister = -1;
}
