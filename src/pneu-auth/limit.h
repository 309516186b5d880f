#ifndef PNEU_AUTH_LIMIT_H
#define PNEU_AUTH_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "sasl/hash.h"

/* Who fails too often: counts by client network and by user, in a table of
 * fixed size. Pure: the time is an argument, in seconds of a clock that
 * only goes forward. A failure is forgotten after LIMIT_FORGET_S. */

#define LIMIT_SETS 1024
#define LIMIT_WAYS 8		/* entries of a set */
#define LIMIT_FORGET_S 60	/* after which one failure counts no more */
#define LIMIT_CLIENT 10		/* failures of a network at which it is
				 * capped */
#define LIMIT_USER 20		/* failures of a user at which all are that
				 * have not lately been let in as him */
#define LIMIT_DELAY_S 10	/* an answer is delayed that long at most */
#define LIMIT_KNOWN_S 2592000	/* that a client is remembered who was let
				 * in: 30 days */

enum limit_verdict { LIMIT_NONE, LIMIT_OF_CLIENT, LIMIT_OF_USER };

struct limit_entry {
	uint64_t key;		/* 0: free */
	uint64_t until;		/* when it is as good as free */
};

struct limit {
	struct hmac secret;
	struct limit_entry e[LIMIT_SETS][LIMIT_WAYS];
};

void limit_init(struct limit *l, const char *secret, size_t n);

/* May client try to be user? user "" or 0: not known yet. client 0: his
 * address does not count. An address as text: of IPv6 the /64 counts. */
enum limit_verdict limit_ask(const struct limit *l, const char *client,
    const char *user, uint64_t now);

/* He failed. Returns for how many seconds the answer is to be delayed: one,
 * and one more for each failure that is remembered. */
unsigned int limit_failed(struct limit *l, const char *client,
    const char *user, uint64_t now);

/* He was let in. */
void limit_passed(struct limit *l, const char *client, const char *user,
    uint64_t now);

#endif
