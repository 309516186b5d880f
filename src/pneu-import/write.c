#include "pneu-import/plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "conf/value.h"

#define COMMENT_OCTETS 200	/* of a line that is quoted */

static void
cats(stralloc *sa, const char *s)
{
	if (!stralloc_cats(sa, s))
		str_nomem();
}

static void
where(stralloc *sa, const struct origin *at)
{
	char fmt[UINT_FMT];

	cats(sa, at->file);
	if (at->line) {
		fmt[uint_fmt(fmt, at->line)] = 0;
		cats(sa, ":");
		cats(sa, fmt);
	}
}

/* What stands in a line, on one line, cut short. */
static void
quote(stralloc *sa, const char *s)
{
	size_t n = 0;

	for (; *s && n < COMMENT_OCTETS; s++, n++) {
		unsigned char c = (unsigned char)*s;
		char x = c < 32 || c == 127 ? ' ' : *s;

		if (x == ' ' && sa->len && sa->s[sa->len - 1] == ' ')
			continue;
		if (!stralloc_catb(sa, &x, 1))
			str_nomem();
	}
	if (*s)
		cats(sa, "...");
}

static void
comment(stralloc *sa, const struct origin *at)
{
	cats(sa, "# ");
	where(sa, at);
	if (at->text) {
		cats(sa, ": ");
		quote(sa, at->text);
	}
	cats(sa, "\n");
}

/* In the order of our own table of settings. */
static void
settings(stralloc *sa, const struct plan *p)
{
	const struct plan_setting *x;
	int k;

	for (k = 0; k < CONF_N; k++) {
		if (!(x = plan_find(p, conf_settings[k].name)))
			continue;
		cats(sa, "\n");
		comment(sa, &x->at);
		cats(sa, x->name);
		cats(sa, *x->value ? " = " : " =");
		cats(sa, x->value);
		cats(sa, "\n");
	}
}

static int
by_key(const void *a, const void *b)
{
	const struct plan_row *x = *(const struct plan_row *const *)a;
	const struct plan_row *y = *(const struct plan_row *const *)b;
	int r = strcmp(x->key, y->key);

	return r ? r : x->number < y->number ? -1 : x->number > y->number;
}

static int
by_number(const void *a, const void *b)
{
	const struct plan_row *x = *(const struct plan_row *const *)a;
	const struct plan_row *y = *(const struct plan_row *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* The rows of t in the order in which they came; of those with one key only
 * the first, the others told. v has room for all. */
static size_t
collect(struct plan *p, enum plan_table t, const struct plan_row **v)
{
	const struct plan_row *x = genalloc_s(struct plan_row, &p->rows);
	size_t i, n = 0, w = 0, all = genalloc_len(struct plan_row, &p->rows);

	for (i = 0; i < all; i++)
		if (x[i].table == t)
			v[n++] = x + i;
	/* bcc has many rows of a key */
	if (t == PLAN_BCC)
		return n;
	if (n)
		qsort(v, n, sizeof *v, by_key);
	for (i = 0; i < n; i++)
		if (!w || strcmp(v[w - 1]->key, v[i]->key))
			v[w++] = v[i];
		else if (strcmp(v[w - 1]->value, v[i]->value))
			plan_tell(p, &v[i]->at, t == PLAN_LOGINS ? v[i]->key :
			    str_cat(v[i]->key, " ", v[i]->value), "there is a row of this key before, "
			    "which counts");
	if (w)
		qsort(v, w, sizeof *v, by_number);
	return w;
}

/* Rows of one file that stand there as here need but one comment. */
static void
table(stralloc *sa, enum plan_table t, const struct plan_row **v, size_t n)
{
	const char *same = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!v[i]->same) {
			comment(sa, &v[i]->at);
			same = 0;
		} else if (same != v[i]->at.file) {
			same = v[i]->at.file;
			cats(sa, "# from ");
			cats(sa, same);
			cats(sa, ":\n");
		}
		cats(sa, v[i]->key);
		cats(sa, t == PLAN_ALIASES ? ": " : *v[i]->value ? " " : "");
		cats(sa, v[i]->value);
		cats(sa, "\n");
	}
}

/* Passwords are for their reader alone, whose group it is: pneu-remote. */
static int
give(int fd)
{
	struct group *g = geteuid() ? 0 : getgrnam("pneur");

	return g ? fchown(fd, 0, g->gr_gid) == 0 && fchmod(fd, 0640) == 0 :
	    fchmod(fd, 0600) == 0;
}

/* The last file said is whole on the disk before we say that we are done. */
static void
put(const char *home, const char *name, const stralloc *sa, int secret)
{
	const char *path = str_cat(home, "/", name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    secret ? 0600 : 0644);

	if (fd < 0)
		strerr_diefusys(111, "create ", path);
	if (secret && !give(fd))
		strerr_diefusys(111, "hide ", path);
	if (allwrite(fd, sa->s, sa->len) < sa->len || fsync(fd) < 0 ||
	    close(fd) < 0)
		strerr_diefusys(111, "write ", path);
}

/* home is new, or an empty directory. */
static void
make_home(const char *home)
{
	DIR *d;
	struct dirent *e;

	if (mkdir(home, 0755) < 0 && errno != EEXIST)
		strerr_diefusys(111, "make ", home);
	if (!(d = opendir(home)))
		strerr_diefusys(111, "open ", home);
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			strerr_dief(100, home, " is not empty: what is "
			    "there stays as it is");
	closedir(d);
	if (mkdir(str_cat(home, "/etc"), 0755) < 0)
		strerr_diefusys(111, "make ", home, "/etc");
}

static void
lines(stralloc *sa, const struct plan *p, enum plan_kind kind)
{
	const struct plan_note *x = genalloc_s(struct plan_note, &p->notes);
	size_t i, n = genalloc_len(struct plan_note, &p->notes);

	for (i = 0; i < n; i++) {
		if (x[i].kind != kind)
			continue;
		where(sa, &x[i].at);
		cats(sa, kind == PLAN_TOLD ? ": note: " : ": ");
		if (x[i].what) {
			quote(sa, x[i].what);
			cats(sa, ": ");
		}
		cats(sa, x[i].why);
		cats(sa, "\n");
	}
}

void
plan_report(const struct plan *p, int notes, stralloc *sa)
{
	lines(sa, p, PLAN_LOST);
	if (notes)
		lines(sa, p, PLAN_TOLD);
}

void
plan_write(struct plan *p, const char *home, const char *what)
{
	size_t n, all = genalloc_len(struct plan_row, &p->rows);
	const struct plan_row **v = calloc(all + 1, sizeof *v);
	stralloc sa = STRALLOC_ZERO;
	int t;

	if (!v)
		str_nomem();
	make_home(home);
	for (t = 0; t < PLAN_TABLES; t++) {
		if (!(n = collect(p, (enum plan_table)t, v)))
			continue;
		sa.len = 0;
		cats(&sa, what);
		table(&sa, (enum plan_table)t, v, n);
		put(home, str_cat("etc/", plan_tables[t]), &sa,
		    t == PLAN_LOGINS);
	}
	sa.len = 0;
	cats(&sa, what);
	cats(&sa, "# What has no counterpart stands in import.report.\n");
	settings(&sa, p);
	put(home, "etc/pneu.conf", &sa, 0);
	sa.len = 0;
	plan_report(p, 1, &sa);
	put(home, "import.report", &sa, 0);
	free(v);
	stralloc_free(&sa);
}
