#include "pneu-send/ctl.h"

/* Who may have one of the CTLS seats, and for how long. Nobody's mailq, nor
 * all of them together, is to keep root's pneu-q out. */

#define SHARE (CTLS / 4)	/* of one user */
#define RESERVE 2		/* for root and our own */

/* Is it the client's turn: to ask, or to take what he is told? */
static int
islate(const struct ctl *c)
{
	return !c->type || (c->type != 'W' && !c->waits && !c->stuck &&
	    stream_pending(&c->s) >= CTL_PENDING);
}

int
ctl_seat(const struct ctl *c, size_t n, uid_t uid, int isadmin)
{
	size_t i, his = 0, spare = 0;
	int seat = -1, oldest = -1;

	for (i = 0; i < n; i++)
		if (c[i].s.fd < 0) {
			spare++;
			seat = (int)i;
		} else if (c[i].uid == uid) {
			his++;
			if (!c[i].type && (oldest < 0 ||
			    c[i].active < c[oldest].active))
				oldest = (int)i;
		}
	if (isadmin || (his < SHARE && spare > RESERVE))
		return seat;
	return oldest;
}

uint64_t
ctl_deadline(const struct send *g)
{
	uint64_t t = UINT64_MAX;
	size_t i;

	for (i = 0; i < CTLS; i++) {
		const struct ctl *c = g->ctls + i;

		if (c->s.fd >= 0 && islate(c) && c->active + CTL_IDLE_MS < t)
			t = c->active + CTL_IDLE_MS;
	}
	return t;
}

void
ctl_expire(struct send *g)
{
	size_t i;

	for (i = 0; i < CTLS; i++) {
		struct ctl *c = g->ctls + i;

		if (c->s.fd < 0)
			continue;
		if (!islate(c) && c->type != 'W')
			c->active = g->now;
		else if (islate(c) && g->now - c->active >= CTL_IDLE_MS)
			ctl_close(c);
	}
}
