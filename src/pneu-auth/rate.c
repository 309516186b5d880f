#include "pneu-auth/rate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A program, or Dovecot, may let him in by his name in any case: he is one
 * user. */
static uint64_t
hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (*s >= 'A' && *s <= 'Z' ? *s | 32u :
		    (unsigned char)*s)) * 0x100000001b3u;
	return h;
}

static int
is(const struct rate_user *u, const char *user, uint64_t h)
{
	return u->hash == h && !strncasecmp(u->name, user, RATE_OCTETS);
}

/* His entry, begun anew if his hour is over; or that of whose hour began
 * first. */
static struct rate_user *
find(struct rate *r, const char *user, uint64_t now)
{
	struct rate_user *u = r->u, *best = 0;
	uint64_t h = hash(user);
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (is(u + i, user, h)) {
			best = u + i;
			break;
		}
		if (!best || u[i].began < best->began)
			best = u + i;
	}
	if (i == r->n && r->n < RATE_USERS)
		best = u + r->n++;
	if (i < r->n && is(best, user, h) && best->letters &&
	    now < best->began + RATE_S)
		return best;
	memset(best, 0, sizeof *best);
	memcpy(best->name, user, strnlen(user, RATE_OCTETS));
	best->hash = h;
	best->began = now;
	return best;
}

enum rate_verdict
rate_ask(struct rate *r, const char *user, uint64_t rcpts,
    uint64_t maxletters, uint64_t maxrcpts, uint64_t now, uint32_t *left)
{
	struct rate_user *u;

	*left = 0;
	if (!r->u && !(r->u = calloc(RATE_USERS, sizeof *r->u)))
		return RATE_MEMORY;
	u = find(r, user, now);
	*left = (uint32_t)(u->began + RATE_S - now);
	if (maxletters && u->letters >= maxletters)
		return RATE_LETTERS;
	if (maxrcpts && u->rcpts + rcpts > maxrcpts)
		return RATE_RCPTS;
	u->letters++;
	u->rcpts += rcpts;
	return RATE_YES;
}
