#include "deliver/letter.h"

#include <string.h>

/* What became of a letter's copies: words, codes, frames. */

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
