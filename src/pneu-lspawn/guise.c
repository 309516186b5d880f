#include <skalibs/nonposix.h>

#include "pneu-lspawn/guise.h"

#include <errno.h>
#include <grp.h>

#ifdef __linux__

#include <sys/fsuid.h>
#include <sys/sendfile.h>

int
guise_ishere(void)
{
	return 1;
}

/* These two calls do not say whether they have done it: the second asks. */
static int
set(uid_t uid, gid_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
	if ((gid_t)setfsgid((gid_t)-1) == gid &&
	    (uid_t)setfsuid((uid_t)-1) == uid)
		return 0;
	return (errno = EPERM, -1);
}

int
guise_take(const struct who *w)
{
	if (!w)
		return setgroups(0, 0) < 0 ? -1 :
		    set(WHO_NOBODY, WHO_NOBODY);
	if (!w->uid || !w->gid || w->ngroups < 0)
		return (errno = EPERM, -1);
	if (setgroups((size_t)w->ngroups, w->groups) < 0)
		return -1;
	return set(w->uid, w->gid);
}

int
guise_copy(int to, int from, uint64_t off, uint64_t n)
{
	off_t at = (off_t)off;
	ssize_t r;

	while (n) {
		r = sendfile(to, from, &at, (size_t)n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -1 : (errno = EIO, -1);
		n -= (uint64_t)r;
	}
	return 0;
}

#else

int
guise_ishere(void)
{
	return 0;
}

int
guise_take(const struct who *w)
{
	(void)w;
	return (errno = ENOSYS, -1);
}

int
guise_copy(int to, int from, uint64_t off, uint64_t n)
{
	(void)to;
	(void)from;
	(void)off;
	(void)n;
	return (errno = ENOSYS, -1);
}

#endif
