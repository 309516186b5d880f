/* etc/passwd, as pneu-auth will read it: what it passes over is told. Nothing
 * of the words in it is. */
#include "pneu-conf/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/genalloc.h>

#include "conf/slurp.h"
#include "run/service.h"
#include "sasl/passwd.h"

struct user {
	const char *s;		/* in the text */
	size_t n;
	unsigned int line;
};

static int
by_name(const void *a, const void *b)
{
	const struct user *x = a, *y = b;
	int r = memcmp(x->s, y->s, x->n < y->n ? x->n : y->n);

	return r ? r : x->n != y->n ? (x->n < y->n ? -1 : 1) :
	    x->line < y->line ? -1 : 1;
}

static void
tell(struct all *a, struct place *p, unsigned int line, const char *s,
    size_t n, const char *what)
{
	stralloc name = STRALLOC_ZERO;

	p->line = line;
	if (!stralloc_catb(&name, s, n) || !stralloc_0(&name))
		report_nomem();
	report_warning(&a->report, p, name.s, what);
	stralloc_free(&name);
}

/* Of a user who stands there twice the first line counts. */
static void
check_twice(struct all *a, struct place *p, genalloc *users)
{
	struct user *u = genalloc_s(struct user, users);
	size_t n = genalloc_len(struct user, users), i;

	if (n)
		qsort(u, n, sizeof *u, by_name);
	for (i = 1; i < n; i++)
		if (u[i].n == u[i - 1].n && !memcmp(u[i].s, u[i - 1].s,
		    u[i].n))
			tell(a, p, u[i].line, u[i].s, u[i].n,
			    " stands there already: the first "
			    "line counts");
}

static void
check_lines(struct all *a, struct place *p, const stralloc *text)
{
	genalloc users = GENALLOC_ZERO;
	struct passwd_line l;
	struct verifier v;
	struct user u;
	enum passwd_kind k;
	size_t at = 0;

	for (u.line = 1; (k = passwd_next(&l, text->s, text->len, &at));
	    u.line++) {
		if (k == PASSWD_BAD)
			tell(a, p, u.line, "", 0, "expected USER:"
			    VERIFIER_SCHEME "...: the line is passed over");
		if (k != PASSWD_LINE)
			continue;
		u.s = l.user;
		u.n = l.userlen;
		if (!genalloc_append(struct user, &users, &u))
			report_nomem();
		if (verifier_scan(&v, l.word, l.wordlen) <= 0)
			tell(a, p, u.line, u.s, u.n, ": what follows is no "
			    VERIFIER_SCHEME "ITERATIONS,SALT,STOREDKEY,"
			    "SERVERKEY: the line is passed over");
	}
	check_twice(a, p, &users);
	genalloc_free(struct user, &users);
}

/* Everybody could guess at his leisure. */
static void
guard(struct all *a, const struct place *p, const struct stat *st)
{
	if (st->st_mode & S_IWOTH)
		report_error(&a->report, p, "everybody can write it: expected "
		    "mode 0640");
	else if (st->st_mode & S_IROTH)
		report_warning(&a->report, p, "everybody can read it: "
		    "expected mode 0640");
}

void
check_passwd(struct all *a)
{
	stralloc path = STRALLOC_ZERO, text = STRALLOC_ZERO;
	struct place p = { 0, 0, 0 };
	struct stat st;

	if (stat(run_path(PASSWD_FILE), &st) < 0 && errno == ENOENT)
		return;
	if (!stralloc_cats(&path, run_path(PASSWD_FILE)) ||
	    !stralloc_0(&path) ||
	    !genalloc_append(char *, &a->x.files, &path.s))
		report_nomem();
	p.file = path.s;	/* freed with the settings */
	errno = 0;
	if (conf_slurp(&text, p.file, PASSWD_FILE_OCTETS) < 0) {
		report_warning(&a->report, &p, "unable to read: ",
		    errno ? strerror(errno) : "too large");
	} else {
		guard(a, &p, &st);
		check_lines(a, &p, &text);
	}
	if (text.s)
		hash_wipe(text.s, text.len);
	stralloc_free(&text);
}
