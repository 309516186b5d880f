#include "deliver/letter.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "deliver/mailbox.h"

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
	if (p->maildir)
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
	if (v && !keep_refusal(l, v))
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

		if (c->state == COPY_GROWS && !strcasecmp(c->addr, l->d.value))
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
	stralloc_free(&l->why);
	stralloc_free(&l->tmp);
	order_free(&l->o);
	genalloc_free(struct copy, &l->copies);
	genalloc_free(uint32_t, &l->ns);
}

static int
cat_text(stralloc *sa, const struct copy *c)
{
	const struct maildir_file *f = &c->file;

	sa->len = 0;
	switch (c->state) {
	case COPY_DELIVERED:
		return stralloc_cats(sa, "delivered to maildir");
	case COPY_LOOPS:
		return stralloc_cats(sa, "mail forwarding loop for ") &&
		    stralloc_cats(sa, c->addr);
	case COPY_BAD:
		return stralloc_cats(sa, "mailbox path is not one below "
		    "virtual_mailbox_base");
	}
	return stralloc_cats(sa, "maildir delivery failed: unable to ") &&
	    stralloc_cats(sa, f->failed) && stralloc_cats(sa, " in ") &&
	    stralloc_cats(sa, c->dir) && stralloc_cats(sa, ": ") &&
	    stralloc_cats(sa, strerror(f->error));
}

static void
copy_verdict(const struct letter *l, const struct copy *c, stralloc *text,
    struct verdict *v)
{
	const char *code = "4.3.5";
	char kind = VERDICT_LATER;

	switch (c->state) {
	case COPY_REFUSED:
		*v = l->refusal;
		return;
	case COPY_DELIVERED:
		kind = VERDICT_DONE;
		code = "2.0.0";
		break;
	case COPY_LOOPS:
		kind = VERDICT_NEVER;
		code = "5.4.6";
		break;
	case COPY_FAILED:
		code = place_code(c->file.error);
		break;
	}
	if (cat_text(text, c) && stralloc_0(text))
		verdict_set(v, kind, code, 0, text->s);
	else
		verdict_set(v, kind, code, 0, "");
}

/* Copies that fared alike stand in one report: those that are delivered,
 * those that are refused; every other has its own. */
static int
isalike(const struct copy *a, const struct copy *b)
{
	return a->state == b->state &&
	    (a->state == COPY_DELIVERED || a->state == COPY_REFUSED);
}

static int
put_report(struct letter *l, size_t i, const struct place *p, uint32_t ms,
    stralloc *out)
{
	const struct copy *c = letter_copy(l, i);
	struct report r = REPORT_ZERO;
	size_t j;

	for (j = 0; j < i; j++)
		if (isalike(c, letter_copy(l, j)))
			return 1;
	genalloc_setlen(uint32_t, &l->ns, 0);
	for (j = i; j < letter_ncopies(l); j++)
		if ((j == i || isalike(c, letter_copy(l, j))) &&
		    !genalloc_append(uint32_t, &l->ns, &letter_copy(l, j)->n))
			return 0;
	r.ns = l->ns;
	r.relay = p->relay;
	r.xmit = ms;
	copy_verdict(l, c, &l->tmp, &r.verdict);
	return report_put(out, &r);
}

int
letter_report(struct letter *l, const struct place *p, uint64_t now,
    stralloc *out)
{
	uint32_t ms = (uint32_t)(now - l->begun);
	ssize_t at = frame_begin(out, 'V', l->tag);
	size_t i;

	for (i = 0; at >= 0 && i < letter_ncopies(l); i++) {
		if (out->len - (size_t)at > FRAME_PAYLOAD_OCTETS / 2) {
			frame_end(out, at);
			at = frame_begin(out, 'V', l->tag);
		}
		if (at < 0 || !put_report(l, i, p, ms, out))
			return 0;
	}
	return at >= 0 && frame_end(out, at);
}
