#include "pneu-queue/order.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/types.h>
#include <skalibs/uint32.h>

#include "run/log.h"
#include "spool/made.h"
#include "spool/slot.h"
#include "spool/step.h"
#include "wire/field.h"

/* set=INDEX STATUS */
static int
take_mark(struct qorder *o, const struct field *f)
{
	struct step_mark m;
	size_t n = uint32_scan(f->value, &m.n);

	if (!n || f->value[n] != ' ' || n + 2 != f->valuelen)
		return (errno = EINVAL, -1);
	m.status = f->value[n + 1];
	return genalloc_append(struct step_mark, &o->marks, &m) ? 1 : -1;
}

/* history=LINE: only what a reader would take */
static int
take_history(struct qorder *o, const struct field *f)
{
	size_t at = o->history.len;
	struct history h;

	if (!stralloc_catb(&o->history, f->value, f->valuelen) ||
	    !stralloc_append(&o->history, '\n'))
		return -1;
	if (history_scan(&h, o->history.s + at, o->history.len - at) !=
	    (int)(o->history.len - at) || !h.time)
		return (errno = EINVAL, -1);
	return 1;
}

static int
take(struct qorder *o, const struct field *f)
{
	if (field_is(f, "set"))
		return take_mark(o, f);
	if (field_is(f, "history"))
		return take_history(o, f);
	if (field_is(f, "made")) {
		return !letter_isid(f->value, f->valuelen) ||
		    !letter_isderived(f->value) || stralloc_catb(&o->made,
		    f->value, f->valuelen + 1) ? 1 : -1;
	}
	if (field_is(f, "due"))
		return field_uint(f, &o->due) ? 1 : (errno = EINVAL, -1);
	if (field_is(f, "at")) {
		if (strlen(f->value) != f->valuelen)
			return (errno = EINVAL, -1);
		o->at = f->value;
	}
	return 1;
}

int
qorder_scan(struct qorder *o, char *s, size_t n)
{
	struct field f;
	int used;

	o->at = 0;
	o->due = 0;
	genalloc_setlen(struct step_mark, &o->marks, 0);
	o->history.len = o->made.len = o->text.len = 0;
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		if (used <= 0)
			return (errno = EINVAL, -1);
		if (take(o, &f) < 0)
			return -1;
	}
	return o->at ? 1 : (errno = EINVAL, -1);
}

/* v from errno, for what could not be done. */
static void
fail(const struct qorder *o, struct verdict *v, const char *what)
{
	switch (errno) {
	case ENOENT:
		verdict_set(v, VERDICT_NEVER, "5.1.0", 0, "no such letter");
		return;
	case EBADMSG:
		verdict_set(v, VERDICT_NEVER, "5.6.0", 0, "damaged");
		return;
	case EINVAL:
		verdict_set(v, VERDICT_NEVER, "5.5.4", 0,
		    "no such recipient or status");
		return;
	case ENOSPC:
	case EDQUOT:
		verdict_set(v, VERDICT_LATER, "4.3.1", 0, strerror(errno));
		break;
	default:
		verdict_set(v, VERDICT_LATER, "4.3.0", 0, strerror(errno));
	}
	log_warnsys("unable to ", what, " ", o->at);
}

/* The letter's file is open: marks, then history. History that cannot be
 * written costs an attempt that is not counted, no more. */
static int
change(struct qorder *o, int fd, const struct letter_head *h)
{
	if (step_mark(fd, h, genalloc_s(struct step_mark, &o->marks),
	    genalloc_len(struct step_mark, &o->marks)) < 0)
		return -1;
	if (step_append(fd, o->history.s, o->history.len) < 0)
		log_warnsys("unable to write the history of ", o->at);
	return 1;
}

/* 1, or -1 with errno. */
static int
open_and_change(struct qorder *o, int queuefd)
{
	struct letter_head h;
	int fd, r, e;

	if (!genalloc_len(struct step_mark, &o->marks) && !o->history.len)
		return 1;
	fd = step_open(queuefd, o->at, &h);
	if (fd < 0)
		return -1;
	r = change(o, fd, &h);
	e = errno;
	if (close(fd) < 0 && r > 0) {
		r = -1;
		e = errno;
	}
	errno = e;
	return r;
}

/* The file that is used again, if the letter a lies in one. */
static struct spare *
spare_of(const struct qorder *o, const struct at *a)
{
	struct letter_name n;

	return o->spares && a->top == AT_NEW &&
	    letter_name_scan(&n, a->file) > 0 ? spare_find(o->spares, n.id) : 0;
}

static void
move(struct qorder *o, int queuefd, const struct at *a, enum at_top top,
    uint64_t dir, struct verdict *v)
{
	struct spare *p = top == AT_NEW ? 0 : spare_of(o, a);
	int r;

	if (!stralloc_ready(&o->text, AT_PATH_OCTETS + 1)) {
		fail(o, v, "move");
		return;
	}
	r = p ? spare_move(o->spares, p, queuefd, o->at, a, top, dir,
	    o->text.s) : step_move(queuefd, o->at, a, top, dir, o->text.s);
	if (r > 0) {
		verdict_set(v, VERDICT_DONE, "2.0.0", 0, o->text.s);
		return;
	}
	if (!r)
		errno = ENOENT;
	fail(o, v, "move");
}

/* What is in defer/T is not looked for in a later slot by its first path. */
static void
defer(struct qorder *o, int queuefd, const struct at *a, uint64_t now,
    struct verdict *v)
{
	if (open_and_change(o, queuefd) < 0 && errno != ENOENT) {
		fail(o, v, "defer");
		return;
	}
	move(o, queuefd, a, AT_DEFER, slot_of(o->due, now), v);
}

static void
prune(struct qorder *o, int queuefd, uint64_t now, struct verdict *v)
{
	struct at a;
	int r;

	if (at_scan_dir(&a, o->at) < 0) {
		verdict_set(v, VERDICT_NEVER, "5.5.4", 0, "no such directory");
		return;
	}
	r = step_prune(queuefd, o->at, &a, now);
	if (r < 0)
		fail(o, v, "remove");
	else if (!r)
		verdict_set(v, VERDICT_LATER, "4.5.0", 0, "in use");
	else
		verdict_set(v, VERDICT_DONE, "2.0.0", 0, "");
}

static void
bad(struct qorder *o, int queuefd, struct verdict *v)
{
	struct at a;

	if (at_scan_any(&a, o->at) < 0) {
		verdict_set(v, VERDICT_NEVER, "5.5.4", 0, "no path of a file");
		return;
	}
	move(o, queuefd, &a, AT_BAD, 0, v);
	if (v->kind == VERDICT_DONE && a.top != AT_BAD)
		log_warn("damaged or not ours, set aside in queue/bad: ",
		    o->at);
}

/* What was made of the letter need not be remembered: its recipients are
 * marked, or it is gone. */
static void
forget(const struct qorder *o, int queuefd)
{
	size_t i;

	for (i = 0; i < o->made.len; i += LETTER_ID_OCTETS + 1)
		if (made_forget(queuefd, o->made.s + i) < 0)
			log_warnsys("unable to remove queue/made/",
			    o->made.s + i);
}

static void
retire(struct qorder *o, int queuefd, const struct at *a, struct verdict *v)
{
	struct spare *p = spare_of(o, a);

	if ((letter_isderived(a->name.id) &&
	    made_gone(queuefd, a->name.id) < 0) ||
	    (p ? spare_retire(o->spares, p, queuefd, o->at, a->dir) :
	    step_retire(queuefd, o->at)) < 0)
		fail(o, v, "remove");
	else
		verdict_set(v, VERDICT_DONE, "2.0.0", 0, "");
}

void
qorder_do(struct qorder *o, char type, int queuefd, uint64_t now,
    struct verdict *v)
{
	struct at a;

	if (type == 'P') {
		prune(o, queuefd, now, v);
		return;
	}
	if (type == 'B') {
		bad(o, queuefd, v);
		return;
	}
	if (at_scan(&a, o->at) < 0) {
		verdict_set(v, VERDICT_NEVER, "5.5.4", 0,
		    "no path of a letter");
		return;
	}
	switch (type) {
	case 'M':
		if (open_and_change(o, queuefd) < 0)
			fail(o, v, "mark");
		else
			verdict_set(v, VERDICT_DONE, "2.0.0", 0, o->at);
		break;
	case 'D':
		defer(o, queuefd, &a, now, v);
		break;
	case 'R':
		retire(o, queuefd, &a, v);
		break;
	case 'H':
		move(o, queuefd, &a, AT_HOLD, 0, v);
		break;
	case 'U':
		move(o, queuefd, &a, AT_NEW, now / GENERATION_S, v);
		break;
	}
	if (v->kind == VERDICT_DONE)
		forget(o, queuefd);
}

int
qorder_frame(struct qorder *o, const struct frame *f, int queuefd,
    uint64_t now, stralloc *out)
{
	struct verdict v;
	ssize_t at;

	if (!f->type || !strchr("MDRHUBP", f->type) ||
	    qorder_scan(o, f->s, f->n) < 0)
		return -1;
	qorder_do(o, f->type, queuefd, now, &v);
	at = frame_begin(out, 'V', f->tag);
	return at >= 0 && verdict_put(out, &v) && frame_end(out, at) ? 1 : -1;
}
