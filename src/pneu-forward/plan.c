#include "plan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alias/target.h"
#include "wire/notify.h"

void
plan_clear(struct plan *p)
{
	p->targets.len = p->tmp.len = 0;
	genalloc_setlen(struct plan_target, &p->all, 0);
}

int
plan_add(struct plan *p, const char *s, size_t n)
{
	struct plan_target t = { p->targets.len,
	    target_kind(s, n) == TARGET_ADDRESS };

	return stralloc_catb(&p->targets, s, n) && stralloc_0(&p->targets) &&
	    genalloc_append(struct plan_target, &p->all, &t);
}

int
plan_addlines(struct plan *p, const char *s)
{
	const char *end;

	for (; *s && (end = strchr(s, '\n')); s = end + 1)
		if (end > s && !plan_add(p, s, (size_t)(end - s)))
			return 0;
	return 1;
}

/* Has the address a domain? Its local part may be quoted. */
static int
hasdomain(const char *s)
{
	const char *quote = *s == '"' ? strrchr(s, '"') : s;

	return strchr(quote, '@') != 0;
}

/* Give addresses their domain: all texts anew, in tmp, then in targets. */
static int
qualify(struct plan *p, const char *origin)
{
	struct plan_target *t = genalloc_s(struct plan_target, &p->all);
	size_t n = genalloc_len(struct plan_target, &p->all), i;
	stralloc was;

	p->tmp.len = 0;
	for (i = 0; i < n; i++) {
		const char *s = p->targets.s + t[i].at;

		t[i].at = p->tmp.len;
		if (!stralloc_cats(&p->tmp, s) ||
		    (t[i].isaddress && !hasdomain(s) && (!stralloc_append(&p->tmp, '@') ||
		    !stralloc_cats(&p->tmp, origin))) ||
		    !stralloc_0(&p->tmp))
			return 0;
	}
	was = p->targets;
	p->targets = p->tmp;
	p->tmp = was;
	return 1;
}

struct sorted {
	char *s;
	int isaddress;
};

/* Addresses that differ by case only are one person's. */
static int
order(const struct sorted *a, const struct sorted *b)
{
	return a->isaddress && b->isaddress ? strcasecmp(a->s, b->s) :
	    strcmp(a->s, b->s);
}

static int
compare(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	int r = order(a, b);

	return r ? r : a->s < b->s ? -1 : 1;
}

/* Empty the text of each that stands there before. Returns how many are
 * left, or 0 with ENOMEM. */
static size_t
unique(struct plan *p)
{
	const struct plan_target *t = genalloc_s(struct plan_target, &p->all);
	size_t n = genalloc_len(struct plan_target, &p->all), left = 0, i;
	struct sorted *v = malloc((n + 1) * sizeof *v);
	const struct sorted *last = 0;

	if (!v)
		return 0;
	for (i = 0; i < n; i++) {
		v[i].s = p->targets.s + t[i].at;
		v[i].isaddress = t[i].isaddress;
	}
	qsort(v, n, sizeof *v, compare);
	for (i = 0; i < n; i++) {
		if (last && !order(last, v + i)) {
			*v[i].s = 0;
			continue;
		}
		last = v + i;
		left++;
	}
	free(v);
	return left;
}

/* What r asked for, of which one hears nothing of the success of any. */
static const char *
without_success(const struct order_rcpt *r)
{
	return r->notify ?
	    notify_text(notify_scan(r->notify) & ~(unsigned)NOTIFY_SUCCESS) : 0;
}

static int
add(struct envelope *e, const char *s, int isaddress,
    const struct order_rcpt *r, int islist, const char *notify)
{
	struct envelope_rcpt *x = envelope_add(e, isaddress ? s : r->addr);

	if (!x)
		return 0;
	x->target = isaddress ? 0 : s;
	/* of a list's member it is his own: ORCPT is what the sender, now the
	 * owner, has written (RFC 3461 5.2.7.1) */
	x->orig = islist && isaddress ? 0 : r->orig ? r->orig : r->addr;
	x->notify = notify;
	x->orcpt = islist ? 0 : r->orcpt;
	return 1;
}

int
plan_envelope(struct plan *p, struct envelope *e, const struct order *o,
    const struct order_rcpt *r, const char *owner, const char *origin)
{
	int islist = owner && *owner && *o->sender;
	size_t n = genalloc_len(struct plan_target, &p->all), i, left;
	const char *notify;

	if (!qualify(p, origin) || !(left = unique(p)))
		return n ? -1 : 0;
	if (left > ENVELOPE_RCPTS)
		return 0;
	notify = islist ? 0 : left > 1 ? without_success(r) : r->notify;
	p->action = islist ? "delivered" : left > 1 ? "expanded" : 0;
	e->sender = islist ? owner : o->sender;
	e->origin = "forward";
	e->parent = o->id;
	e->client = o->client;
	e->helo = o->helo;
	e->proto = o->proto;
	e->login = o->login;
	e->method = o->method;
	/* who says what now, another would have to vouch for: RFC 4954 5 */
	e->auth = o->auth ? "<>" : 0;
	e->body = o->body;
	e->smtputf8 = o->smtputf8;
	e->ret = islist ? 0 : o->ret;
	e->envid = islist ? 0 : o->envid;
	for (i = 0; i < n; i++) {
		const struct plan_target *t =
		    genalloc_s(struct plan_target, &p->all) + i;
		const char *s = p->targets.s + t->at;

		if (*s && !add(e, s, t->isaddress, r, islist, notify))
			return -1;
	}
	return 1;
}
