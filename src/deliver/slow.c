#include "deliver/slow.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "run/now.h"

int
slow_report(struct slow *s, struct letter *l)
{
	if (!letter_report(l, s->p, now_ms(), s->out))
		return -1;
	return s->flush(s->x);
}

static int
isbox(const struct copy *c)
{
	return c->state == COPY_SPOOLS && (c->plan.kind == PLAN_MBOX ||
	    c->plan.kind == PLAN_FILE);
}

static uint64_t
lock_end(const struct place *p)
{
	uint64_t wait = BOXLOCK_WAIT_MS;

	if (p->limit_ms && p->limit_ms < wait)
		wait = p->limit_ms;
	return now_ms() + wait;
}

static struct mbox_rules
rules(const struct place *p, const struct copy *c)
{
	struct mbox_rules r = p->box;

	if (c->plan.kind != PLAN_FILE)
		return r;
	/* Any file, in any directory: as with Postfix its directory need not
	 * be one in which a lock can be made. */
	r.spool = 0;
	r.gid = MBOX_NOGID;
	r.locks |= BOXLOCK_DOT_MAYFAIL;
	return r;
}

static const char *
reason(int e)
{
	switch (e) {
	case EINVAL: return "not a regular file";
	case EMLINK: return "it has another name, too";
	case EPERM: return "it is not his, or he has no right to it";
	case EAGAIN: return "another program has it locked";
	}
	return strerror(e);
}

/* The words and the code of a failure, for all copies that it hit. */
static void
because(struct verdict *v, stralloc *text, const struct mbox *m,
    const struct copy *c, int e)
{
	place_refuse(v, text, e == EAGAIN || e == EINVAL || e == EMLINK ?
	    "4.2.0" : place_code(e),
	    c->plan.kind == PLAN_FILE ? "file" : "mailbox",
	    " delivery failed: unable to ", m->failed, " ", m->path, ": ",
	    reason(e));
}

static int
append(struct slow *s, struct mbox *m, struct letter *l, struct copy *c)
{
	stralloc *head = &l->tmp;

	(void)s;
	head->len = 0;
	if (!letter_head(l, c, time(0), head))
		return (m->failed = "append to", -1);
	return mbox_append(m, head->s, head->len, c->file.fd);
}

/* Mark all copies of the box, from letter i on, that have been appended
 * (COPY_DELIVERED) as v says. */
static void
undo(struct slow *s, size_t i, const struct copy *of, const struct verdict *v)
{
	size_t j;

	for (; i < s->b->n; i++)
		for (j = 0; j < letter_ncopies(s->b->l[i]); j++) {
			struct copy *c = letter_copy(s->b->l[i], j);

			if (c->state != COPY_DELIVERED ||
			    c->plan.kind != of->plan.kind ||
			    strcmp(c->what, of->what))
				continue;
			c->state = COPY_SAYS;
			c->own = *v;
		}
}

/* Append all copies for the box of c, from letter i on. Returns what the
 * failure is of those that are not delivered in v. */
static void
append_all(struct slow *s, struct mbox *m, size_t i, const struct copy *of,
    struct verdict *v, stralloc *text)
{
	int bad = 0;
	size_t j;

	for (; i < s->b->n; i++)
		for (j = 0; j < letter_ncopies(s->b->l[i]); j++) {
			struct letter *l = s->b->l[i];
			struct copy *c = letter_copy(l, j);

			if (!isbox(c) || c->plan.kind != of->plan.kind ||
			    strcmp(c->what, of->what))
				continue;
			if (!bad && append(s, m, l, c) < 0) {
				because(v, text, m, c, errno);
				bad = 1;
			}
			c->state = bad ? COPY_SAYS : COPY_DELIVERED;
			if (bad)
				c->own = *v;
		}
}

/* The box of copy c, letter i's, for it and all that follow. */
static int
serve_box(struct slow *s, size_t i, struct copy *c)
{
	stralloc text = STRALLOC_ZERO, text2 = STRALLOC_ZERO;
	struct mbox_rules r = rules(s->p, c);
	struct mbox m = MBOX_ZERO;
	struct verdict v, v2;
	size_t first = i;
	int k = 0;

	if (mbox_open(&m, c->what, &r, lock_end(s->p)) < 0) {
		because(&v, &text, &m, c, errno);
		c->state = COPY_SAYS;
		c->own = v;
	} else {
		append_all(s, &m, i, c, &v, &text);
		if (mbox_sync(&m) < 0) {
			because(&v2, &text2, &m, c, errno);
			undo(s, first, c, &v2);
		}
	}
	mbox_close(&m);
	for (; i < s->b->n && k >= 0; i++)
		k = slow_report(s, s->b->l[i]);
	mbox_free(&m);
	stralloc_free(&text);
	stralloc_free(&text2);
	return k;
}

int
slow_serve(struct slow *s)
{
	size_t i, j;

	/* what is done already is not to wait */
	for (i = 0; i < s->b->n; i++)
		if (!letter_report(s->b->l[i], s->p, now_ms(), s->out))
			return -1;
	if (s->flush(s->x) < 0)
		return -1;
	for (i = 0; i < s->b->n; i++)
		for (j = 0; j < letter_ncopies(s->b->l[i]); j++) {
			struct copy *c = letter_copy(s->b->l[i], j);

			if (isbox(c) && serve_box(s, i, c) < 0)
				return -1;
		}
	return slow_commands(s);
}
