#include "pneu-conf/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/slurp.h"
#include "pneu-conf/near.h"

/* The files that are being read, the innermost first: an include of one of
 * them would never end. */
struct reading {
	const char *file;
	const struct reading *outer;
	unsigned int depth;
};

void
settings_place(const struct settings *x, enum conf_key k, size_t off,
    struct place *p)
{
	const struct given *g = x->given + k;

	memset(p, 0, sizeof *p);
	if (!g->file)
		return;
	p->file = g->file;
	text_place(&g->l, g->value + off, &p->line, &p->col);
}

const char *
settings_str(const struct settings *x, enum conf_key k)
{
	return x->canon[k].s;
}

/* Keep a name for as long as the settings live. */
static const char *
keep(struct settings *x, const char *s)
{
	char *t = strdup(s);

	if (!t || !genalloc_append(char *, &x->files, &t))
		report_nomem();
	return t;
}

static void
unknown(struct settings *x, const struct place *p, const char *s, size_t n)
{
	char name[65];
	const char *near = near_name(s, n);

	if (n >= sizeof name)
		n = sizeof name - 1;
	memcpy(name, s, n);
	name[n] = 0;
	if (near)
		report_error(x->report, p, "unknown setting ", name,
		    ", do you mean ", near, "?");
	else
		report_error(x->report, p, "unknown setting ", name);
}

static void
take(struct settings *x, const char *file, struct text_line *l,
    const struct text_entry *e)
{
	struct place p = { file, 0, 0 }, old;
	struct text_line swap;
	struct given *g;
	int k = conf_find(l->s.s + e->name, e->namelen);

	text_place(l, e->name, &p.line, &p.col);
	if (k < 0) {
		unknown(x, &p, l->s.s + e->name, e->namelen);
		return;
	}
	g = x->given + k;
	if (g->file) {
		stralloc where = STRALLOC_ZERO;

		settings_place(x, (enum conf_key)k, 0, &old);
		report_where(&where, &old);
		if (!stralloc_0(&where))
			report_nomem();
		report_warning(x->report, &p, conf_settings[k].name,
		    " is said before, at ", where.s, "; this one counts");
		stralloc_free(&where);
	}
	swap = g->l;	/* storage goes round */
	g->l = *l;
	*l = swap;
	g->file = file;
	g->name = e->name;
	g->value = e->value;
	g->valuelen = e->valuelen;
}

static void load(struct settings *x, const char *path,
    const struct reading *outer, const struct place *from, const char *s,
    size_t n);

/* The name of an included file is taken from the folder of the including. */
static void
include(struct settings *x, const struct reading *here,
    const struct place *p, const char *s, size_t n)
{
	const char *slash = strrchr(here->file, '/');
	stralloc path = STRALLOC_ZERO;

	if ((s[0] != '/' && slash && !stralloc_catb(&path, here->file,
	    (size_t)(slash - here->file) + 1)) ||
	    !stralloc_catb(&path, s, n) || !stralloc_0(&path))
		report_nomem();
	load(x, path.s, here, p, 0, 0);
	stralloc_free(&path);
}

static void
parse(struct settings *x, const struct reading *here, const char *s, size_t n)
{
	struct text t;
	struct text_line l = TEXT_LINE_ZERO;
	struct text_entry e;
	struct place p = { here->file, 0, 0 };
	int r;

	text_open(&t, s, n);
	while ((r = text_next(&t, &l))) {
		if (r < 0 && !t.error)
			report_nomem();
		if (r < 0) {
			p.line = t.errline;
			p.col = t.errcol;
			report_error(x->report, &p, t.error);
			continue;
		}
		text_entry_scan(&e, &l);
		if (e.kind == TEXT_BAD) {
			text_place(&l, e.at, &p.line, &p.col);
			report_error(x->report, &p, e.error);
		} else if (e.kind == TEXT_INCLUDE) {
			text_place(&l, e.value, &p.line, &p.col);
			include(x, here, &p, l.s.s + e.value, e.valuelen);
		} else
			take(x, here->file, &l, &e);
	}
	text_line_free(&l);
}

/* from is where the file is included, 0 if it is not. */
static void
load(struct settings *x, const char *path, const struct reading *outer,
    const struct place *from, const char *s, size_t n)
{
	struct reading here = { keep(x, path), outer,
	    outer ? outer->depth + 1 : 0 };
	const struct reading *o;
	struct place p = { here.file, 0, 0 };
	stralloc sa = STRALLOC_ZERO;

	for (o = outer; o; o = o->outer)
		if (!strcmp(o->file, here.file)) {
			report_error(x->report, from, "include of ",
			    here.file, " within itself");
			return;
		}
	if (here.depth > SETTINGS_DEPTH ||
	    genalloc_len(char *, &x->files) > SETTINGS_FILES) {
		report_error(x->report, from, "too many includes");
		return;
	}
	if (s)
		parse(x, &here, s, n);
	else if (conf_slurp(&sa, path, SETTINGS_FILE_OCTETS) < 0)
		report_error(x->report, from ? from : &p, "unable to read ",
		    here.file, ": ", strerror(errno));
	else
		parse(x, &here, sa.s, sa.len);
	stralloc_free(&sa);
}

/* "name = value: expected ..." */
static void
refuse(struct settings *x, enum conf_key k, int e, size_t bad)
{
	const struct given *g = x->given + k;
	const char *dollar = memchr(g->l.s.s + g->value, '$', g->valuelen);
	stralloc m = STRALLOC_ZERO;
	struct place p;

	if (e == ENOMEM)
		report_nomem();
	/* behind a name that was replaced, offsets say nothing */
	settings_place(x, k, dollar ? 0 : bad, &p);
	if (!stralloc_cats(&m, conf_settings[k].name) ||
	    !stralloc_cats(&m, " = ") ||
	    !stralloc_catb(&m, g->l.s.s + g->value,
	    g->valuelen > 200 ? 200 : g->valuelen) ||
	    !stralloc_cats(&m, g->valuelen > 200 ? "...: " : ": ") ||
	    !stralloc_cats(&m, "expected ") || (dollar && e == EINVAL ?
	    !stralloc_cats(&m, "no $ but that of $myhostname") :
	    !conf_expected(k, &m)) || !stralloc_0(&m))
		report_nomem();
	report_error(x->report, &p, m.s);
	stralloc_free(&m);
}

/* Parse s into canon and num. Returns 1, or -1 with errno. */
static int
evaluate(struct settings *x, enum conf_key k, const char *s, size_t n,
    size_t *bad)
{
	stralloc sa = STRALLOC_ZERO;
	const char *host = k == CONF_myhostname ? "" :
	    settings_str(x, CONF_myhostname);
	int r, e;

	x->canon[k].len = 0;
	r = conf_expand_for(k, &sa, s, n, host, bad);
	if (r > 0)
		r = conf_value(k, sa.s, sa.len, &x->num[k], &x->canon[k], bad);
	e = errno;
	stralloc_free(&sa);
	errno = e;
	return r;
}

static void
evaluate_all(struct settings *x, const char *host)
{
	int k;
	size_t bad;

	for (k = 0; k < CONF_N; k++) {
		const struct given *g = x->given + k;
		const char *def = conf_settings[k].def;
		int r = -1;

		if (k == CONF_myhostname)
			def = host;
		if (g->file && (k != CONF_myhostname || g->valuelen)) {
			r = evaluate(x, (enum conf_key)k, g->l.s.s + g->value,
			    g->valuelen, &bad);
			if (r < 0)
				refuse(x, (enum conf_key)k, errno, bad);
		}
		if (r < 0 && evaluate(x, (enum conf_key)k, def, strlen(def),
		    &bad) < 0)
			report_nomem();
	}
}

void
settings_load(struct settings *x, struct report *r, const char *path,
    const char *s, size_t n, const char *host)
{
	memset(x, 0, sizeof *x);
	x->report = r;
	load(x, path, 0, 0, s, n);
	evaluate_all(x, host);
}

void
settings_free(struct settings *x)
{
	size_t i;

	for (i = 0; i < CONF_N; i++) {
		text_line_free(&x->given[i].l);
		stralloc_free(&x->canon[i]);
	}
	for (i = 0; i < genalloc_len(char *, &x->files); i++)
		free(genalloc_s(char *, &x->files)[i]);
	genalloc_free(char *, &x->files);
}

static int
isdivider(char c)
{
	return c == ' ' || c == ',' || c == '\t';
}

int
settings_item(const struct settings *x, enum conf_key k, size_t *pos,
    stralloc *item, size_t *off)
{
	const struct given *g = x->given + k;
	const char *s = g->file ? g->l.s.s + g->value : conf_settings[k].def;
	size_t n = g->file ? g->valuelen : strlen(s), i = *pos, bad;

	while (i < n && isdivider(s[i]))
		i++;
	if (i == n)
		return 0;
	*off = i;
	while (i < n && !isdivider(s[i]))
		i++;
	*pos = i;
	item->len = 0;
	/* what cannot be replaced has been told of before */
	if (conf_expand(item, s + *off, i - *off,
	    settings_str(x, CONF_myhostname), &bad) < 0 && errno == ENOMEM)
		report_nomem();
	if (!stralloc_0(item))
		report_nomem();
	item->len--;
	return 1;
}
