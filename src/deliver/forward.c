#include <skalibs/nonposix.h>

#include "deliver/forward.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dotforward/path.h"

static int
set(struct forward *f, char kind, const char *code, const char *a,
    const char *b)
{
	f->kind = kind;
	f->code = code;
	f->why.len = 0;
	return stralloc_cats(&f->why, a) && stralloc_cats(&f->why, b) &&
	    stralloc_0(&f->why) ? 0 : -1;
}

/* Why a file that is there is not to be trusted, or 0. */
static const char *
unsafe(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return " is not a regular file";
	if (st->st_uid && st->st_uid != geteuid())
		return " is another user's";
	if (place_isothers(st))
		return " is writable by group or others";
	if (st->st_size > (off_t)FORWARD_FILE_OCTETS)
		return " is too long";
	return 0;
}

/* Append all of fd to sa. Returns 1, -1 with errno. */
static int
take(int fd, stralloc *sa)
{
	size_t start = sa->len;
	ssize_t r;

	do {
		if (!stralloc_readyplus(sa, 4096))
			return -1;
		r = read(fd, sa->s + sa->len, 4096);
		if (r > 0)
			sa->len += (size_t)r;
		if (sa->len - start > FORWARD_FILE_OCTETS)
			return (errno = EFBIG, -1);
	} while (r > 0 || (r < 0 && errno == EINTR));
	return r < 0 ? -1 : 1;
}

/* Is it the file that is not as it should be, and not the system? */
static int
isfiles(int e)
{
	return e == EACCES || e == EPERM || e == ELOOP || e == ENAMETOOLONG ||
	    e == ENXIO || e == EISDIR || e == EFBIG;
}

/* Read the file path. Returns 1; 0, it is not to be used, and why has the
 * reason appended; -1 with errno, ENOENT if it is not there. */
static int
read_file(const char *path, stralloc *sa, stralloc *why, mode_t *mode)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), r, e;
	const char *bad = 0;
	struct stat st;

	if (fd < 0) {
		if (errno == ENOTDIR)
			errno = ENOENT;
		return !isfiles(errno) ? -1 : stralloc_cats(why, path) &&
		    stralloc_cats(why, ": ") &&
		    stralloc_cats(why, strerror(errno)) ? 0 : -1;
	}
	r = fstat(fd, &st);
	if (!r && (bad = unsafe(&st)))
		r = stralloc_cats(why, path) && stralloc_cats(why, bad) ?
		    0 : -1;
	else if (!r) {
		*mode = st.st_mode;
		r = take(fd, sa);
	}
	e = errno;
	close(fd);
	errno = e;
	return r;
}

static int
read_included(void *x, const char *path, stralloc *sa, stralloc *why)
{
	mode_t mode;
	int r = read_file(path, sa, why, &mode);

	(void)x;
	if (r < 0 && errno == ENOENT)
		return stralloc_cats(why, path) &&
		    stralloc_cats(why, " is not there") ? 0 : -1;
	return r;
}

static int
refuse(struct forward *f, const char *why)
{
	return f->qmail ? set(f, FORWARD_LATER, "4.7.0", why, "") :
	    set(f, FORWARD_UNUSED, 0, why, "");
}

/* What the text of the file says. */
static int
judge(struct forward *f, const struct place *p, const struct order_rcpt *r,
    const stralloc *text, mode_t mode)
{
	struct list_self self = { p->user, r->addr };
	int k;

	if (f->qmail)
		k = list_scanqmail(&f->list, f->name.s, text->s, text->len,
		    (mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0);
	else
		k = list_scan(&f->list, f->name.s, text->s, text->len, &self,
		    read_included, 0);
	if (k < 0)
		return errno == ENOMEM ? -1 : set(f, FORWARD_LATER, "4.3.0",
		    "unable to read what it includes: ", strerror(errno));
	if (!k)
		return refuse(f, f->list.why.s);
	f->kind = f->list.n || (f->qmail && text->len) ? FORWARD_LIST :
	    FORWARD_NONE;
	return 0;
}

/* Try the file f->name. Returns 1 if it is there, whatever it is good for,
 * 0 if not, -1 with ENOMEM. */
static int
try(struct forward *f, const struct place *p, const struct order_rcpt *r)
{
	stralloc text = STRALLOC_ZERO;
	mode_t mode = 0;
	int k;

	f->why.len = 0;
	k = read_file(f->name.s, &text, &f->why, &mode);
	if (k > 0)
		k = judge(f, p, r, &text, mode) < 0 ? -1 : 1;
	else if (!k) {
		stralloc why = f->why;

		/* refuse writes over it */
		memset(&f->why, 0, sizeof f->why);
		k = stralloc_0(&why) && refuse(f, why.s) == 0 ? 1 : -1;
		stralloc_free(&why);
	} else if (errno == ENOENT)
		k = 0;
	else if (errno != ENOMEM)
		k = set(f, FORWARD_LATER, "4.3.0", "unable to read ",
		    f->name.s) < 0 ? -1 : 1;
	stralloc_free(&text);
	return k;
}

/* Is there a file for the extension ext, with a text behind it? 1, 0, or -1
 * with errno. */
static int
exists(stralloc *tmp, const stralloc *path, const char *ext,
    const char *behind)
{
	stralloc e = STRALLOC_ZERO;
	struct stat st;
	const char *def;
	int r = -1;

	tmp->len = 0;
	if (stralloc_cats(&e, ext) &&
	    stralloc_cats(&e, behind + !*ext) && stralloc_0(&e) &&
	    path_qmail(tmp, path->s, path->len - 1, e.s, 0, &def) > 0)
		r = stat(tmp->s, &st) == 0 ? 1 :
		    errno == ENOENT || isfiles(errno) ? 0 : -1;
	stralloc_free(&e);
	return r;
}

/* Whose the sender is that goes on from here. What cannot be told means
 * later. Returns 0, or -1 with ENOMEM. */
static int
find_owner(struct forward *f, const stralloc *path, const char *ext)
{
	stralloc tmp = STRALLOC_ZERO;
	int r = exists(&tmp, path, ext, "-owner");

	if (r > 0) {
		f->owner = 1;
		r = exists(&tmp, path, ext, "-owner-default");
		if (r > 0)
			f->owner = 2;
	}
	if (r < 0)
		r = errno == ENOMEM ? -1 : set(f, FORWARD_LATER, "4.3.0",
		    "unable to look for ", tmp.s);
	stralloc_free(&tmp);
	return r < 0 ? -1 : 0;
}

/* Something is there, or it is not known: 1; nothing: 0. */
static int
look(struct forward *f, const struct place *p, const struct order_rcpt *r)
{
	struct stat st;

	(void)p;
	(void)r;
	return lstat(f->name.s, &st) == 0 || (errno != ENOENT &&
	    errno != ENOTDIR);
}

/* What is done with each file that there may be: try or look. */
typedef int each(struct forward *, const struct place *,
    const struct order_rcpt *);

static int
try_qmail(struct forward *f, const struct place *p,
    const struct order_rcpt *r, const char *ext, each *with)
{
	stralloc path = STRALLOC_ZERO;
	const char *def;
	unsigned int i;
	int k = 0, more = 1;

	if (!stralloc_copy(&path, &f->name))
		return -1;
	for (i = 0; !k && more > 0; i++) {
		f->name.len = 0;
		more = path_qmail(&f->name, path.s, path.len - 1, ext, i,
		    &def);
		if (more <= 0)
			break;
		f->def.len = 0;
		if (def && (!stralloc_cats(&f->def, def) ||
		    !stralloc_0(&f->def)))
			more = -1;
		else
			k = with(f, p, r);
	}
	if (k > 0 && f->kind == FORWARD_LIST && find_owner(f, &path, ext) < 0)
		more = -1;
	stralloc_free(&path);
	return more < 0 ? -1 : k;
}

/* What divides user and extension in the recipient's address. */
static char
delimiter(const struct order_rcpt *r, const char *ext)
{
	const char *at = strrchr(r->addr, '@');
	size_t n = at ? (size_t)(at - r->addr) : strlen(r->addr);
	size_t k = strlen(ext);

	return *ext && n > k ? r->addr[n - k - 1] : '+';
}

/* The next item of forward_path that has a name: 1; 0 at the end, -1. */
static int
next_item(struct forward *f, const struct path_names *v, const char **s)
{
	size_t n;
	int k;

	for (; **s; *s += n) {
		*s += strspn(*s, ", \t");
		n = strcspn(*s, ", \t");
		f->name.len = 0;
		k = n ? path_expand(&f->name, *s, n, v, 0) : 0;
		if (k < 0 && errno == ENOMEM)
			return -1;
		if (k > 0) {
			f->qmail = (char)path_isqmail(*s, n);
			*s += n;
			return 1;
		}
	}
	return 0;
}

/* Go through the files until with says 1 of one. Returns what it said last;
 * 2 if an extension lacks its .qmail file. */
static int
walk(struct forward *f, const struct place *p, const struct order_rcpt *r,
    each *with)
{
	const char *s = p->forward_path, *ext = r->ext ? r->ext : "";
	char delim[2] = { delimiter(r, ext), 0 };
	struct path_names v = { .user = p->user, .home = p->home,
	    .shell = p->shell ? p->shell : "/bin/sh", .recipient = r->addr,
	    .ext = ext, .delimiter = delim };
	int k = 0, more, qmail = 0;

	while (!k && (more = next_item(f, &v, &s))) {
		if (more < 0)
			return -1;
		qmail |= f->qmail;
		k = f->qmail ? try_qmail(f, p, r, ext, with) : with(f, p, r);
	}
	return !k && qmail && *ext ? 2 : k;
}

int
forward_find(struct forward *f, const struct place *p,
    const struct order_rcpt *r)
{
	int k;

	f->kind = FORWARD_NONE;
	f->qmail = f->owner = 0;
	f->def.len = f->list.n = f->list.s.len = 0;
	k = walk(f, p, r, try);
	if (k == 2)
		return set(f, FORWARD_NEVER, "5.1.1",
		    "Sorry, no mailbox here by that name", "");
	return k < 0 ? -1 : 0;
}

int
forward_isthere(const struct place *p, const struct order_rcpt *r)
{
	struct forward f = FORWARD_ZERO;
	int k = walk(&f, p, r, look);

	forward_free(&f);
	return k != 0;
}

void
forward_free(struct forward *f)
{
	list_free(&f->list);
	stralloc_free(&f->name);
	stralloc_free(&f->why);
	stralloc_free(&f->def);
}
