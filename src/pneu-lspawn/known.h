#ifndef PNEU_LSPAWN_KNOWN_H
#define PNEU_LSPAWN_KNOWN_H

#include <stdint.h>

#include "pneu-lspawn/lookup.h"

/* Users who were looked up within the last KNOWN_S: to be asked of the
 * system anew would cost a third of a millisecond of a letter to one who has
 * no process (his groups most of all). A process that is kept for a user
 * stays what he was for as long. No I/O. */

#define KNOWN_S 60
#define KNOWN_USERS 4096	/* some 100 octets each */

struct known_user;

struct known {
	struct known_user *user[KNOWN_USERS];	/* by hash; a new one ousts */
};

/* Fill w with what is known of user at now (seconds, monotonic). Returns 1,
 * or 0 if that is nothing or too old. */
int known_get(const struct known *k, struct who *w, const char *user,
    uint64_t now);

/* Keep what w says of user, found at now. Without memory it is not kept. */
void known_put(struct known *k, const struct who *w, const char *user,
    uint64_t now);

#endif
