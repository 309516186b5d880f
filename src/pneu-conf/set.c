#include "pneu-conf/pneu-conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "conf/slurp.h"
#include "pneu-conf/near.h"
#include "run/service.h"
#include "run/sync.h"

static void
catb(stralloc *sa, const char *s, size_t n)
{
	if (!stralloc_catb(sa, s, n))
		report_nomem();
}

static void
cats(stralloc *sa, const char *s)
{
	catb(sa, s, strlen(s));
}

/* The last logical line that says name: 1 with l and e, or 0. */
static int
last(struct text_line *l, struct text_entry *e, const char *s, size_t n,
    const char *name)
{
	struct text t;
	struct text_line now = TEXT_LINE_ZERO, swap;
	struct text_entry x;
	int r, found = 0;

	text_open(&t, s, n);
	while ((r = text_next(&t, &now))) {
		if (r < 0 && !t.error)
			report_nomem();
		if (r < 0)
			continue;
		text_entry_scan(&x, &now);
		if (x.kind != TEXT_SETTING || x.namelen != strlen(name) ||
		    memcmp(now.s.s + x.name, name, x.namelen))
			continue;
		swap = *l;
		*l = now;
		now = swap;
		*e = x;
		found = 1;
	}
	text_line_free(&now);
	return found;
}

/* All of s[from..to) but the physical lines of the pieces from the second
 * on: comments between them stay. */
static void
copy_rest(stralloc *sa, const char *s, const struct text_line *l, size_t from,
    size_t n)
{
	const struct text_piece *p = genalloc_s(struct text_piece, &l->pieces);
	size_t i, m = genalloc_len(struct text_piece, &l->pieces);

	for (i = 1; i < m; i++) {
		catb(sa, s + from, p[i].rawline - from);
		from = p[i].rawend;
	}
	catb(sa, s + from, n - from);
}

int
set_text(stralloc *sa, const char *s, size_t n, const char *name,
    const char *value)
{
	struct text_line l = TEXT_LINE_ZERO;
	struct text_entry e;
	const struct text_piece *first;
	int r = 1;

	if (!last(&l, &e, s, n, name)) {
		catb(sa, s, n);
		if (!value) {
			r = 0;
			goto end;
		}
		if (n && s[n - 1] != '\n')
			cats(sa, "\n");
		cats(sa, name);
		cats(sa, *value ? " = " : " =");
		cats(sa, value);
		cats(sa, "\n");
		goto end;
	}
	first = genalloc_s(struct text_piece, &l.pieces);
	catb(sa, s, first->rawline);
	if (value) {
		/* up to the '=' the line is kept as it is written */
		const char *eq = memchr(s + first->raw, '=',
		    first->rawend - first->raw);

		if (eq)
			catb(sa, s + first->rawline,
			    (size_t)(eq - s) + 1 - first->rawline);
		else {
			cats(sa, name);
			cats(sa, " =");
		}
		if (*value)
			cats(sa, " ");
		cats(sa, value);
		cats(sa, "\n");
	}
	copy_rest(sa, s, &l, first->rawend, n);
end:
	text_line_free(&l);
	return r;
}

/* Apply one argument to the text. Returns 1, or 0 if it is no good. */
static int
apply(stralloc *text, const char *arg, int remove)
{
	const char *eq = strchr(arg, '='), *value = 0, *near;
	char name[128];
	size_t n = eq ? (size_t)(eq - arg) : strlen(arg);
	stralloc sa = STRALLOC_ZERO;

	while (n && arg[n - 1] == ' ')
		n--;
	if ((!eq && !remove) || (eq && remove) || n >= sizeof name) {
		strerr_warn(PROG, ": ", arg, remove ?
		    ": expected the name of a setting" :
		    ": expected NAME=VALUE");
		return 0;
	}
	memcpy(name, arg, n);
	name[n] = 0;
	if (!remove && conf_find(name, n) < 0) {
		near = near_name(name, n);
		strerr_warn(PROG, ": unknown setting ", name,
		    near ? ", do you mean " : "", near ? near : "",
		    near ? "?" : "");
		return 0;
	}
	if (eq) {
		for (value = eq + 1; *value == ' ' || *value == '\t'; )
			value++;
		if (strchr(value, '\n') || strchr(value, '\r')) {
			strerr_warn(PROG, ": ", name,
			    ": a value is one line");
			return 0;
		}
	}
	set_text(&sa, text->s, text->len, name, value);
	stralloc_free(text);
	*text = sa;
	return 1;
}

/* A setting said in an included file that comes after would not change. */
static int
took(const struct all *a, const char *arg)
{
	const char *eq = strchr(arg, '=');
	size_t n = (size_t)(eq - arg);
	struct place p;
	stralloc where = STRALLOC_ZERO;
	int k;

	while (n && arg[n - 1] == ' ')
		n--;
	k = conf_find(arg, n);
	if (k < 0 || !a->x.given[k].file ||
	    !strcmp(a->x.given[k].file, run_path(SETTINGS)))
		return 1;
	settings_place(&a->x, (enum conf_key)k, 0, &p);
	report_where(&where, &p);
	if (!stralloc_0(&where))
		report_nomem();
	strerr_warn(PROG, ": ", conf_settings[k].name, " is said at ",
	    where.s, ", which is read later: change it there");
	return 0;
}

/* Put the text in the place of pneu.conf, with its mode and owner. */
static void
replace(const stralloc *text)
{
	static const char new[] = SETTINGS ".new";
	struct stat st;
	int fd, had = stat(SETTINGS, &st) == 0;

	unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		strerr_diefusys(111, "make ", run_path(new));
	if (had && fchown(fd, st.st_uid, st.st_gid) < 0 && geteuid() == 0)
		strerr_diefusys(111, "give away ", run_path(new));
	if ((had && fchmod(fd, st.st_mode & 07777) < 0) ||
	    allwrite(fd, text->s, text->len) < text->len || fsync(fd) < 0 ||
	    close(fd) < 0 || rename(new, SETTINGS) < 0) {
		int e = errno;

		unlink(new);
		errno = e;
		strerr_diefusys(111, "write ", run_path(SETTINGS));
	}
	if (sync_above(SETTINGS) < 0)
		strerr_diefusys(111, "sync ", run_path("etc"));
}

int
set(const char *const *args, int remove)
{
	struct all a = ALL_ZERO;
	stralloc text = STRALLOC_ZERO;
	size_t i;

	if (conf_slurp(&text, SETTINGS, SETTINGS_FILE_OCTETS) < 0 &&
	    errno != ENOENT)
		strerr_diefusys(111, "read ", run_path(SETTINGS));
	for (i = 0; args[i]; i++)
		if (!apply(&text, args[i], remove))
			return 100;
	if (!all_load(&a, text.s ? text.s : "", text.len))
		return 100;
	for (i = 0; !remove && args[i]; i++)
		if (!took(&a, args[i]))
			return 100;
	replace(&text);
	compile(&a);
	tell();
	return 0;
}
