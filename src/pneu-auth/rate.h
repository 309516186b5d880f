#ifndef PNEU_AUTH_RATE_H
#define PNEU_AUTH_RATE_H

#include <stddef.h>
#include <stdint.h>

/* Letters and recipients of each user in an hour, which begins with his
 * first letter. Pure: the time is an argument, in seconds of a clock that
 * only goes forward. */

#define RATE_S 3600
#define RATE_USERS 4096		/* that are counted; of more the one whose
				 * hour began first is forgotten */
#define RATE_OCTETS 64		/* of a name that are told apart, beside its
				 * hash */

struct rate_user {
	char name[RATE_OCTETS];	/* not ended by a NUL if it is longer */
	uint64_t hash;
	uint64_t began;
	uint64_t letters, rcpts;	/* letters 0: free */
};

struct rate {
	struct rate_user *u;	/* RATE_USERS, made when the first is counted */
	size_t n;
};

enum rate_verdict { RATE_YES, RATE_LETTERS, RATE_RCPTS, RATE_MEMORY };

/* May user send one more letter, to so many? If so it is counted. Limits of
 * 0 are none. *left: seconds until his hour is over. */
enum rate_verdict rate_ask(struct rate *r, const char *user, uint64_t rcpts,
    uint64_t maxletters, uint64_t maxrcpts, uint64_t now, uint32_t *left);

#endif
