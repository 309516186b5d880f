#include "pneu-sendmail/watch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "run/now.h"
#include "run/service.h"
#include "wire/field.h"
#include "wire/verdict.h"

/* The next frame: 1, 0 if there is none until then, or nobody. */
static int
next(struct watch *w, struct frame *f, uint64_t until)
{
	struct pollfd p = { .fd = w->s.fd };
	int r = 0;

	while (w->s.fd >= 0 && !(r = stream_next(&w->s, f))) {
		uint64_t at = now_ms();

		if (at >= until)
			return 0;
		p.events = POLLIN;
		r = poll(&p, 1, (int)(until - at));
		if (r < 0 && errno != EINTR)
			return 0;
		if (r > 0 && stream_fill(&w->s) < 0)
			stream_close(&w->s);
	}
	return w->s.fd >= 0 && r > 0;
}

void
watch_begin_of(struct watch *w, const char *sender)
{
	struct frame f;
	stralloc ask = STRALLOC_ZERO;
	int fd = run_connect("pub", "ctl");

	if (fd < 0)
		return;
	stream_open(&w->s, fd);
	if (!field_puts(&ask, "sender", sender) ||
	    !frame_put(&w->s.out, 'W', 1, ask.s, ask.len) ||
	    stream_flush(&w->s) <= 0 ||
	    !next(w, &f, now_ms() + WATCH_BEGIN_MS) || f.type != 'I')
		stream_close(&w->s);
	stralloc_free(&ask);
}

static void
put(stralloc *sa, const char *s, size_t n)
{
	for (; n; s++, n--)
		if (!stralloc_append(sa, (unsigned char)*s < 32 || *s == 127 ?
		    '?' : *s))
			return;
}

/* "joe@x.test... Sent (text)", as Sendmail says it. */
static void
say(const char *rcpt, const char *how, const struct verdict *v)
{
	stralloc sa = STRALLOC_ZERO;

	put(&sa, rcpt, strlen(rcpt));
	put(&sa, "... ", 4);
	put(&sa, how, strlen(how));
	if (v) {
		put(&sa, " (", 2);
		put(&sa, v->text, v->textlen);
		put(&sa, ")", 1);
	}
	if (!stralloc_append(&sa, '\n') || write(1, sa.s, sa.len) < 0)
		sa.len = 0;	/* nobody is there to be told */
	stralloc_free(&sa);
}

/* A verdict, if it is about the letter id. Returns 1 if it is a recipient's
 * first. */
static int
take(struct watch *w, const struct frame *f, const char *id)
{
	const char *rcpt = 0;
	struct verdict v = { .kind = 0 };
	struct field x;
	char *s = f->s;
	size_t n = f->n;
	int used, ours = 0;

	for (; n && (used = field_scan(&x, s, n)) > 0; n -= (size_t)used) {
		s += used;
		if (field_is(&x, "id"))
			ours = !strcmp(x.value, id);
		else if (field_is(&x, "rcpt"))
			rcpt = x.value;
		else if (field_is(&x, "why") &&
		    verdict_scan(&v, x.value, x.valuelen) < 0)
			v.kind = 0;
	}
	if (!ours || !rcpt || !v.kind)
		return 0;
	say(rcpt, v.kind == VERDICT_DONE ? "Sent" :
	    v.kind == VERDICT_LATER ? "Deferred" : "Failed", &v);
	return rcpts_add(&w->told, rcpt, 0) == 1;
}

void
watch_end(struct watch *w, const char *id, size_t n)
{
	uint64_t until = now_ms() + WATCH_END_MS;
	struct frame f;

	say(id, "queued", 0);
	while (n && next(w, &f, until))
		n -= (size_t)take(w, &f, id);
	if (n)
		say(id, "still in the queue; mailq tells more", 0);
	stream_close(&w->s);
}
