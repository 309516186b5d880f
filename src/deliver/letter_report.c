#include "deliver/letter.h"

#include <string.h>

/* What became of a letter's copies: words, codes, frames. */

static int
cat3(stralloc *sa, const char *a, const char *b, const char *c)
{
	return stralloc_cats(sa, a) && stralloc_cats(sa, b) &&
	    stralloc_cats(sa, c);
}

static int
cat_delivered(stralloc *sa, const struct copy *c)
{
	int good;

	switch (c->plan.kind) {
	case PLAN_MBOX: good = stralloc_cats(sa, "delivered to mailbox"); break;
	case PLAN_FILE: good = cat3(sa, "delivered to file: ", c->what, ""); break;
	default: good = stralloc_cats(sa, "delivered to maildir");
	}
	return good && (!c->note || cat3(sa, "; ", c->note, ""));
}

/* What is not for a Maildir has failed in its temporary file here. */
static int
cat_failed(stralloc *sa, const struct copy *c)
{
	const struct maildir_file *f = &c->file;
	int istmp = c->plan.kind != PLAN_MAILDIR;

	return cat3(sa, istmp ? "local" : "maildir",
	    " delivery failed: unable to ", f->failed) &&
	    cat3(sa, istmp ? " " : " in ", istmp ? "a temporary file" :
	    c->dir, ": ") && stralloc_cats(sa, strerror(f->error));
}

static int
cat_text(stralloc *sa, const struct copy *c)
{
	sa->len = 0;
	switch (c->state) {
	case COPY_DELIVERED: return cat_delivered(sa, c);
	case COPY_FAILED: return cat_failed(sa, c);
	case COPY_FORWARDS:
		return stralloc_cats(sa, "forwarded");
	case COPY_DISCARDS:
		return cat3(sa, c->plan.qmail ? "thrown away by " :
		    "delivered to file: ", c->what, "");
	case COPY_LOOPS:
		return cat3(sa, "mail forwarding loop for ", c->addr, "");
	}
	return stralloc_cats(sa, "mailbox path is not one below "
	    "virtual_mailbox_base");
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
	case COPY_SAYS:
		*v = c->own;
		return;
	case COPY_DELIVERED: case COPY_FORWARDS: case COPY_DISCARDS:
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

/* Copies that fared alike stand in one report: those that are delivered to
 * Maildirs, those that are refused; every other has its own. */
static int
isalike(const struct copy *a, const struct copy *b)
{
	if (a->state != b->state)
		return 0;
	return a->state == COPY_REFUSED || (a->state == COPY_DELIVERED &&
	    a->plan.kind == PLAN_MAILDIR && b->plan.kind == PLAN_MAILDIR &&
	    !a->note && !b->note);
}

static int
isready(const struct copy *c)
{
	return c->state != COPY_SPOOLS && c->state != COPY_REPORTED;
}

/* What it had open is closed; what is in new/ stays there. */
static void
settle(struct copy *c)
{
	c->file.where = 0;
	maildir_drop(&c->file);
	c->state = COPY_REPORTED;
}

static int
put_report(struct letter *l, size_t i, const struct place *p, uint32_t ms,
    stralloc *out)
{
	struct copy *c = letter_copy(l, i), *d;
	struct report r = REPORT_ZERO;
	size_t j;

	genalloc_setlen(uint32_t, &l->ns, 0);
	for (j = i; j < letter_ncopies(l); j++) {
		d = letter_copy(l, j);
		if (d != c && !isalike(c, d))
			continue;
		if (!genalloc_append(uint32_t, &l->ns, &d->n))
			return 0;
		if (d != c)
			settle(d);
	}
	r.ns = l->ns;
	r.relay = p->relay;
	r.xmit = ms;
	r.forward = c->state == COPY_FORWARDS ? c->what : 0;
	r.owner = !r.forward || !c->plan.owner ? 0 :
	    c->plan.owner == 1 ? "one" : "each";
	copy_verdict(l, c, &l->tmp, &r.verdict);
	settle(c);
	return report_put(out, &r);
}

static size_t
nready(const struct letter *l)
{
	size_t i, n = 0;

	for (i = 0; i < letter_ncopies(l); i++)
		n += (size_t)isready(letter_copy(l, i));
	return n;
}

/* A report with targets may need a frame of its own. */
int
letter_report(struct letter *l, const struct place *p, uint64_t now,
    stralloc *out)
{
	uint32_t ms = (uint32_t)(now - l->begun);
	ssize_t at;
	size_t i;

	if (!nready(l))
		return 1;
	at = frame_begin(out, 'V', l->tag);
	for (i = 0; at >= 0 && i < letter_ncopies(l); i++) {
		const struct copy *c = letter_copy(l, i);

		if (!isready(c))
			continue;
		if (out->len - (size_t)at > (c->state == COPY_FORWARDS ?
		    FRAME_HEAD_OCTETS : FRAME_PAYLOAD_OCTETS / 2)) {
			frame_end(out, at);
			at = frame_begin(out, 'V', l->tag);
		}
		if (at < 0 || !put_report(l, i, p, ms, out))
			return 0;
	}
	return at >= 0 && frame_end(out, at);
}
