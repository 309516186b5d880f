#include "pneu-q/list.h"

#include <errno.h>
#include <string.h>

#include "pneu-q/ctl.h"
#include "wire/field.h"

static int
ask(struct ctl *c, const char *id)
{
	stralloc sa = STRALLOC_ZERO;
	int r = -1;

	if (!id || field_puts(&sa, "id", id))
		r = ctl_ask(c, 'L', sa.s, sa.len);
	stralloc_free(&sa);
	return r;
}

/* One I frame: it begins a letter, or goes on with the one in hand, which is
 * handed over when the next begins. Returns as fn, -1 with errno. */
static int
take_item(struct item *i, struct frame *f, list_fn *fn, void *ctx)
{
	if (!item_continues(i, f->s, f->n)) {
		if (i->id[0] && !fn(ctx, i))
			return 0;
		if (!item_clear(i))
			return -1;
	}
	return item_add(i, f->s, f->n);
}

/* The V frame that ends the answer. */
static int
take_verdict(const struct frame *f, char *why, size_t max)
{
	struct verdict v;
	size_t n;

	if (f->type != 'V' || verdict_scan(&v, f->s, f->n) < 0)
		return (errno = EPROTO, -1);
	if (v.kind == VERDICT_DONE)
		return 1;
	n = v.textlen < max ? v.textlen : max - 1;
	memcpy(why, v.text, n);
	why[n] = 0;
	return -2;
}

int
list_ctl(const char *id, list_fn *fn, void *ctx, char *why, size_t n)
{
	struct ctl c = CTL_ZERO;
	struct item i = ITEM_ZERO;
	struct frame f;
	int r, more = 1;

	if (ctl_open(&c) < 0)
		return 0;
	r = item_clear(&i) ? ask(&c, id) : -1;
	while (r > 0 && (r = ctl_next(&c, &f)) > 0 && f.type == 'I')
		if ((r = take_item(&i, &f, fn, ctx)) <= 0) {
			more = 0;
			break;
		}
	if (r > 0) {
		r = take_verdict(&f, why, n);
		if (i.id[0] && more)
			fn(ctx, &i);
	} else if (!more && !r)
		r = 1;
	ctl_close(&c);
	stralloc_free(&i.text);
	genalloc_free(struct item_rcpt, &i.rcpts);
	return r;
}
