/* etc/sasl_passwd, as pneu-remote will read it. It is not compiled: nothing
 * of it is to be anywhere else. */
#include "pneu-conf/check.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/slurp.h"
#include "logins/logins.h"
#include "run/service.h"

static void
tell(void *arg, unsigned int line, unsigned int col, int warn,
    const char *what)
{
	struct all *a = arg;
	struct place p = { genalloc_s(char *, &a->x.files)[
	    genalloc_len(char *, &a->x.files) - 1], line, col };

	report_add(&a->report, warn, &p, what, (const char *)0);
}

/* Who can read it: pneu-remote, and nobody else. */
static void
guard(struct all *a, const struct place *p, const struct stat *st)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	const char *why;

	if (!uid && !check_lookup(&a->x, "pneur", &uid, &gid))
		return;			/* check_users has told of it */
	if (!(why = logins_guard(st->st_mode, st->st_gid, gid)) &&
	    !geteuid() && !(st->st_uid == uid ? st->st_mode & S_IRUSR :
	    st->st_gid == gid && st->st_mode & S_IRGRP))
		why = "pneu-remote cannot read it: expected mode 0640, owner "
		    "root, group pneur";
	if (why)
		report_error(&a->report, p, why);
}

static void
read_all(struct all *a, const struct place *p)
{
	struct logins x = LOGINS_ZERO;

	if (conf_slurp(&x.text, p->file, LOGINS_FILE_OCTETS) < 0) {
		if (errno == EACCES && geteuid())
			report_warning(&a->report, p,
			    "it cannot be looked at by you");
		else
			report_error(&a->report, p, "unable to read: ",
			    strerror(errno));
	} else if (logins_scan(&x, tell, a) < 0)
		report_nomem();
	logins_free(&x);
}

void
check_logins(struct all *a)
{
	stralloc path = STRALLOC_ZERO;
	struct place p = { 0, 0, 0 };
	struct stat st;

	memset(&st, 0, sizeof st);
	if (stat(run_path(LOGINS_FILE), &st) < 0 && errno == ENOENT)
		return;
	if (!stralloc_cats(&path, run_path(LOGINS_FILE)) ||
	    !stralloc_0(&path) ||
	    !genalloc_append(char *, &a->x.files, &path.s))
		report_nomem();
	p.file = path.s;	/* freed with the settings */
	guard(a, &p, &st);
	read_all(a, &p);
}
