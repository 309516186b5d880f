#include <skalibs/nonposix.h>

#include "users.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_OCTETS 4096

int
users_init(struct users *u, const char *canary)
{
	memset(u, 0, sizeof *u);
	u->canary = canary;
	u->size = FIRST_OCTETS;
	u->buf = malloc(u->size);
	u->slots = calloc(USERS_SLOTS, sizeof *u->slots);
	if (u->buf && u->slots)
		return 1;
	users_free(u);
	return (errno = ENOMEM, 0);
}

void
users_free(struct users *u)
{
	free(u->buf);
	free(u->slots);
	u->buf = 0;
	u->slots = 0;
}

void
users_reset(struct users *u, uint64_t min_uid)
{
	u->min_uid = min_uid;
	if (u->used)
		memset(u->slots, 0, USERS_SLOTS * sizeof *u->slots);
	u->used = 0;
}

static int
grow(struct users *u)
{
	char *buf;

	if (u->size >= USERS_RECORD_OCTETS)
		return 0;
	buf = realloc(u->buf, 2 * u->size);
	if (!buf)
		return 0;
	u->buf = buf;
	u->size *= 2;
	return 1;
}

/* 1 found, 0 not found, -1 with errno. What says "not found" differs
 * between systems: getpwnam(3). */
static int
lookup(struct users *u, const char *name, struct passwd *pw)
{
	struct passwd *found;
	int e;

	do
		e = getpwnam_r(name, pw, u->buf, u->size, &found);
	while (e == EINTR || (e == ERANGE && grow(u)));
	if (!e || e == ENOENT || e == ESRCH)
		return !e && found;
	errno = e;
	return -1;
}

/* FNV-1a. */
static struct users_slot *
slot(struct users *u, const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return u->slots + h % USERS_SLOTS;
}

int
users_find(struct users *u, const char *name, uint64_t now)
{
	struct users_slot *s = slot(u, name);
	struct passwd pw;
	int r;

	if (now < s->until && !strcmp(s->name, name))
		return 1;
	r = lookup(u, name, &pw);
	if (!r && lookup(u, u->canary, &pw) <= 0)
		return (errno = EAGAIN, -1);
	if (r <= 0)
		return r;
	if (pw.pw_uid < u->min_uid || !pw.pw_uid || !pw.pw_gid)
		return 0;
	if (strlen(name) <= USERS_NAME_OCTETS) {
		strcpy(s->name, name);
		s->until = now + USERS_KEEP_S;
		u->used = 1;
	}
	return 1;
}
