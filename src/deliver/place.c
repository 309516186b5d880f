#include "deliver/place.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
place_fail(struct verdict *v, stralloc *text, const char *code, ...)
{
	const char *s, *t;
	va_list ap;
	int good = 1;

	text->len = 0;
	va_start(ap, code);
	while ((s = va_arg(ap, const char *)))
		good = good && stralloc_cats(text, s);
	va_end(ap);
	t = good && stralloc_0(text) ? text->s : "out of memory";
	verdict_set(v, VERDICT_LATER, code, 0, t);
	return 0;
}

int
place_isvirtual(const struct place *p)
{
	return !p->maildir && !p->mbox;
}

int
place_isothers(const struct stat *st)
{
	if (st->st_mode & S_IWOTH)
		return 1;
	return (st->st_mode & S_IWGRP) && (st->st_gid != getgid() ||
	    (uid_t)st->st_gid != getuid());
}

int
place_enter(const struct place *p, struct verdict *v, stralloc *text)
{
	const char *what = place_isvirtual(p) ? "directory " :
	    "home directory ";
	struct stat st;

	if (p->obeys && chdir("/") == 0)
		return 1;
	if ((p->home[0] != '/' && fchdir(p->from) < 0) ||
	    chdir(p->home) < 0 || stat(".", &st) < 0)
		return place_refuse(v, text, "4.3.0", "unable to switch to ", what,
		    p->home, ": ", strerror(errno));
	if (place_isvirtual(p))
		return 1;
	if (place_isothers(&st))
		return place_refuse(v, text, "4.7.0", what, p->home,
		    " is writable by others");
	if (st.st_mode & S_ISVTX)
		return place_refuse(v, text, "4.2.1", what, p->home,
		    " is sticky: its owner is at work on it");
	return 1;
}

const char *
place_code(int e)
{
	switch (e) {
	case EDQUOT: case EFBIG: return "4.2.2";
	case ENOSPC: return "4.3.1";
	case EACCES: case EPERM: case ENOENT: case ENOTDIR: case ELOOP:
	case EEXIST: case ENAMETOOLONG: case EISDIR: return "4.2.0";
	}
	return "4.3.0";
}
