#include <stdlib.h>
#include <string.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "spool/slot.h"

/* The directories of new/ and defer/, by name: the wheel and the door. A
 * list of some hundreds, kept from pneu-queue's answers and read anew now
 * and then. */
#define RELIST_MS 60000
#define REWALK_MS 600000	/* what was left is looked at anew, */
#define REWALK_FEW_MS 30000	/* if it is little more often: */
#define FEW 1000
#define OLD_GENERATIONS 3	/* to this age new/G may still be written to */

static struct dir *
at(const struct send *g, size_t i)
{
	return genalloc_s(struct dir, &g->dirs) + i;
}

/* The place of the first one not before (top, num). */
static size_t
place(const struct send *g, int top, uint64_t num)
{
	size_t lo = 0, hi = genalloc_len(struct dir, &g->dirs);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct dir *d = at(g, mid);

		if (d->top < top || (d->top == top && d->num < num))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct dir *
dirs_find(const struct send *g, int top, uint64_t num)
{
	size_t i = place(g, top, num);

	return i < genalloc_len(struct dir, &g->dirs) &&
	    at(g, i)->top == top && at(g, i)->num == num ? at(g, i) : 0;
}

struct dir *
dirs_make(struct send *g, int top, uint64_t num)
{
	size_t i = place(g, top, num), n;
	struct dir d;

	if (i < genalloc_len(struct dir, &g->dirs) &&
	    at(g, i)->top == top && at(g, i)->num == num)
		return at(g, i);
	memset(&d, 0, sizeof d);
	d.top = (uint8_t)top;
	d.num = num;
	d.flushsite = NONE;
	if (top != AT_NEW && top != AT_DEFER)
		return 0;
	if (!genalloc_append(struct dir, &g->dirs, &d))
		return 0;
	n = genalloc_len(struct dir, &g->dirs) - 1;
	memmove(at(g, i + 1), at(g, i), (n - i) * sizeof d);
	*at(g, i) = d;
	return at(g, i);
}

static void
forget(struct send *g, size_t i)
{
	size_t n = genalloc_len(struct dir, &g->dirs) - 1;

	memmove(at(g, i), at(g, i + 1), (n - i) * sizeof *at(g, i));
	genalloc_setlen(struct dir, &g->dirs, n);
}

static void
list(struct send *g, int top, const char *name)
{
	genalloc nums = GENALLOC_ZERO;
	size_t i;

	if (walk_dirs(g->queue, name, &nums) < 0)
		log_warnsys("unable to list queue/", name);
	for (i = 0; i < genalloc_len(uint64_t, &nums); i++) {
		uint64_t num = genalloc_s(uint64_t, &nums)[i];

		if (!dirs_find(g, top, num)) {
			struct dir *d = dirs_make(g, top, num);

			if (d && top == AT_NEW)
				d->due = DIR_DUE;
		}
	}
	genalloc_free(uint64_t, &nums);
}

void
dirs_list(struct send *g)
{
	list(g, AT_NEW, "new");
	list(g, AT_DEFER, "defer");
	g->relist = g->now + RELIST_MS;
}

void
dirs_flush(struct send *g)
{
	size_t i;

	dirs_list(g);
	for (i = 0; i < genalloc_len(struct dir, &g->dirs); i++) {
		at(g, i)->flushed = 1;
		at(g, i)->due = DIR_DUE;
	}
}

static int
isdue(const struct send *g, const struct dir *d)
{
	return d->top == AT_NEW || slot_isdue(d->num, g->wall, g->retry.max);
}

/* Nothing is put there any more, as far as we know. */
static int
isover(const struct send *g, const struct dir *d)
{
	if (d->top == AT_NEW)
		return d->num + OLD_GENERATIONS < g->wall / GENERATION_S;
	return d->num + 1 < g->wall;
}

/* Slots whose time has come; directories that are empty now. */
void
dirs_turn(struct send *g)
{
	size_t i;

	if (g->newagain || g->relist <= g->now) {
		dirs_list(g);
		for (i = 0; g->newagain &&
		    i < genalloc_len(struct dir, &g->dirs); i++)
			if (at(g, i)->top == AT_NEW)
				at(g, i)->due = DIR_DUE;
		g->newagain = 0;
	}
	for (i = genalloc_len(struct dir, &g->dirs); i-- > 0;) {
		struct dir *d = at(g, i);

		if (d->flushed && d->top == AT_DEFER && d->num <= g->wall &&
		    d->due == DIR_WALKED) {
			d->flushed = 0;		/* what came there since */
			d->due = DIR_DUE;
		}
		if (d->due == DIR_WALKED && d->left && g->now - d->walked >=
		    (d->left < FEW ? REWALK_FEW_MS : REWALK_MS))
			d->due = DIR_DUE;
		if (!d->due && isdue(g, d))
			d->due = d->top == AT_NEW ? DIR_WALKED : DIR_DUE;
		if (d->due != DIR_WALKED || d->in || d->left || !isover(g, d) ||
		    g->peers[PEER_ORDERS].state != PEER_UP)
			continue;
		queue_prune(g, d);
		forget(g, i);
	}
}

uint64_t
dirs_deadline(const struct send *g)
{
	uint64_t t = g->relist;
	size_t i = place(g, AT_DEFER, g->wall + 1);

	if (i < genalloc_len(struct dir, &g->dirs)) {
		uint64_t ms = g->now + at(g, i)->num * 1000 -
		    g->wall_us / 1000 + 1;

		if (ms < t)
			t = ms;
	}
	return t;
}
