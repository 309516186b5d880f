#include "pneu-import/qmail.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "pneu-import/map.h"

static void
append(stralloc *sa, const char *s)
{
	if ((sa->len && !stralloc_cats(sa, ", ")) || !stralloc_cats(sa, s))
		str_nomem();
}

/* Quoted, for aliases(5), if it must be. */
static const char *
quoted(const char *s)
{
	stralloc sa = STRALLOC_ZERO;

	if (!strpbrk(s, " ,\"\\#:()<>"))
		return s;
	if (!stralloc_cats(&sa, "\""))
		str_nomem();
	for (; *s; s++)
		if (((*s == '"' || *s == '\\') && !stralloc_cats(&sa, "\\"))
		    || !stralloc_catb(&sa, s, 1))
			str_nomem();
	if (!stralloc_cats(&sa, "\"") || !stralloc_0(&sa))
		str_nomem();
	return sa.s;
}

/* The text of aliases that fastforward was made of. */
static void
fastforward(struct qmail *q, const char *s, const struct origin *at)
{
	genalloc w = GENALLOC_ZERO, v = GENALLOC_ZERO;
	const struct pair *x;
	const char *file;
	size_t i, n;

	str_words(&w, s, at);
	n = genalloc_len(struct word, &w);
	file = n ? genalloc_s(struct word, &w)[n - 1].s : "";
	n = strlen(file);
	if (n < 4 || strcmp(file + n - 4, ".cdb")) {
		plan_lost(q->plan, at, 0, "fastforward without a file");
		return;
	}
	map_read_aliases(&v, str_cat("hash:", str_keepb(file, n - 4)), at,
	    q->src, q->plan);
	x = genalloc_s(struct pair, &v);
	for (i = 0; i < genalloc_len(struct pair, &v); i++)
		plan_row(q->plan, PLAN_ALIASES, x[i].key, x[i].value,
		    &x[i].at, x[i].same);
}

static void
command(struct qmail *q, stralloc *sa, const char *s, const struct origin *at)
{
	genalloc w = GENALLOC_ZERO;
	size_t i;

	s = str_trim(s, strlen(s));
	if (str_starts(s, "fastforward ")) {
		fastforward(q, s, at);
		return;
	}
	if (str_starts(s, "forward ") && !strpbrk(s, "$\"'`\\|;&<>")) {
		str_words(&w, s + 8, at);
		for (i = 0; i < genalloc_len(struct word, &w); i++)
			append(sa, qmail_address(q, genalloc_s(struct word,
			    &w)[i].s));
		return;
	}
	if (str_starts(s, "bouncesaying ") || str_starts(s, "condredirect ") ||
	    str_starts(s, "except ") || str_starts(s, "preline ") ||
	    str_starts(s, "dot-forward ") || str_starts(s, "forward "))
		plan_lost(q->plan, at, 0, "a program of qmail's: it must "
		    "stay installed, and may not do here what it did");
	q->commands = 1;
	append(sa, quoted(str_cat("|", s)));
}

static void
file(struct qmail *q, stralloc *sa, const char *s, const char *dir)
{
	if (*s == '.')
		s = str_cat(dir, s[1] == '/' ? s + 1 : str_cat("/", s));
	q->commands = 1;
	append(sa, quoted(s));
}

const char *
qmail_dot(struct qmail *q, const char *s, size_t n, const struct origin *at,
    const char *dir)
{
	stralloc sa = STRALLOC_ZERO;
	struct origin here = *at;
	struct lines x;
	struct line l;

	lines_open(&x, s, n);
	while (lines_next(&x, &l, 0)) {
		here.line = l.number;
		here.text = l.s;
		switch (*l.s) {
		case '|': command(q, &sa, l.s + 1, &here); break;
		case '.':
		case '/': file(q, &sa, l.s, dir); break;
		case '+':
			plan_lost(q->plan, &here, 0, "dot-qmail(5) has no "
			    "such line any more");
			break;
		case '&':
			append(&sa, quoted(qmail_address(q, l.s + 1)));
			break;
		default:
			append(&sa, quoted(qmail_address(q, l.s)));
		}
	}
	if (!stralloc_0(&sa))
		str_nomem();
	return sa.s;
}

static int
isthere(const char *path)
{
	stralloc sa = STRALLOC_ZERO;
	int r = source_read(&sa, path);

	stralloc_free(&sa);
	return r > 0;
}

/* The name that a file is for: .qmail-first:last is first.last. */
static char *
unescape(const char *s)
{
	char *t = str_keep(s), *p;

	for (p = t; *p; p++)
		if (*p == ':')
			*p = '.';
	return t;
}

/* alias/.qmail-default: all others at this host. alias/.qmail-x-default: x-
 * and whatever. alias/.qmail-x-owner: the sender of what x sends on. */
static void
dot_file(struct qmail *q, const char *dir, const char *ext)
{
	const char *path = str_cat(dir, "/.qmail-", ext), *v;
	struct origin at = { path, 0, 0 };
	char *name = unescape(ext);
	size_t i, n = strlen(name);
	stralloc sa = STRALLOC_ZERO;

	if (source_read(&sa, path) <= 0) {
		plan_lost(q->plan, &at, name, "unable to read it");
		return;
	}
	v = qmail_dot(q, sa.s, sa.len, &at, "/var/qmail/alias");
	if (!*v) {
		if (sa.len < 2)
			plan_lost(q->plan, &at, name, "empty: goes to a "
			    "mailbox of the user alias, whom pneu does not "
			    "need");
		return;
	}
	if (!strcmp(name, "default")) {
		for (i = 0; i < genalloc_len(struct word, &q->local); i++)
			plan_row(q->plan, PLAN_ALIASES, str_cat("@",
			    genalloc_s(struct word, &q->local)[i].s), v, &at,
			    0);
		return;
	}
	if (n > 8 && !strcmp(name + n - 8, "-default"))
		name = str_cat(str_keepb(name, n - 7), "*");
	else if (isthere(str_cat(path, "-owner")))
		plan_row(q->plan, PLAN_ALIASES, str_cat("owner-", name),
		    qmail_address(q, str_cat(name, "-owner")), &at, 0);
	plan_row(q->plan, PLAN_ALIASES, name, v, &at, 0);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->s,
	    ((const struct word *)b)->s);
}

void
qmail_aliases(struct qmail *q)
{
	const char *dir = source_path(q->src, "alias");
	struct origin at = { dir, 0, 0 };
	DIR *d = opendir(dir);
	genalloc v = GENALLOC_ZERO;
	struct dirent *e;
	size_t i;

	while (d && (e = readdir(d)))
		if (str_starts(e->d_name, ".qmail-"))
			str_addword(&v, str_keep(e->d_name + 7), &at);
	if (d)
		closedir(d);
	/* folders have no order */
	if (genalloc_len(struct word, &v))
		qsort(genalloc_s(struct word, &v), genalloc_len(struct word,
		    &v), sizeof(struct word), by_name);
	for (i = 0; i < genalloc_len(struct word, &v); i++)
		dot_file(q, dir, genalloc_s(struct word, &v)[i].s);
}
