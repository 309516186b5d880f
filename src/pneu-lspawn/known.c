#include "pneu-lspawn/known.h"

#include <stdlib.h>
#include <string.h>

struct known_user {
	uint64_t since;
	uid_t uid;
	gid_t gid;
	int ngroups;
	size_t homelen, shelllen;	/* with their NULs */
	gid_t groups[];		/* then home, shell, name */
};

static char *
home(const struct known_user *u)
{
	return (char *)(u->groups + u->ngroups);
}

static char *
shell(const struct known_user *u)
{
	return home(u) + u->homelen;
}

static char *
name(const struct known_user *u)
{
	return shell(u) + u->shelllen;
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
	    strcmp(name(u), user))
		return 0;
	w->uid = u->uid;
	w->gid = u->gid;
	w->ngroups = u->ngroups;
	memcpy(w->groups, u->groups, (size_t)u->ngroups * sizeof(gid_t));
	memcpy(w->home, home(u), u->homelen);
	memcpy(w->shell, shell(u), u->shelllen);
	return 1;
}

void
known_put(struct known *k, const struct who *w, const char *user,
    uint64_t now)
{
	struct known_user **p = place(k, user), *u;
	size_t groups, homelen = strlen(w->home) + 1;
	size_t shelllen = strlen(w->shell) + 1;

	if (w->ngroups < 0)
		return;
	groups = (size_t)w->ngroups * sizeof(gid_t);
	u = realloc(*p, sizeof *u + groups + homelen + shelllen +
	    strlen(user) + 1);
	if (!u)
		return;
	*p = u;
	u->since = now;
	u->uid = w->uid;
	u->gid = w->gid;
	u->ngroups = w->ngroups;
	u->homelen = homelen;
	u->shelllen = shelllen;
	memcpy(u->groups, w->groups, groups);
	memcpy(home(u), w->home, homelen);
	memcpy(shell(u), w->shell, shelllen);
	strcpy(name(u), user);
}
