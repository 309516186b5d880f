#include "expand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "run/log.h"

void
expand_init(struct expand *e)
{
	const struct target_walk zero = TARGET_WALK("", 0, 0);
	size_t i;

	for (i = 0; i < EXPAND_INCLUDES; i++) {
		e->files[i].fd = -1;
		e->files[i].w = zero;
	}
}

/* The walk cannot go on: later. */
static int
fail(struct expand *e, const char *code, const char *what, const char *name,
    const char *why)
{
	snprintf(e->d->room, sizeof e->d->room, "%s%s%s", what, name, why);
	e->d->route.kind = ROUTE_NONE;
	verdict_set(&e->d->route.verdict, VERDICT_LATER, code, 0, e->d->room);
	return -1;
}

static int
nomem(struct expand *e)
{
	return fail(e, "4.3.0", "out of memory", "", "");
}

/* Has the walk been through x's row? Notes it. FNV-1a, open addressing; what
 * finds no place is gone through again, EXPAND_STEPS is the limit. */
static int
seen(struct expand *e, const struct step_addr *x)
{
	uint64_t h = 14695981039346656037u;
	const char *s;
	size_t i;

	for (s = x->local; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	h = (h ^ '@') * 1099511628211u;
	for (s = x->domain; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	h += !h;
	for (i = h % EXPAND_SEEN; e->seen[i]; i = (i + 1) % EXPAND_SEEN)
		if (e->seen[i] == h)
			return 1;
	if (e->nseen < EXPAND_SEEN / 4 * 3) {
		e->seen[i] = h;
		e->nseen++;
	}
	return 0;
}

static int
push_row(struct expand *e, const struct step_addr *x, const struct step *st)
{
	struct expand_level *l = e->levels + e->n;

	if (e->n == sizeof e->levels / sizeof e->levels[0])
		return fail(e, "4.3.5", "a list nested too deep: ", x->a.s, "");
	l->x = *x;
	l->st = *st;
	l->pos = 0;
	l->in = 0;
	e->n++;
	return 0;
}

static int
push_file(struct expand *e, const char *path)
{
	struct expand_level *l = e->levels + e->n;

	if (e->nofiles)
		return 0;
	if (e->nfiles == EXPAND_INCLUDES ||
	    e->n == sizeof e->levels / sizeof e->levels[0])
		return fail(e, "4.3.5", "list files nested too deep: ", path,
		    "");
	if (include_open(e->files + e->nfiles, path) < 0) {
		log_warnsys("unable to read list file ", path);
		return fail(e, "4.3.0", "unable to read list file ", path,
		    errno == EPERM ? ": everybody may write it" :
		    errno == ENOENT ? ": there is none" :
		    errno == EACCES ? ": permission denied" : "");
	}
	l->x = l[-1].x;
	l->st = l[-1].st;
	l->in = e->files + e->nfiles++;
	e->n++;
	return 0;
}

static void
pop(struct expand *e)
{
	struct expand_level *l = e->levels + --e->n;

	if (!l->in) {
		path_cut(&e->path, e->path.n - 1);
		return;
	}
	include_close(l->in);
	e->nfiles--;
}

static int
emit(struct expand *e, const char *s, size_t n)
{
	e->out.len = 0;
	return stralloc_catb(&e->out, s, n) ? 1 : nomem(e);
}

static int
emit_address(struct expand *e, const char *mark, const struct step_addr *x)
{
	e->out.len = 0;
	if (!stralloc_cats(&e->out, mark))
		return nomem(e);
	return *mark ? stralloc_catb(&e->out, x->a.s, x->a.len) ? 1 :
	    nomem(e) : target_putaddress(&e->out, x->a.s, x->a.len) > 0 ? 1 :
	    nomem(e);
}

static int
emit_loop(struct expand *e, const struct step_addr *x)
{
	e->out.len = 0;
	return stralloc_cats(&e->out, "!5.4.6 alias loop: ") &&
	    path_loop(&e->path, x, VERDICT_TEXT_OCTETS - 20, &e->out) ? 1 :
	    nomem(e);
}

/* An address within the list. Returns 1 if it is to be said, 0 if the walk
 * goes through its row, -1. */
static int
member(struct expand *e, struct expand_level *l, const char *s, size_t n)
{
	char owner[DECIDE_OWNER_OCTETS];
	struct step_addr x;
	struct step st;
	int r;

	if (step_to(&x, &l->x, &l->st, s, n, &e->f->facts) < 0) {
		log_warn("not an address, in the list ", l->x.a.s);
		return 0;
	}
	if (step_isself(&x, &l->x, &l->st))	/* with his extension */
		return emit_address(e, "~", &l->x);
	step(&st, &x, 0, &e->f->facts);
	if (st.kind == STEP_LATER)
		return fail(e, "4.3.0", "table lookup failure", "", "");
	if (st.kind != STEP_ROW)
		return emit_address(e, "", &x);
	r = decide_owner(owner, &st, &e->f->facts);
	if (r < 0)
		return fail(e, "4.3.0", "table lookup failure", "", "");
	if (r)
		return emit_address(e, "", &x);
	r = path_push(&e->path, &x);
	if (r < 0)
		return nomem(e);
	if (!r)
		return emit_loop(e, &x);
	if (seen(e, &x)) {
		path_cut(&e->path, e->path.n - 1);
		return 0;
	}
	return push_row(e, &x, &st);
}

/* A list's file may be anybody's: no commands and no files by it, as with
 * Postfix's allow_mail_to_commands and allow_mail_to_files. */
static int
special(struct expand *e, const struct expand_level *l, const char *s,
    size_t n)
{
	if (!l->in)
		return emit(e, s, n);
	log_warn(l->in->path, ": a list file may hold addresses only: ", s);
	e->out.len = 0;
	return stralloc_cats(&e->out, "!5.7.1 a list file may hold addresses "
	    "only: ") && stralloc_catb(&e->out, s, n > 200 ? 200 : n) ? 1 :
	    nomem(e);
}

static int
take(struct expand *e, struct expand_level *l, const char *s, size_t n)
{
	char path[TARGET_OCTETS + 1];

	switch (target_kind(s, n)) {
	case TARGET_INCLUDE:
		memcpy(path, s, n);
		path[n] = 0;
		return push_file(e, target_include(path));
	case TARGET_ADDRESS: return member(e, l, s, n);
	case TARGET_COMMAND: case TARGET_FILE: return special(e, l, s, n);
	default: return emit(e, s, n);
	}
}

/* The next target of a level. Returns 1, 0 at its end, -1. */
static int
next(struct expand *e, struct expand_level *l, const char **s, size_t *n)
{
	char line[24];
	int r;

	if (!l->in)
		return step_target(&l->st, &l->pos, s, n);
	while ((r = include_next(l->in, &e->t)) < 0) {
		if (errno != EINVAL) {
			log_warnsys("unable to read list file ", l->in->path);
			return fail(e, "4.3.0", "unable to read list file ",
			    l->in->path, "");
		}
		snprintf(line, sizeof line, ":%zu: ", l->in->line);
		log_warn(l->in->path, line, l->in->w.error);
	}
	*s = e->t.s;
	*n = e->t.n;
	return r;
}

int
expand_begin(struct expand *e, struct decision *d, const char *addr,
    size_t n, const struct setup *f)
{
	struct expand_level *l = e->levels;

	e->f = f;
	e->d = d;
	e->n = e->nfiles = e->steps = e->nseen = 0;
	e->nofiles = 0;
	path_cut(&e->path, 0);
	memset(e->seen, 0, sizeof e->seen);
	if (!decide_list(d, addr, n, f, &l->st, &l->x))
		return 0;
	l->pos = 0;
	l->in = 0;
	e->n = 1;
	if (path_push(&e->path, &l->x) < 0) {
		nomem(e);
		return 0;
	}
	seen(e, &l->x);
	return 1;
}

int
expand_next(struct expand *e, const char **s, size_t *n)
{
	int r;

	while (e->n) {
		struct expand_level *l = e->levels + e->n - 1;

		if (e->steps++ == EXPAND_STEPS)
			return fail(e, "4.3.5", "list too long", "", "");
		r = next(e, l, s, n);
		if (!r)
			pop(e);
		else if (r > 0)
			r = take(e, l, *s, *n);
		if (r < 0)
			return r;
		if (r) {
			*s = e->out.s;
			*n = e->out.len;
			return 1;
		}
	}
	return 0;
}

void
expand_end(struct expand *e)
{
	while (e->n)
		pop(e);
}

int
expand_has(struct expand *e, struct decision *d, const char *addr, size_t n,
    const char *target, size_t m, const struct setup *f)
{
	const char *s;
	size_t len;
	int r;

	if (!expand_begin(e, d, addr, n, f))
		return d->route.target && strlen(d->route.target) == m &&
		    !memcmp(d->route.target, target, m);
	e->nofiles = 1;
	while ((r = expand_next(e, &s, &len)) > 0)
		if (len == m && !memcmp(s, target, m))
			break;
	expand_end(e);
	return r > 0;
}
