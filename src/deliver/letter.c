#include "deliver/letter.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "deliver/mailbox.h"
#include "deliver/mboxtext.h"
#include "deliver/scratch.h"

size_t
letter_ncopies(const struct letter *l)
{
	return genalloc_len(struct copy, &l->copies);
}

struct copy *
letter_copy(const struct letter *l, size_t i)
{
	return genalloc_s(struct copy, &l->copies) + i;
}

static void
trim_slashes(char *s)
{
	size_t n = strlen(s);

	while (n > 1 && s[n - 1] == '/')
		s[--n] = 0;
}

/* The path of a user's Maildir is his admin's, that of a virtual mailbox
 * comes from a table and must stay below the base. Both lie in text. */
static void
copy_init(struct copy *c, const struct order_rcpt *r, const struct place *p,
    char *maildir)
{
	memset(c, 0, sizeof *c);
	c->n = r->n;
	c->addr = r->addr;
	c->file.fd = -1;
	c->state = COPY_GROWS;
	c->targeted = r->target != 0;
	if (!place_isvirtual(p))
		c->dir = maildir;
	else if (r->mailbox && mailbox_isgood(r->mailbox)) {
		c->dir = (char *)r->mailbox;
		trim_slashes(c->dir);
	} else
		c->state = COPY_BAD;
}

static int
keep_refusal(struct letter *l, const struct verdict *v)
{
	if (!stralloc_copyb(&l->why, v->text, v->textlen) ||
	    !stralloc_0(&l->why))
		return 0;
	l->refusal = *v;
	l->refusal.text = l->why.s;
	return 1;
}

/* What the plan of a copy comes to. */
static void
copy_follow(struct copy *c, char *text)
{
	const struct plan *pl = &c->plan;

	c->what = text + pl->what;
	c->note = pl->note ? text + pl->note : 0;
	c->def = pl->def ? text + pl->def : 0;
	c->dir = text + pl->what;
	switch (pl->kind) {
	case PLAN_MAILDIR: trim_slashes(c->dir); break;
	case PLAN_FORWARD: c->state = COPY_FORWARDS; break;
	case PLAN_DISCARD: c->state = COPY_DISCARDS; break;
	case PLAN_REFUSE:
		c->state = COPY_SAYS;
		verdict_set(&c->own, pl->verdict, pl->code, 0, c->what);
		break;
	default: c->state = COPY_SPOOLS;
	}
}

/* What each user's mail is to become. Returns 1, or -1. */
static int
plan_copies(struct letter *l, const struct place *p)
{
	size_t i, n = letter_ncopies(l);

	/* offset 0 is nothing */
	if (!stralloc_copyb(&l->plans, "", 1))
		return -1;
	for (i = 0; i < n; i++)
		if (plan_make(&letter_copy(l, i)->plan, &l->plans, p,
		    order_rcpt(&l->o, i)) < 0)
			return -1;
	for (i = 0; i < n; i++)
		copy_follow(letter_copy(l, i), l->plans.s);
	return 1;
}

int
letter_begin(struct letter *l, const struct frame *f, const struct place *p,
    const struct verdict *v, uint64_t now)
{
	size_t i, n, all = f->n;
	struct copy *c;
	char *maildir;

	genalloc_setlen(struct copy, &l->copies, 0);
	if (!stralloc_copyb(&l->text, f->s, f->n) ||
	    (p->maildir && !stralloc_cats(&l->text, p->maildir)) ||
	    !stralloc_0(&l->text))
		return -1;
	if (order_scan(&l->o, l->text.s, all) < 0)
		return -1;
	maildir = l->text.s + all;
	trim_slashes(maildir);
	n = order_nrcpts(&l->o);
	if (!genalloc_ready(struct copy, &l->copies, n))
		return -1;
	genalloc_setlen(struct copy, &l->copies, n);
	for (i = 0; i < n; i++) {
		c = letter_copy(l, i);
		copy_init(c, order_rcpt(&l->o, i), p, maildir);
		if (v && c->state == COPY_GROWS)
			c->state = COPY_REFUSED;
	}
	if (v ? !keep_refusal(l, v) :
	    p->user && plan_copies(l, p) < 0)
		return -1;
	l->tag = f->tag;
	l->header = 1;
	l->created = 0;
	l->begun = now;
	delivered_init(&l->d);
	return 1;
}

static void
copy_fail(struct copy *c, char state)
{
	maildir_drop(&c->file);
	c->state = state;
}

static void
found(struct letter *l)
{
	size_t i;

	for (i = 0; i < letter_ncopies(l); i++) {
		struct copy *c = letter_copy(l, i);

		if ((c->state == COPY_GROWS || c->state == COPY_SPOOLS ||
		    c->state == COPY_FORWARDS) && !c->targeted &&
		    !strcasecmp(c->addr, l->d.value))
			copy_fail(c, COPY_LOOPS);
	}
}

static void
look(struct letter *l, const char *s, size_t n)
{
	int r;

	while ((r = delivered_next(&l->d, &s, &n)) > 0)
		found(l);
	if (r < 0)
		l->header = 0;
}

static void
set(struct iovec *v, const char *s, size_t n)
{
	v->iov_base = (char *)s;
	v->iov_len = n;
}

/* The first part goes in one write with our lines in front. */
static void
copy_part(struct letter *l, struct copy *c, struct maildir_namer *m,
    const char *s, size_t n)
{
	static const char from[] = "Return-Path: <", to[] = ">\nDelivered-To: ";
	struct iovec v[6];
	int at = 0;

	if (!l->created) {
		if (maildir_create(&c->file, c->dir, m) < 0) {
			copy_fail(c, COPY_FAILED);
			return;
		}
		set(v, from, sizeof from - 1);
		set(v + 1, l->o.sender, strlen(l->o.sender));
		set(v + 2, to, sizeof to - 1);
		set(v + 3, c->addr, strlen(c->addr));
		set(v + 4, "\n", 1);
		at = 5;
	}
	set(v + at, s, n);
	if (maildir_write(&c->file, v, at + 1) < 0)
		copy_fail(c, COPY_FAILED);
}

int
letter_head(const struct letter *l, const struct copy *c, time_t now,
    stralloc *sa)
{
	return mboxtext_from(sa, l->o.sender, now) &&
	    stralloc_cats(sa, "Return-Path: <") &&
	    stralloc_cats(sa, l->o.sender) &&
	    stralloc_cats(sa, ">\nDelivered-To: ") &&
	    stralloc_cats(sa, c->addr) && stralloc_append(sa, '\n');
}

/* A command by sysexits gets the lines in front, as with Postfix; by
 * qmail's rules it gets them in its environment. */
static int
spool_begin(struct letter *l, struct copy *c)
{
	l->tmp.len = 0;
	if (c->plan.kind == PLAN_COMMAND && !c->plan.qmail &&
	    !letter_head(l, c, time(0), &l->tmp))
		return maildir_fail(&c->file, "write");
	c->file.fd = scratch_open(l->o.len + l->tmp.len);
	return c->file.fd < 0 ? maildir_fail(&c->file, "open") : 0;
}

static void
spool_part(struct letter *l, struct copy *c, const char *s, size_t n)
{
	struct iovec v[2];

	if (!l->created) {
		if (spool_begin(l, c) < 0) {
			copy_fail(c, COPY_FAILED);
			return;
		}
	} else
		l->tmp.len = 0;
	set(v, l->tmp.s, l->tmp.len);
	set(v + 1, s, n);
	if (maildir_write(&c->file, l->tmp.len ? v : v + 1,
	    l->tmp.len ? 2 : 1) < 0)
		copy_fail(c, COPY_FAILED);
}

void
letter_part(struct letter *l, struct maildir_namer *m, const char *s,
    size_t n)
{
	size_t i;

	/* Looked at before it is written: most loops make no file. */
	if (l->header)
		look(l, s, n);
	for (i = 0; i < letter_ncopies(l); i++) {
		struct copy *c = letter_copy(l, i);

		if (c->state == COPY_GROWS)
			copy_part(l, c, m, s, n);
		else if (c->state == COPY_SPOOLS)
			spool_part(l, c, s, n);
	}
	l->created = 1;
}

void
letter_end(struct letter *l, struct maildir_namer *m)
{
	if (!l->created)
		letter_part(l, m, "", 0);
	if (l->header && delivered_end(&l->d))
		found(l);
	l->header = 0;
}

void
letter_drop(struct letter *l)
{
	size_t i;

	for (i = 0; i < letter_ncopies(l); i++)
		maildir_drop(&letter_copy(l, i)->file);
	genalloc_setlen(struct copy, &l->copies, 0);
}

void
letter_free(struct letter *l)
{
	stralloc_free(&l->text);
	stralloc_free(&l->plans);
	stralloc_free(&l->why);
	stralloc_free(&l->tmp);
	order_free(&l->o);
	genalloc_free(struct copy, &l->copies);
	genalloc_free(uint32_t, &l->ns);
}
