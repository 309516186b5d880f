#ifndef PNEU_ALIAS_USERS_H
#define PNEU_ALIAS_USERS_H

#include <stddef.h>
#include <stdint.h>

/* Is there such a user? Asked of the system (getpwnam_r), which may search
 * a file for it each time: so those who exist are remembered for a while.
 * That one of them is gone shows when pneu-lspawn looks him up. */

#define USERS_SLOTS 4096	/* remembered; each name has one place */
#define USERS_NAME_OCTETS 31	/* longer ones are not remembered */
#define USERS_KEEP_S 30
#define USERS_RECORD_OCTETS (1u << 20)	/* of a passwd entry at most */

struct users_slot {
	char name[USERS_NAME_OCTETS + 1];
	uint64_t until;
};

struct users {
	uint64_t min_uid;
	const char *canary;	/* a user who is always there */
	char *buf;
	size_t size;
	struct users_slot *slots;
	int used;		/* any of them: if not, they are untouched */
};

/* Returns 1, or 0 with ENOMEM. */
int users_init(struct users *u, const char *canary);

/* Forget what is remembered; from here on users below min_uid are none. */
void users_reset(struct users *u, uint64_t min_uid);

/* Does mail reach a user of this name? now: seconds of a clock that does
 * not go back. Returns 1; 0: no, or his uid is below min_uid, or his gid is
 * 0; -1 with errno: that cannot be told, because the lookup failed or the
 * canary is not found either. */
int users_find(struct users *u, const char *name, uint64_t now);

void users_free(struct users *u);

#endif
