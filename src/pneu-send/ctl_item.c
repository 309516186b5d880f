#include <errno.h>
#include <string.h>

#include "pneu-send/ctl.h"
#include "spool/slot.h"
#include "wire/field.h"

#define ITEM_OCTETS 100000	/* of one frame */

static const char *const states[] = { "new", "deferred", "hold", "bad" };

static int
put_head(struct ctl *c, const char *path, const char *id, uint64_t size,
    uint64_t time, const char *sender, const char *state, uint64_t due)
{
	stralloc *sa = &c->s.out;

	return field_puts(sa, "id", id) && field_puts(sa, "at", path) &&
	    field_putu(sa, "size", size) && field_putu(sa, "time", time) &&
	    field_puts(sa, "sender", sender) &&
	    field_puts(sa, "state", state) &&
	    (!due || field_putu(sa, "due", due));
}

/* A recipient; in a frame of its own if this one is full. */
static int
put_rcpt(struct ctl *c, ssize_t *at, const char *id, const char *addr,
    const char *why, size_t whylen)
{
	stralloc *sa = &c->s.out;

	if (sa->len - (size_t)*at > ITEM_OCTETS &&
	    (!frame_end(sa, *at) || (*at = frame_begin(sa, 'I', c->tag)) < 0 ||
	    !field_puts(sa, "id", id)))
		return 0;
	return field_puts(sa, "rcpt", addr) &&
	    (!why || field_put(sa, "why", why, whylen));
}

static int
core_item(struct send *g, struct ctl *c, const struct mail *m,
    const char *path)
{
	ssize_t at = frame_begin(&c->s.out, 'I', c->tag);
	size_t k;

	if (at < 0 || !put_head(c, path, m->id, m->size, m->born,
	    m->sender ? mail_str(m, m->sender) : "", "active", 0))
		return -1;
	for (k = 0; k < mail_nrcpts(m); k++) {
		const struct rcpt *r = mail_rcpt(m, k);
		const char *why = mail_str(m, r->why);

		if (r->state != RCPT_DONE && r->state != RCPT_TOLD &&
		    !put_rcpt(c, &at, m->id, mail_str(m, r->addr), why,
		    why ? strlen(why) : 0))
			return -1;
	}
	return frame_end(&c->s.out, at) ? 1 : -1;
}

/* The last verdict about recipient n in g->history, to g->tmp. */
static int
last_why(struct send *g, uint32_t n)
{
	struct history h;
	size_t at = 0, pos;
	uint32_t lo, hi;
	int r;

	g->tmp.len = 0;
	while (at < g->history.len && (r = history_scan(&h, g->history.s + at,
	    g->history.len - at)) > 0) {
		for (pos = 0; h.time && history_indexes(&h, &pos, &lo, &hi) > 0;)
			if (lo <= n && n <= hi &&
			    h.verdict.kind != VERDICT_DONE) {
				g->tmp.len = 0;
				if (!verdict_put(&g->tmp, &h.verdict))
					return 0;
			}
		at += (size_t)r;
	}
	return 1;
}

/* It was left where it lies, untried, as its site is suspended: that is why,
 * to g->tmp. */
static int
site_why(struct send *g, const struct at *a)
{
	uint32_t site = scan_known(g, a->name.hash);
	char buf[ROUTE_WHY_OCTETS];
	struct verdict v;

	if (a->top == AT_HOLD || site == NONE ||
	    g->s.sites[site].state == SITE_OPEN)
		return 1;
	route_why(&v, buf, g->s.sites + site);
	return verdict_put(&g->tmp, &v);
}

static int
disk_item(struct send *g, struct ctl *c, const struct at *a,
    const char *path)
{
	const struct letter *l = &g->letter;
	const struct letter_head *h = &l->head;
	ssize_t at = frame_begin(&c->s.out, 'I', c->tag);
	uint32_t i;

	g->history.len = 0;
	if (at < 0 || letter_history(l, &g->history, HISTORY_OCTETS) < 0 ||
	    !put_head(c, path, h->id, h->msglen, l->env.time, l->env.sender,
	    states[a->top], a->top == AT_DEFER ? a->dir : 0))
		return -1;
	for (i = 0; i < h->nrcpts; i++) {
		if (l->status[i] != LETTER_WAITING)
			continue;
		if (!last_why(g, i) || (!g->tmp.len && !site_why(g, a)) ||
		    !put_rcpt(c, &at, h->id,
		    envelope_rcpt(&l->env, i)->addr, g->tmp.len ? g->tmp.s : 0,
		    g->tmp.len))
			return -1;
	}
	return frame_end(&c->s.out, at) ? 1 : -1;
}

int
ctl_item(struct send *g, struct ctl *c, const struct at *a)
{
	char path[AT_PATH_OCTETS + 1];
	uint32_t i = mail_find(g, a->name.id);
	size_t len = c->s.out.len;
	unsigned int n;
	int r;

	if (i != NONE && mail_nrcpts(g->mails + i)) {
		mail_path(g->mails + i, path);
		return core_item(g, c, g->mails + i, path);
	}
	n = at_dir_fmt(path, a->top, a->dir);
	path[n++] = '/';
	letter_name_fmt(path + n, &a->name);
	if ((r = letter_open(&g->letter, g->queue, path)) <= 0)
		return 0;	/* gone, or damaged: not for here */
	r = disk_item(g, c, a, path);
	letter_close(&g->letter);
	if (r < 0)
		c->s.out.len = len;
	return r;
}
