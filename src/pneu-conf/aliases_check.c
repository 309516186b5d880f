#include "pneu-conf/aliases.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

#include "alias/path.h"
#include "alias/step.h"
#include "alias/target.h"
#include "conf/slurp.h"
#include "pneu-conf/settings.h"
#include "wire/route.h"

#define FILE_OCTETS (64u << 20)	/* of a list file */
#define FILES 20		/* within each other */
#define NOBODIES 200		/* named at most: more is another mistake */

struct walk {
	struct aliases *x;
	const struct world *w;
	struct report *r;
	struct facts f;
	struct path path;
	unsigned char *done;	/* a row of aliases each, then of virtual */
	unsigned int depth;	/* list files within each other */
	unsigned int nobodies;
	const struct place *p;	/* of the row, or of the line of a list file */
};

static int
inlist(const struct list *l, const char *s, size_t n)
{
	size_t at, m;

	for (at = 0; at < l->n; at += m + 1) {
		m = strlen(l->s + at);
		if (m == n && !strncasecmp(l->s + at, s, n))
			return 1;
	}
	return 0;
}

/* The domain or ".parent". */
static int
has(const struct list *l, const char *domain, size_t n)
{
	const char *p = domain, *end = p + n;

	if (inlist(l, p, n))
		return 1;
	while (p < end && (p = memchr(p + 1, '.', (size_t)(end - p - 1))))
		if (inlist(l, p, (size_t)(end - p)))
			return 1;
	return 0;
}

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	const struct walk *w = x;
	const struct rows *rows = !strcmp(table, "aliases") ? &w->x->rows :
	    w->w->virtual;
	const struct row *row;

	if (!rows)
		return conf_lookup(w->w->conf, table, key, keylen, v, n);
	if (!(row = rows_find(rows, key, keylen)))
		return 0;
	*v = rows->s.s + row->value;
	*n = row->valuelen;
	return 1;
}

static char
domain(void *x, const char *s, size_t n)
{
	const struct world *w = ((struct walk *)x)->w;
	const char *v;
	size_t m;

	if (has(&w->dest, s, n))
		return ROUTE_LOCAL;
	if (has(&w->boxes, s, n) || has(&w->aliasdomains, s, n) ||
	    lookup(x, "virtual", s, n, &v, &m) > 0)
		return ROUTE_VIRTUAL;
	return has(&w->relay, s, n) ? ROUTE_RELAY : ROUTE_OTHER;
}

/* What cannot be looked up now is taken for one. */
static int
user(void *x, const char *name)
{
	struct passwd *p;

	errno = 0;
	p = getpwnam(name);
	if (!p)
		return errno && errno != ENOENT && errno != ESRCH;
	return p->pw_uid && p->pw_gid &&
	    p->pw_uid >= ((struct walk *)x)->w->min_uid;
}

static void
warn(struct walk *w, const char *name, const char *what)
{
	report_warning(w->r, w->p, name, what);
}

static void
nobody(struct walk *w, const struct step_addr *x)
{
	/* what a * becomes is not known here */
	if (!strchr(x->local, '*') && w->nobodies++ < NOBODIES)
		warn(w, x->a.s, ": no such user or alias: mail to it will "
		    "bounce");
}

static void
loop(struct walk *w, const struct step_addr *x)
{
	stralloc s = STRALLOC_ZERO;

	if (!path_loop(&w->path, x, 4000, &s) || !stralloc_0(&s))
		report_nomem();
	report_warning(w->r, w->p, "alias loop: ", s.s,
	    ": mail to it will bounce");
	stralloc_free(&s);
}

/* Has the row been looked at? Notes it. Rows in force are not ours to look
 * at but on the way. */
static int
isdone(struct walk *w, const struct step *st)
{
	const struct rows *rows = st->table[0] == 'a' ? &w->x->rows :
	    w->w->virtual;
	const struct row *row;
	size_t i;

	if (!rows || !(row = rows_find(rows, st->key, strlen(st->key))))
		return 0;
	i = (size_t)(row - genalloc_s(struct row, &rows->r));
	if (st->table[0] != 'a')
		i += genalloc_len(struct row, &w->x->rows.r);
	if (w->done[i])
		return 1;
	w->done[i] = 1;
	return 0;
}

static void targets(struct walk *w, const struct step_addr *x,
    const struct step *st);
static void include(struct walk *w, const struct step_addr *x,
    const struct step *st, const char *path);

/* One target of x's row. */
static void
target(struct walk *w, const struct step_addr *x, const struct step *st,
    const char *s, size_t n)
{
	struct step_addr to;
	struct step next;
	int not = 0;

	if (target_kind(s, n) == TARGET_MAILBOX) {
		s++, n--;
		not = STEP_NOVIRTUAL | STEP_NOALIASES;
	} else if (target_kind(s, n) != TARGET_ADDRESS)
		return;
	if (step_to(&to, x, st, s, n, &w->f) < 0)
		return;
	if (not)
		to.class = ROUTE_LOCAL;
	else if (step_isself(&to, x, st))
		not = st->table[0] == 'a' ? STEP_NOVIRTUAL | STEP_NOALIASES :
		    STEP_NOVIRTUAL;
	step(&next, &to, not, &w->f);
	if (next.kind == STEP_NONE)
		nobody(w, &to);
	if (next.kind != STEP_ROW)
		return;
	if (!path_push(&w->path, &to))
		loop(w, &to);
	else {
		if (!isdone(w, &next))
			targets(w, &to, &next);
		path_cut(&w->path, w->path.n - 1);
	}
}

/* What the row st of x stands for. */
static void
targets(struct walk *w, const struct step_addr *x, const struct step *st)
{
	char path[TARGET_OCTETS + 1];
	const struct place *was = w->p;
	const struct row *row;
	const char *s;
	size_t n, pos = 0;

	if (st->table[0] == 'a' || w->w->virtual) {
		row = rows_find(st->table[0] == 'a' ? &w->x->rows :
		    w->w->virtual, st->key, strlen(st->key));
		if (row)
			w->p = &row->p;
	}
	while (step_target(st, &pos, &s, &n)) {
		if (target_kind(s, n) != TARGET_INCLUDE) {
			target(w, x, st, s, n);
			continue;
		}
		aliases_note(w->x, s, n);
		memcpy(path, s, n);
		path[n] = 0;
		include(w, x, st, target_include(path));
	}
	w->p = was;
}

/* What stands in a list file. What is wrong with it is told, and no error:
 * it is its own, who may be anybody. */
static void
include(struct walk *w, const struct step_addr *x, const struct step *st,
    const char *path)
{
	struct target_walk t = TARGET_WALK(0, 0, TARGET_LINES);
	stralloc text = STRALLOC_ZERO;
	const struct place *was = w->p;
	struct place p = { path, 0, 0 };
	struct target found;
	size_t i = 0, at;
	char nested[TARGET_OCTETS + 1];
	int r;

	if (w->depth == FILES) {
		warn(w, path, ": list files nested too deep");
		return;
	}
	if (conf_slurp(&text, path, FILE_OCTETS) < 0) {
		report_warning(w->r, w->p, "unable to read list file ", path,
		    ": ", strerror(errno), ": mail to it will wait");
		stralloc_free(&text);
		return;
	}
	w->depth++;
	w->p = &p;
	target_walk_over(&t, text.s, text.len, TARGET_LINES);
	while ((r = target_next(&t, &found))) {
		at = r > 0 ? found.at : t.errat;
		for (p.col = p.line ? p.col : 1, p.line += !p.line; i < at;
		    i++) {
			p.col++;
			if (text.s[i] == '\n')
				p.line++, p.col = 1;
		}
		if (r < 0)
			warn(w, t.error ? t.error : "out of memory",
			    ", so it is passed over");
		else if (found.kind == TARGET_INCLUDE) {
			aliases_note(w->x, found.s, found.n);
			strcpy(nested, found.s);
			include(w, x, st, target_include(nested));
		} else if (found.kind == TARGET_COMMAND ||
		    found.kind == TARGET_FILE)
			warn(w, found.s, ": a list file may hold addresses "
			    "only: it will bounce");
		else
			target(w, x, st, found.s, found.n);
	}
	w->p = was;
	w->depth--;
	target_walk_free(&t);
	stralloc_free(&text);
}

/* Begin with the row of this key. */
static void
begin(struct walk *w, const struct rows *rows, const struct row *row)
{
	const char *key = rows->s.s + row->key;
	stralloc s = STRALLOC_ZERO;
	struct step_addr x;
	struct step st = { .kind = STEP_ROW };

	if (row->keylen > STEP_KEY_OCTETS || !row->valuelen ||
	    (rows == w->w->virtual && !memchr(key, '@', row->keylen)))
		return;		/* whose domain a name alone is depends */
	memcpy(st.key, key, row->keylen);
	st.key[row->keylen] = 0;
	st.v = rows->s.s + row->value;
	st.n = row->valuelen;
	st.table = rows->name;
	st.rest = *key == '@';
	if (isdone(w, &st))
		return;
	if (st.rest && !stralloc_cats(&s, "*"))
		report_nomem();
	if (address_put(&s, key, st.rest ? 0 : strcspn(st.key, "@"), "", 0) <
	    0 || !stralloc_cats(&s, strchr(st.key, '@') ?
	    strchr(st.key, '@') : ""))
		report_nomem();
	if (step_addr(&x, s.s, s.len, &w->f) > 0) {
		st.at = x.locallen;
		if (st.table[0] == 'a')
			x.class = ROUTE_LOCAL;
		w->p = &row->p;
		path_cut(&w->path, 0);
		path_push(&w->path, &x);
		targets(w, &x, &st);
	}
	stralloc_free(&s);
}

static void
all(struct walk *w, const struct rows *rows)
{
	size_t i;

	for (i = 0; i < genalloc_len(struct row, &rows->r); i++)
		begin(w, rows, genalloc_s(struct row, &rows->r) + i);
}

/* A name@domain or @domain of the aliases is asked for in our domains. */
static void
check_keys(struct walk *w)
{
	const struct rows *rows = &w->x->rows;
	const struct row *row = genalloc_s(struct row, &rows->r);
	size_t i, n = genalloc_len(struct row, &rows->r);
	char d[ADDRESS_DOMAIN_OCTETS + 1];

	for (i = 0; i < n; i++) {
		const char *key = rows->s.s + row[i].key;
		const char *at = memchr(key, '@', row[i].keylen);
		size_t m = at ? (size_t)(key + row[i].keylen - at - 1) : 0;

		if (!at || m >= sizeof d || has(&w->w->dest, at + 1, m))
			continue;
		memcpy(d, at + 1, m);
		d[m] = 0;
		report_warning(w->r, &row[i].p, d, " is not in mydestination, "
		    "so this row is not used: it belongs into the table "
		    "virtual");
	}
}

void
aliases_check(struct aliases *x, const struct world *world, struct report *r)
{
	struct walk w = { .x = x, .w = world, .r = r, .path = PATH_ZERO };
	size_t n = genalloc_len(struct row, &x->rows.r);

	if (world->virtual)
		n += genalloc_len(struct row, &world->virtual->r);
	w.done = calloc(n + 1, 1);
	if (!w.done)
		report_nomem();
	w.f.origin = world->origin;
	w.f.delimiters = world->delimiters;
	w.f.domain = domain;
	w.f.user = user;
	w.f.lookup = lookup;
	w.f.x = &w;
	check_keys(&w);
	all(&w, &x->rows);
	if (world->virtual)
		all(&w, world->virtual);
	if (w.nobodies > NOBODIES) {
		struct place p = { "aliases", 0, 0 };
		char more[UINT_FMT];

		more[uint_fmt(more, w.nobodies - NOBODIES)] = 0;
		report_warning(r, &p, more, " more names that are nobody's");
	}
	stralloc_free(&w.path.s);
	free(w.done);
}
