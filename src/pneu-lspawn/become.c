#include <skalibs/nonposix.h>

#include "pneu-lspawn/become.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "pneu-lspawn/userplace.h"
#include "run/service.h"

/* "No such user" is later too: that he is unknown for good is for
 * pneu-alias to say, which asks anew at each attempt. */
static int
look_up(const char *user, struct who *w, struct verdict *v, stralloc *text)
{
	int r = who_look_up(w, user, 0);

	if (r < 0)
		return place_refuse(v, text, "4.3.0", "unable to look up "
		    "user ", user, ": ", strerror(errno));
	if (!r)
		return place_refuse(v, text, "4.3.0", "user ", user,
		    " is not known now");
	return 1;
}

static int
isfit(const struct conf *c, const char *user, const struct who *w,
    struct verdict *v, stralloc *text)
{
	char fmt[UID_FMT];

	fmt[uid_fmt(fmt, w->uid)] = 0;
	if (w->uid < conf_num(c, min_uid))
		return place_refuse(v, text, "4.3.5", "user ", user, " has uid ",
		    fmt, ", below min_uid: gets no mail");
	if (w->home[0] != '/')
		return place_refuse(v, text, "4.3.0", "user ", user,
		    " has no home directory");
	return 1;
}

static void
virtual_owner(const struct conf *c, struct who *w)
{
	run_user(c, conf_str(c, virtual_user), &w->uid, &w->gid);
	w->groups[0] = w->gid;
	w->ngroups = 1;
}

/* All three of our groups are gid, but the saved one, which the process may
 * take up again and which exec drops, is saved. */
static int
set_groups(gid_t gid, gid_t saved)
{
#ifdef __linux__
	if (saved != MBOX_NOGID)
		return setresgid(gid, gid, saved);
#endif
	(void)saved;
	return setgid(gid);
}

/* For good: nothing that is tried afterwards may bring root back. */
static int
drop(const struct who *w, const char *user, gid_t saved)
{
	uid_t uid = w->uid;
	gid_t gid = w->gid;

	if (w->ngroups < 0 ? initgroups(user, gid) < 0 :
	    setgroups((size_t)w->ngroups, w->groups) < 0)
		return -1;
	if (set_groups(gid, saved) < 0 || setuid(uid) < 0)
		return -1;
	if (getuid() != uid || geteuid() != uid || getgid() != gid ||
	    getegid() != gid || setuid(0) == 0 || setgid(0) == 0)
		strerr_dief(111, "still privileged after setuid");
	return 0;
}

static int
become_who(const struct who *w, const char *user, gid_t saved,
    struct verdict *v, stralloc *text)
{
	if (!w->uid)
		return place_refuse(v, text, "4.3.5",
		    "not allowed to deliver as root: ", user, " has uid 0");
	if (!w->gid)
		return place_refuse(v, text, "4.3.5", "not allowed to deliver "
		    "with the group of root: ", user, " has gid 0");
	if (geteuid() != 0) {
		if (w->uid != getuid())
			return place_refuse(v, text, "4.3.5", "cannot deliver as ",
			    user, ": pneu-lspawn does not run as root");
		return 1;
	}
	if (drop(w, user, saved) < 0)
		return place_refuse(v, text, "4.3.0", "unable to become ", user,
		    ": ", strerror(errno));
	return 1;
}

void
become_nobody(void)
{
	struct who w = { .uid = WHO_NOBODY, .gid = WHO_NOBODY, .ngroups = 0 };

	if (geteuid() == 0 && drop(&w, 0, MBOX_NOGID) < 0)
		strerr_diefusys(111, "become nobody");
}

int
become(const struct conf *c, const char *user, struct who *w, int known,
    struct place *p, struct verdict *v, stralloc *text)
{
	gid_t group = *user && geteuid() == 0 ? userplace_group(c) :
	    MBOX_NOGID;
	int good = 1, from = -1;

	/* the way to our home may be closed to whom we become */
	if (!*user && (from = open(".", O_RDONLY | O_CLOEXEC)) < 0)
		return place_refuse(v, text, "4.3.0", "unable to open the "
		    "home: ", strerror(errno));
	alarm(LOOKUP_S);
	if (!*user)
		virtual_owner(c, w);
	else
		good = (known || look_up(user, w, v, text)) &&
		    isfit(c, user, w, v, text);
	good = good && become_who(w, *user ? user :
	    conf_str(c, virtual_user), group, v, text);
	alarm(0);
	if (!good)
		become_nobody();
	if (*user)
		return userplace(p, c, user, w, group) ? good : place_refuse(v,
		    text, "4.3.0", "out of memory");
	p->home = conf_str(c, virtual_mailbox_base);
	p->from = from;
	p->relay = "virtual";
	return good;
}
