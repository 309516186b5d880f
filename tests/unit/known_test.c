/* Users that the lookup process remembers. */
#include "pneu-lspawn/known.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct known k;

static struct who
somebody(uid_t uid, const char *home, int ngroups)
{
	struct who w = { .uid = uid, .gid = 9, .ngroups = ngroups };
	int i;

	strcpy(w.home, home);
	sprintf(w.shell, "/bin/%lush", (unsigned long)uid);
	for (i = 0; i < ngroups; i++)
		w.groups[i] = (gid_t)(100 + i);
	return w;
}

static int
is(const struct who *a, const struct who *b)
{
	return a->uid == b->uid && a->gid == b->gid &&
	    a->ngroups == b->ngroups && !strcmp(a->home, b->home) &&
	    !strcmp(a->shell, b->shell) &&
	    !memcmp(a->groups, b->groups,
	    (size_t)a->ngroups * sizeof a->groups[0]);
}

static void
many(void)
{
	char name[32];
	struct who w, got;
	unsigned int i;
	int wrong = 0, found = 0;

	for (i = 0; i < 10000; i++) {
		sprintf(name, "user%u", i);
		w = somebody(i + 1, name, (int)(i % LOOKUP_GROUPS));
		known_put(&k, &w, name, 500);
	}
	for (i = 0; i < 10000; i++) {
		sprintf(name, "user%u", i);
		w = somebody(i + 1, name, (int)(i % LOOKUP_GROUPS));
		if (!known_get(&k, &got, name, 501))
			continue;
		found++;
		wrong += !is(&got, &w);
	}
	ok(!wrong && found > 1000 && found <= KNOWN_USERS,
	    "10000 users: %d kept, none is another", found);
}

int
main(void)
{
	struct who a = somebody(7, "/home/a", 3), b = somebody(8, "/", 0), w;

	ok(!known_get(&k, &w, "a", 1), "nobody at first");
	known_put(&k, &a, "a", 100);
	known_put(&k, &b, "", 100);
	ok(known_get(&k, &w, "a", 100) && is(&w, &a), "as he was put");
	ok(known_get(&k, &w, "", 100) && is(&w, &b), "no groups, no name");
	ok(!known_get(&k, &w, "aa", 100), "nor another");
	ok(known_get(&k, &w, "a", 99 + KNOWN_S), "almost a minute later");
	ok(!known_get(&k, &w, "a", 100 + KNOWN_S), "then no more");
	ok(!known_get(&k, &w, "a", 99), "nor before");
	a.uid = 77;
	a.ngroups = LOOKUP_GROUPS;
	known_put(&k, &a, "a", 200);
	ok(known_get(&k, &w, "a", 200) && w.uid == 77 &&
	    w.ngroups == LOOKUP_GROUPS, "as he is now");
	a.ngroups = -1;
	known_put(&k, &a, "b", 200);
	ok(!known_get(&k, &w, "b", 200), "not without his groups");
	many();
	return tap_end();
}
