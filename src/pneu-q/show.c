#include <skalibs/nonposix.h>	/* localtime_r: before all others */

#include "pneu-q/show.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <skalibs/types.h>

static int
put_heading(stralloc *sa, const char *what, const char *at)
{
	return stralloc_cats(sa, "*** ") && stralloc_cats(sa, what) &&
	    stralloc_append(sa, ' ') && stralloc_cats(sa, at) &&
	    stralloc_cats(sa, " ***\n");
}

static int
put_line(stralloc *sa, const char *name, const char *value)
{
	return !value || (stralloc_cats(sa, name) && stralloc_cats(sa, ": ") &&
	    stralloc_cats(sa, value) && stralloc_append(sa, '\n'));
}

static int
put_number(stralloc *sa, const char *name, uint64_t u)
{
	char fmt[UINT64_FMT];

	fmt[uint64_fmt(fmt, u)] = 0;
	return put_line(sa, name, fmt);
}

static void
set_time(char s[32], uint64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	if (!localtime_r(&t, &tm) ||
	    !strftime(s, 32, "%a %b %e %H:%M:%S %Y", &tm))
		s[0] = 0;
}

static const char *
status_word(char c)
{
	switch (c) {
	case LETTER_WAITING: return "waiting";
	case LETTER_DONE: return "delivered";
	case LETTER_FAILED: return "failed";
	case LETTER_SUCCEEDED: return "handed on";
	}
	return "unknown";
}

static int
put_rcpt(stralloc *sa, const struct envelope_rcpt *r, char status)
{
	return stralloc_cats(sa, "recipient: ") &&
	    stralloc_cats(sa, r->addr) && stralloc_cats(sa, " (") &&
	    stralloc_cats(sa, status_word(status)) &&
	    stralloc_cats(sa, ")\n") && put_line(sa, "notify", r->notify) &&
	    put_line(sa, "original recipient", r->orcpt);
}

static int
put_envelope(stralloc *sa, const struct show *w)
{
	const struct envelope *e = &w->env;
	char when[32];
	size_t i;

	set_time(when, e->time);
	if (!put_heading(sa, "ENVELOPE", w->at) ||
	    !put_line(sa, "queue id", w->head.id) ||
	    !put_line(sa, "arrival time", when) ||
	    !put_number(sa, "message size", w->head.msglen) ||
	    !put_line(sa, "origin", e->origin) ||
	    (e->has_uid && !put_number(sa, "uid", e->uid)) ||
	    !put_line(sa, "client", e->client) ||
	    !put_line(sa, "helo", e->helo) ||
	    !put_line(sa, "protocol", e->proto) ||
	    !put_line(sa, "login", e->login) ||
	    !put_line(sa, "mechanism", e->method) ||
	    !put_line(sa, "parent", e->parent) ||
	    !put_line(sa, "body", e->body) || !put_line(sa, "ret", e->ret) ||
	    !put_line(sa, "envelope id", e->envid) ||
	    !put_line(sa, "auth", e->auth) ||
	    (e->smtputf8 && !put_line(sa, "smtputf8", "yes")) ||
	    !put_line(sa, "sender", e->sender))
		return 0;
	for (i = 0; i < envelope_nrcpts(e); i++)
		if (!put_rcpt(sa, envelope_rcpt(e, i), i < w->head.nrcpts ?
		    w->status[i] : 0))
			return 0;
	return put_heading(sa, "MESSAGE CONTENTS", w->at);
}

/* Head, status octets and envelope must be there as a whole. Returns octets
 * of s used, or -1. */
static ssize_t
add_head(struct show *w, stralloc *sa, const char *s, size_t n)
{
	size_t had = w->buf.len, need;
	uint64_t at;

	if (!stralloc_catb(&w->buf, s, n))
		return -1;
	if (w->buf.len < LETTER_HEAD_OCTETS)
		return (ssize_t)n;
	if (letter_head_scan(&w->head, w->buf.s, LETTER_HEAD_OCTETS) < 0)
		return (errno = EBADMSG, -1);
	at = letter_msg_offset(&w->head);
	if (w->buf.len < at)
		return (ssize_t)n;
	need = (size_t)at;
	w->buf.len = need;
	w->status = w->buf.s + LETTER_HEAD_OCTETS;
	if (envelope_scan(&w->env, w->buf.s + letter_env_offset(&w->head),
	    w->head.envlen) < 0)
		return errno == EINVAL ? (errno = EBADMSG, -1) : -1;
	w->left = w->head.msglen;
	w->part = w->left ? SHOW_MSG : SHOW_HISTORY;
	return put_envelope(sa, w) ? (ssize_t)(need - had) : -1;
}

/* RFC 3463's class, as a word. */
static const char *
kind_word(char kind)
{
	return kind == VERDICT_DONE ? "delivered" : kind == VERDICT_LATER ?
	    "deferred" : "failed";
}

static int
put_history(stralloc *sa, const struct show *w, const struct history *h)
{
	uint32_t lo, hi, i;
	size_t pos = 0;
	char when[32];

	set_time(when, h->time);
	while (history_indexes(h, &pos, &lo, &hi) > 0)
		for (i = lo; i <= hi && i < envelope_nrcpts(&w->env); i++)
			if (!stralloc_cats(sa, when) ||
			    !stralloc_append(sa, ' ') ||
			    !stralloc_cats(sa,
			    envelope_rcpt(&w->env, i)->addr) ||
			    !stralloc_cats(sa, ": ") ||
			    !stralloc_cats(sa, kind_word(h->verdict.kind)) ||
			    !stralloc_append(sa, ' ') ||
			    !stralloc_cats(sa, h->verdict.code) ||
			    !stralloc_append(sa, ' ') ||
			    !stralloc_catb(sa, h->verdict.text,
			    h->verdict.textlen) || !stralloc_append(sa, '\n'))
				return 0;
	return 1;
}

static int
add_history(struct show *w, stralloc *sa, const char *s, size_t n)
{
	struct history h;
	size_t at = 0;
	int used;

	if (!stralloc_catb(&w->tail, s, n))
		return -1;
	while ((used = history_scan(&h, w->tail.s + at,
	    w->tail.len - at)) > 0) {
		if (h.time && !put_history(sa, w, &h))
			return -1;
		at += (size_t)used;
	}
	w->tail.len -= at;
	memmove(w->tail.s, w->tail.s + at, w->tail.len);
	return 1;
}

/* Behind the message, whose last line may lack its newline. */
static int
end_message(const struct show *w, stralloc *sa)
{
	return (!w->last || w->last == '\n' || stralloc_append(sa, '\n')) &&
	    put_heading(sa, "HISTORY", w->at);
}

int
show_add(struct show *w, stralloc *sa, const char *s, size_t n)
{
	size_t part;
	ssize_t used;

	if (w->part == SHOW_HEAD) {
		used = add_head(w, sa, s, n);
		if (used < 0)
			return -1;
		s += used;
		n -= (size_t)used;
		if (w->part == SHOW_HISTORY && !end_message(w, sa))
			return -1;
	}
	if (w->part == SHOW_MSG && n) {
		part = n < w->left ? n : (size_t)w->left;
		if (!stralloc_catb(sa, s, part))
			return -1;
		w->last = s[part - 1];
		w->left -= part;
		s += part;
		n -= part;
		if (!w->left) {
			w->part = SHOW_HISTORY;
			if (!end_message(w, sa))
				return -1;
		}
	}
	return w->part == SHOW_HISTORY && n ? add_history(w, sa, s, n) : 1;
}

int
show_end(struct show *w, stralloc *sa)
{
	if (w->part != SHOW_HISTORY)
		return (errno = EBADMSG, -1);
	return put_heading(sa, "END", w->at) ? 1 : -1;
}
