#include "pneu-queue/bcc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Somebody who is a recipient (old), or is to become one. */
struct who {
	size_t at;		/* of his address in b->text, if not old */
	const char *addr;
	int old;
};

/* Those of the row that has been found. 1, or 0 with ENOMEM. */
static int
take(struct bcc *b, const struct step *st)
{
	struct step_addr to;
	struct who w = { 0, 0, 0 };
	const char *s;
	size_t n, pos = 0;

	while (step_target(st, &pos, &s, &n)) {
		if (step_addr(&to, s, n, &b->facts) < 0)
			continue;
		w.at = b->text.len;
		if (!stralloc_catb(&b->text, to.a.s, to.a.len + 1) ||
		    !genalloc_append(struct who, &b->all, &w))
			return 0;
	}
	return 1;
}

/* The table's row for an address, if it is one. */
static int
ask(struct bcc *b, const char *table, const char *addr)
{
	struct step_addr x;
	struct step st = { .kind = STEP_ON };
	int r;

	if (step_addr(&x, addr, strlen(addr), &b->facts) < 0)
		return 1;
	r = step_lookup(&st, &x, table, &b->facts);
	return r <= 0 ? r == 0 : take(b, &st);
}

static int
ask_all(struct bcc *b, const struct envelope *e)
{
	struct step st = { .kind = STEP_ROW };
	size_t i, n = envelope_nrcpts(e);
	int r = b->facts.lookup(b->facts.x, BCC_ALWAYS, "", 0, &st.v, &st.n);

	if (r < 0 || (r && !take(b, &st)))
		return 0;
	if (e->sender[0] && !ask(b, BCC_SENDER, e->sender))
		return 0;
	for (i = 0; i < n; i++)
		if (!ask(b, BCC_RECIPIENT, envelope_rcpt(e, i)->addr))
			return 0;
	return 1;
}

static int
by_address(const void *a, const void *b)
{
	const struct who *x = a, *y = b;
	int r = strcasecmp(x->addr, y->addr);

	return r ? r : y->old - x->old;
}

/* Sort those who were found among those who are there. */
static int
sort(struct bcc *b, const struct envelope *e)
{
	struct who *p, w = { 0, 0, 1 };
	size_t i, n = genalloc_len(struct who, &b->all);

	for (i = 0, p = genalloc_s(struct who, &b->all); i < n; i++)
		p[i].addr = b->text.s + p[i].at;
	for (i = 0; i < envelope_nrcpts(e); i++) {
		w.addr = envelope_rcpt(e, i)->addr;
		if (!genalloc_append(struct who, &b->all, &w))
			return 0;
	}
	qsort(genalloc_s(struct who, &b->all),
	    genalloc_len(struct who, &b->all), sizeof w, by_address);
	return 1;
}

int
bcc_add(struct bcc *b, struct envelope *e)
{
	size_t i, n, was = envelope_nrcpts(e);
	struct envelope_rcpt *r;
	struct who *p;

	if (!b->has || e->parent)
		return 1;
	b->text.len = 0;
	genalloc_setlen(struct who, &b->all, 0);
	if (!ask_all(b, e))
		return -1;
	if (!genalloc_len(struct who, &b->all))
		return 1;
	if (!sort(b, e))
		return -1;
	p = genalloc_s(struct who, &b->all);
	n = genalloc_len(struct who, &b->all);
	for (i = 0; i < n; i++) {
		if (p[i].old || (i && !strcasecmp(p[i - 1].addr, p[i].addr)))
			continue;
		r = envelope_nrcpts(e) < ENVELOPE_RCPTS ?
		    envelope_add(e, p[i].addr) : (errno = E2BIG, (void *)0);
		if (!r) {
			genalloc_setlen(struct envelope_rcpt, &e->rcpts, was);
			return -1;
		}
		r->notify = "NEVER";
	}
	return 1;
}
