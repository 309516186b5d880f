#include "pneu-send/judge.h"

#include <string.h>

#define LATE_S 300		/* walks take their time */

/* Old enough to expire, by its id, and its site dead for long; or just so old
 * that its sender is to be warned. Letters lie in their slot for as long as
 * the longest back-off before they are met. */
static int
isold(const struct send *g, const struct letter_name *n,
    const struct site *x)
{
	uint32_t life = g->retry.lifetime < g->retry.bounce_lifetime ?
	    g->retry.lifetime : g->retry.bounce_lifetime;
	uint64_t born = 0;
	int i;

	for (i = 0; i < 13; i++)
		born = born << 4 | (uint64_t)(n->id[i] <= '9' ?
		    n->id[i] - '0' : n->id[i] - 'A' + 10);
	born /= 1000000;
	if (born > g->wall)
		return 0;
	if (x->fails >= RETRY_ATTEMPTS_MIN && g->wall - born >= life)
		return 1;
	return g->warn && g->wall - born >= g->warn &&
	    g->wall - born < (uint64_t)g->warn + g->retry.max + LATE_S;
}

/* What to do with a letter that a walk over all has met. */
static int
judge_all(const struct send *g, const struct cursor *c, uint32_t site)
{
	int room = site == NONE ? SCHED_ROOM : sched_room(&g->s, site);

	if (room == SCHED_ROOM)
		return g->s.letters + g->s.c.core / 16 < g->s.c.core ?
		    TAKE : WAIT;
	if (room == SCHED_CLOSED && (c->top == AT_NEW ||
	    isold(g, &c->name, g->s.sites + site)))
		return TAKE;
	return c->top == AT_NEW ? OFF : LEAVE;
}

static int
judge_site(const struct send *g, const struct cursor *c, uint32_t site)
{
	const struct dir *d = dirs_find(g, c->top, c->dir);

	if (site != NONE && site != c->site)
		return SKIP;
	if (d && !d->due && d->flushsite != c->site)
		return SKIP;		/* it is another's that was flushed */
	switch (sched_room(&g->s, c->site)) {
	case SCHED_ROOM: return TAKE;
	case SCHED_FULL: return WAIT;
	}
	if (g->s.sites[c->site].state != SITE_SUSPENDED)
		return WAIT;		/* its probe is under way */
	if (!c->sweeping)
		return STOP;
	return isold(g, &c->name, g->s.sites + c->site) ? TAKE : LEAVE;
}

int
judge(const struct send *g, const struct cursor *c)
{
	uint32_t site = scan_known(g, c->name.hash);

	if (mail_find(g, c->name.id) != NONE)
		return SKIP;
	switch (c->kind) {
	case CURSOR_ALL:
		return judge_all(g, c, site);
	case CURSOR_SITE:
		return judge_site(g, c, site);
	case CURSOR_HASH:
		if (c->name.hash && c->name.hash != c->hash)
			return SKIP;
		return site == NONE || sched_room(&g->s, site) == SCHED_ROOM ?
		    TAKE : sched_room(&g->s, site) == SCHED_FULL ? WAIT :
		    LEAVE;
	}
	if (c->id[0])
		return strcmp(c->id, c->name.id) ? SKIP : TAKE;
	return taken_has(g, c->name.id) ? TAKE : SKIP;
}
