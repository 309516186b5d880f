#include "run/service.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/run-internal.h"

/* "name=uid:gid" or "name=id" in the setting users. Returns 1, or 0 if the
 * name is not there. */
static int
listed(const struct conf *c, const char *name, uid_t *uid, gid_t *gid)
{
	size_t n = strlen(name), m;
	const char *s;

	for (s = conf_first(c, CONF_users); s; s = conf_next(c, CONF_users, s)) {
		if (strncmp(s, name, n) || s[n] != '=')
			continue;
		s += n + 1;
		m = uid_scan(s, uid);
		if (m && !s[m])
			*gid = (gid_t)*uid;
		else if (!m || s[m] != ':' || !gid0_scan(s + m + 1, gid))
			strerr_dief(100, "setting users: not name=uid:gid: ",
			    s - n - 1);
		return 1;
	}
	return 0;
}

/* Our users as the system has them, asked for before the jail: in it the
 * system's table is out of reach, and peers are to be known still. */
static struct known {
	const char *name;
	int is;
	uid_t uid;
	gid_t gid;
} known[] = {
	{ "pneud", 0, 0, 0 }, { "pneuq", 0, 0, 0 }, { "pneus", 0, 0, 0 },
	{ "pneua", 0, 0, 0 }, { "pneur", 0, 0, 0 }, { "pneub", 0, 0, 0 },
	{ "pneuf", 0, 0, 0 }, { "pneuv", 0, 0, 0 }, { "pneut", 0, 0, 0 },
	{ "pneuk", 0, 0, 0 }, { "pneuc", 0, 0, 0 }, { "pneum", 0, 0, 0 },
};
#define NKNOWN (sizeof known / sizeof known[0])

static struct group *
group(const char *name)
{
	struct group *g;

	errno = 0;
	g = getgrnam(name);
	if (!g && errno)
		strerr_diefusys(111, "look up group ", name);
	return g;
}

static const struct known *
find(const char *name)
{
	size_t i;

	for (i = 0; i < NKNOWN; i++)
		if (known[i].is && !strcmp(known[i].name, name))
			return known + i;
	return 0;
}

/* Those who are not there may not be needed. */
void
run_know(const struct conf *c)
{
	size_t i;

	for (i = 0; i < NKNOWN && run_isroot(); i++) {
		struct known *k = &known[i];
		struct passwd *p;
		struct group *g;

		if (listed(c, k->name, &k->uid, &k->gid) ||
		    !(p = getpwnam(k->name)))
			continue;
		k->uid = p->pw_uid;
		k->gid = (g = getgrnam(k->name)) ? g->gr_gid : p->pw_gid;
		k->is = 1;
	}
}

void
run_user(const struct conf *c, const char *name, uid_t *uid, gid_t *gid)
{
	const struct known *k;
	struct passwd *p;
	struct group *g;

	if (!run_isroot()) {
		*uid = geteuid();
		*gid = getegid();
		return;
	}
	if (!strcmp(name, "root")) {
		*uid = 0;
		*gid = 0;
		return;
	}
	if (listed(c, name, uid, gid))
		return;
	if ((k = find(name))) {
		*uid = k->uid;
		*gid = k->gid;
		return;
	}
	errno = 0;
	p = getpwnam(name);
	if (!p && errno)
		strerr_diefusys(111, "look up user ", name);
	if (!p)
		strerr_dief(100, "no user ", name,
		    ": add it, or list it in the setting users");
	*uid = p->pw_uid;
	*gid = p->pw_gid;
	*gid = (g = group(name)) ? g->gr_gid : p->pw_gid;
}

/* A user's primary group is no substitute here: that of pneuq is pneus, and
 * whoever may hand letters in must not thereby be able to read the queue. */
gid_t
run_group(const struct conf *c, const char *name)
{
	struct group *g;
	uid_t uid;
	gid_t gid;

	if (!run_isroot())
		return getegid();
	if (!strcmp(name, "root"))
		return 0;
	if (listed(c, name, &uid, &gid))
		return gid;
	g = group(name);
	if (!g)
		strerr_dief(100, "no group ", name,
		    ": add it, or list it in the setting users");
	return g->gr_gid;
}

int
run_hasuser(const struct conf *c, const char *name)
{
	uid_t uid;
	gid_t gid;

	return !run_isroot() || listed(c, name, &uid, &gid) ||
	    (getpwnam(name) && getgrnam(name));
}

int
run_isuser(const struct conf *c, uid_t uid, const char *name)
{
	uid_t u;
	gid_t g;

	run_user(c, name, &u, &g);
	return u == uid;
}
