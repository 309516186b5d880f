#include "decide.h"

#include <string.h>

#include "alias/target.h"
#include "decide-internal.h"

#define OWNER "owner-"
#define OWNER_OCTETS (sizeof OWNER - 1)

static void
never(struct work *w, const char *code, const char *text)
{
	decide_none(w, VERDICT_NEVER, code, text);
}

static char
class_of(const struct step_addr *x)
{
	/* Who is sent a!b@c, a%b@c or "a@b"@c may take it for mail to
	 * another domain, and us for one that may send it there: that is
	 * for those to ask who may relay. */
	if (x->class == ROUTE_RELAY && strpbrk(x->local, "%!@"))
		return ROUTE_OTHER;
	return x->class == DECIDE_ALIASES ? ROUTE_VIRTUAL : x->class;
}

/* The path comes back to where it was, or does not end. */
static void
loop(struct work *w)
{
	stralloc *s = &w->d->tmp;
	const char *text;

	s->len = 0;
	if (!stralloc_cats(s, "alias loop: ") ||
	    !path_loop(&w->d->path, &w->x, VERDICT_TEXT_OCTETS - s->len, s)) {
		decide_none(w, VERDICT_LATER, "4.3.0", "out of memory");
		return;
	}
	text = decide_keep(w, s->s, s->len);
	if (text)
		never(w, "5.4.6", text);
}

int
decide_owner(char key[DECIDE_OWNER_OCTETS], const struct step *st,
    const struct facts *f)
{
	size_t n = strcspn(st->key, "@"), l;
	const char *v;

	if (st->table[0] != 'a' || !n ||
	    !strncmp(st->key, OWNER, OWNER_OCTETS))
		return 0;
	memcpy(key, OWNER, OWNER_OCTETS);
	memcpy(key + OWNER_OCTETS, st->key, n);
	n += OWNER_OCTETS;
	key[n] = 0;
	return f->lookup(f->x, "aliases", key, n, &v, &l);
}

/* If the row's name has an owner, his address is the list's sender. Returns
 * 1, 0 if it has none, -1: decided. */
static int
owner(struct work *w)
{
	const struct facts *f = &w->f->facts;
	char key[DECIDE_OWNER_OCTETS];
	int r = decide_owner(key, &w->st, f);

	if (r < 0)
		decide_none(w, VERDICT_LATER, "4.3.0",
		    "table lookup failure");
	if (r <= 0)
		return r;
	w->d->tmp.len = 0;
	if (address_put(&w->d->tmp, key, strlen(key), f->origin,
	    strlen(f->origin)) <= 0 ||
	    !(w->d->route.owner = decide_keep(w, w->d->tmp.s,
	    w->d->tmp.len)))
		return -1;
	return 1;
}

/* \user: his mailbox. */
static void
mailbox(struct work *w, const char *s, size_t n)
{
	struct step st;

	if (step_addr(&w->x, s + 1, n - 1, &w->f->facts) > 0) {
		w->x.class = ROUTE_LOCAL;
		step(&st, &w->x, STEP_NOVIRTUAL | STEP_NOALIASES,
		    &w->f->facts);
		w->st = st;
	} else
		w->st.kind = STEP_NONE;
	decide_final(w);
	if (w->st.kind == STEP_USER)
		w->d->route.target = decide_keep(w, s, n);
}

/* By default_privs, whoever wrote it into the tables. */
static void
special(struct work *w, const char *s, size_t n)
{
	const char *ext = w->st.at < w->x.locallen && !w->st.rest ?
	    w->x.local + w->st.at + 1 : "";

	decide_user(w, w->f->privs, ext);
	w->d->route.target = decide_keep(w, s, n);
}

static void
malformed(struct work *w)
{
	decide_none(w, VERDICT_LATER, "4.3.5", "a table's row is malformed");
}

/* The row's only target is the address s[0..n). Returns 1 if the way goes on
 * from there, *not with what to pass over; 0: decided. */
static int
follow(struct work *w, const char *s, size_t n, int *not)
{
	struct step_addr to;

	if (step_to(&to, &w->x, &w->st, s, n, &w->f->facts) < 0) {
		malformed(w);
		return 0;
	}
	if (step_isself(&to, &w->x, &w->st)) {
		*not |= w->st.table[0] == 'a' ? STEP_NOVIRTUAL |
		    STEP_NOALIASES : STEP_NOVIRTUAL;
		return 1;
	}
	w->x = to;
	*not = 0;
	return 1;
}

/* The step is a row. Returns 1 if the way goes on, 0: decided; -1: it is a
 * list. */
static int
row(struct work *w, int *not)
{
	const char *s, *other;
	size_t n, m, pos = 0;
	int r = owner(w);

	if (r)
		return r < 0 ? 0 : -1;
	if (!step_target(&w->st, &pos, &s, &n)) {
		malformed(w);
		return 0;
	}
	if (step_target(&w->st, &pos, &other, &m))
		return -1;
	switch (target_kind(s, n)) {
	case TARGET_ADDRESS: return follow(w, s, n, not);
	case TARGET_INCLUDE: return -1;
	case TARGET_MAILBOX: mailbox(w, s, n); return 0;
	case TARGET_COMMAND: case TARGET_FILE: special(w, s, n); return 0;
	default: malformed(w); return 0;
	}
}

/* From step to step. Returns 0: decided; -1: it is a list. */
static int
walk(struct work *w)
{
	int r, not = 0;

	path_cut(&w->d->path, 0);
	for (;;) {
		r = not ? 1 : path_push(&w->d->path, &w->x);
		if (r < 0)
			decide_none(w, VERDICT_LATER, "4.3.0",
			    "out of memory");
		else if (!r)
			loop(w);
		if (r <= 0)
			return 0;
		step(&w->st, &w->x, not, &w->f->facts);
		if (w->st.kind != STEP_ROW) {
			decide_final(w);
			return 0;
		}
		r = row(w, &not);
		if (r <= 0)
			return r;
	}
}

/* Returns 1, or 0: decided. */
static int
canonical(struct work *w)
{
	static const char *const tables[] = {
		"recipient_canonical", "canonical"
	};
	struct step_addr to;
	size_t i;
	int r;

	for (i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		r = step_map(&to, &w->x, tables[i], &w->f->facts);
		if (r < 0) {
			decide_none(w, VERDICT_LATER, "4.3.0",
			    "table lookup failure");
			return 0;
		}
		if (r)
			w->x = to;
	}
	return 1;
}

/* Take the address. Returns 1, or 0: decided. */
static int
begin(struct work *w, const char *addr, size_t n)
{
	struct route *r = &w->d->route;

	memset(r, 0, sizeof *r);
	r->class = ROUTE_OTHER;
	if (step_addr(&w->x, addr, n, &w->f->facts) < 0) {
		never(w, "5.1.3", "Bad recipient address syntax");
		return 0;
	}
	r->class = class_of(&w->x);
	w->x.class = r->class == ROUTE_OTHER ? ROUTE_OTHER : w->x.class;
	return 1;
}

/* What the address asked for has become, if it is another. */
static void
became(struct work *w, const struct address *was)
{
	const char *s;

	if (w->x.a.len == was->len && !memcmp(w->x.a.s, was->s, was->len))
		return;
	s = decide_keep(w, w->x.a.s, w->x.a.len);
	if (s)
		w->d->route.addr = s;
}

/* Returns as walk. */
static int
whole(struct work *w, const char *addr, size_t n)
{
	struct address was;
	int r = 0;

	if (!begin(w, addr, n))
		return 0;
	was = w->x.a;
	if (canonical(w))
		r = walk(w);
	if (w->d->route.target)		/* the alias stays the recipient */
		return r;
	became(w, &was);
	return r;
}

void
decide(struct decision *d, const char *addr, size_t n, const struct setup *f)
{
	struct work w = { .d = d, .f = f };

	if (whole(&w, addr, n) < 0)
		d->route.kind = ROUTE_LIST;
}

int
decide_list(struct decision *d, const char *addr, size_t n,
    const struct setup *f, struct step *st, struct step_addr *x)
{
	struct work w = { .d = d, .f = f };

	if (!whole(&w, addr, n)) {
		if (d->route.kind != ROUTE_NONE)
			decide_none(&w, VERDICT_LATER, "4.2.4",
			    "not a list any more");
		return 0;
	}
	d->route.kind = ROUTE_LIST;
	*st = w.st;
	*x = w.x;
	return 1;
}

/* An address as itself, or a user's mailbox. */
static void
himself(struct work *w, const char *target, size_t m)
{
	struct address was = w->x.a;

	if (target[0] == TARGET_MAILBOX) {
		mailbox(w, target, m);
		return;
	}
	if (step_addr(&w->x, target + 1, m - 1, &w->f->facts) < 0) {
		malformed(w);
		return;
	}
	step(&w->st, &w->x, STEP_NOVIRTUAL | STEP_NOALIASES, &w->f->facts);
	decide_final(w);
	became(w, &was);
}

/* "!CODE text" */
static void
refused(struct work *w, const char *s, size_t m)
{
	char code[VERDICT_CODE_OCTETS + 1];
	const char *sp = memchr(s, ' ', m);
	size_t n = sp ? (size_t)(sp - s) - 1 : 0;

	if (!n || n >= sizeof code || s[1] != '5') {
		malformed(w);
		return;
	}
	memcpy(code, s + 1, n);
	code[n] = 0;
	if ((s = decide_keep(w, sp + 1, m - n - 2)))
		never(w, code, s);
}

void
decide_target(struct decision *d, const char *addr, size_t n,
    const char *target, size_t m, int listed, const struct setup *f)
{
	struct work w = { .d = d, .f = f };

	if (!begin(&w, addr, n))
		return;
	switch (target_kind(target, m)) {
	case TARGET_MAILBOX: case TARGET_USER: himself(&w, target, m); return;
	case TARGET_REFUSED: refused(&w, target, m); return;
	case TARGET_COMMAND: case TARGET_FILE: break;
	default: malformed(&w); return;
	}
	if (listed) {
		w.st.at = w.x.locallen;
		special(&w, target, m);
		return;
	}
	step(&w.st, &w.x, STEP_NOVIRTUAL | STEP_NOALIASES, &f->facts);
	w.asuser = 1;
	decide_final(&w);
	if (d->route.kind == ROUTE_USER)
		d->route.target = decide_keep(&w, target, m);
	else if (d->route.kind != ROUTE_NONE)
		never(&w, "5.1.1", "no target of this alias any more");
}
