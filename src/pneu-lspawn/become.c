#include <skalibs/nonposix.h>

#include "pneu-lspawn/become.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/service.h"

#define NOBODY 65534

struct who {
	const char *name;	/* 0: no supplementary groups */
	uid_t uid;
	gid_t gid;
	const char *home;
};

static void
touch(void)
{
	gid_t groups[64];
	int n = 64;

	alarm(BECOME_WARM_S);
	getpwnam("root");
	getgrouplist("root", 0, groups, &n);
	alarm(0);
}

void
become_warm(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		touch();
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && !status)
		touch();
}

/* "No such user" is later too: that he is unknown for good is for
 * pneu-alias to say, which asks anew at each attempt. */
static int
look_up(const struct conf *c, const char *user, struct who *w,
    struct verdict *v, stralloc *text)
{
	char fmt[UID_FMT];
	struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw && errno && errno != ENOENT && errno != ESRCH)
		return place_refuse(v, text, "4.3.0", "unable to look up user ",
		    user, ": ", strerror(errno));
	if (!pw)
		return place_refuse(v, text, "4.3.0", "user ", user,
		    " is not known now");
	w->name = pw->pw_name;
	w->uid = pw->pw_uid;
	w->gid = pw->pw_gid;
	w->home = pw->pw_dir;
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
	w->name = 0;
	run_user(c, conf_str(c, virtual_user), &w->uid, &w->gid);
	w->home = conf_str(c, virtual_mailbox_base);
}

/* For good: nothing that is tried afterwards may bring root back. */
static int
drop(uid_t uid, gid_t gid, const char *name)
{
	if (name ? initgroups(name, gid) < 0 : setgroups(1, &gid) < 0)
		return -1;
	if (setgid(gid) < 0 || setuid(uid) < 0)
		return -1;
	if (getuid() != uid || geteuid() != uid || getgid() != gid ||
	    getegid() != gid || setuid(0) == 0 || setgid(0) == 0)
		strerr_dief(111, "still privileged after setuid");
	return 0;
}

static int
become_who(const struct who *w, const char *user, struct verdict *v,
    stralloc *text)
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
	if (drop(w->uid, w->gid, w->name) < 0)
		return place_refuse(v, text, "4.3.0", "unable to become ", user,
		    ": ", strerror(errno));
	return 1;
}

int
become(const struct conf *c, const char *user, struct place *p,
    struct verdict *v, stralloc *text)
{
	struct who w;
	int good = 1;

	alarm(BECOME_LOOKUP_S);
	if (*user)
		good = look_up(c, user, &w, v, text);
	else
		virtual_owner(c, &w);
	good = good && become_who(&w,
	    *user ? user : conf_str(c, virtual_user), v, text);
	alarm(0);
	if (!good && geteuid() == 0 && drop(NOBODY, NOBODY, 0) < 0)
		strerr_diefusys(111, "become nobody");
	p->home = good ? w.home : "/";	/* not gone to if not good */
	p->maildir = *user ? conf_str(c, home_mailbox) : 0;
	p->relay = *user ? "local" : "virtual";
	return good;
}
