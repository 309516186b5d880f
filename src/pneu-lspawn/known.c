#include "pneu-lspawn/known.h"

#include <stdlib.h>
#include <string.h>

struct known_user {
	uint64_t since;
	uid_t uid;
	gid_t gid;
	int ngroups;
	size_t homelen;		/* with its NUL */
	gid_t groups[];		/* then the home, then the name */
};

static char *
home(const struct known_user *u)
{
	return (char *)(u->groups + u->ngroups);
}

static struct known_user **
place(const struct known *k, const char *user)
{
	uint32_t h = 5381;

	for (; *user; user++)
		h = h * 33 ^ (unsigned char)*user;
	return (struct known_user **)&k->user[(h ^ h >> 12) % KNOWN_USERS];
}

int
known_get(const struct known *k, struct who *w, const char *user,
    uint64_t now)
{
	const struct known_user *u = *place(k, user);

	if (!u || now - u->since >= KNOWN_S ||
	    strcmp(home(u) + u->homelen, user))
		return 0;
	w->uid = u->uid;
	w->gid = u->gid;
	w->ngroups = u->ngroups;
	memcpy(w->groups, u->groups, (size_t)u->ngroups * sizeof(gid_t));
	memcpy(w->home, home(u), u->homelen);
	return 1;
}

void
known_put(struct known *k, const struct who *w, const char *user,
    uint64_t now)
{
	struct known_user **p = place(k, user), *u;
	size_t groups, homelen = strlen(w->home) + 1;

	if (w->ngroups < 0)
		return;
	groups = (size_t)w->ngroups * sizeof(gid_t);
	u = realloc(*p, sizeof *u + groups + homelen + strlen(user) + 1);
	if (!u)
		return;
	*p = u;
	u->since = now;
	u->uid = w->uid;
	u->gid = w->gid;
	u->ngroups = w->ngroups;
	u->homelen = homelen;
	memcpy(u->groups, w->groups, groups);
	memcpy(home(u), w->home, homelen);
	strcpy(home(u) + homelen, user);
}
