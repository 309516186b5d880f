#include "pneu-send/send.h"

#include <string.h>

#include "run/now.h"

/* Which walks go on, and whose turn it is: cursor.c walks. */

#define SLICES_MS 10		/* for all cursors: others wait for us */
#define SHARED_MS 10000		/* between walks for sites without a cursor */

static struct cursor *
spare(struct send *g, int from, int to)
{
	for (; from < to; from++)
		if (g->cursors[from].kind == CURSOR_NONE) {
			memset(g->cursors + from, 0, sizeof *g->cursors);
			return g->cursors + from;
		}
	return 0;
}

/* The sites that have letters left and room for them: a cursor each, while
 * there are any; for the others all such slots are walked again, at times. */
static void
fetch(struct send *g)
{
	struct cursor *c;
	uint32_t site;
	size_t i;

	while ((c = spare(g, 0, CURSORS_SITE))) {
		if ((site = sched_fetch(&g->s, g->now)) == NONE)
			return;
		c->kind = CURSOR_SITE;
		c->site = site;
		c->top = AT_DEFER;
	}
	if (g->now < g->shared || (site = sched_fetch(&g->s, g->now)) == NONE)
		return;
	do
		sched_fetched(&g->s, site);
	while ((site = sched_fetch(&g->s, g->now)) != NONE);
	g->shared = g->now + SHARED_MS + 10 * g->pass;
	for (i = 0; i < genalloc_len(struct dir, &g->dirs); i++) {
		struct dir *d = genalloc_s(struct dir, &g->dirs) + i;

		if (d->left && d->due == DIR_WALKED)
			d->due = DIR_DUE;
	}
}

static void
walk_all(struct send *g, struct cursor *c, int top)
{
	size_t i;

	if (c->kind != CURSOR_NONE)
		return;
	for (i = 0; i < genalloc_len(struct dir, &g->dirs); i++) {
		const struct dir *d = genalloc_s(struct dir, &g->dirs) + i;

		if (d->top == top && d->due == DIR_DUE) {
			memset(c, 0, sizeof *c);
			c->kind = CURSOR_ALL;
			c->top = (uint8_t)top;
			return;
		}
	}
}

/* Find the letter (null: those taken over) wherever it lies. */
int
scan_find(struct send *g, const char *id)
{
	struct cursor *c = spare(g, CURSORS_SITE + 2, CURSORS);

	if (!c)
		return 0;
	dirs_list(g);
	c->kind = CURSOR_FIND;
	if (id)
		memcpy(c->id, id, sizeof c->id);
	else
		c->search = ++g->search;
	return 1;
}

int
scan_flush(struct send *g, uint32_t hash)
{
	struct cursor *c = spare(g, CURSORS_SITE + 2, CURSORS);

	if (!c)
		return 0;
	c->kind = CURSOR_HASH;
	c->hash = hash;
	c->top = AT_DEFER;
	return 1;
}

int
scan_isactive(const struct send *g)
{
	int i;

	for (i = 0; i < CURSORS; i++)
		if (g->cursors[i].kind != CURSOR_NONE)
			return 1;
	return 0;
}

/* Returns by g->busy whether there is more to do at once. */
void
scan_turn(struct send *g)
{
	uint64_t end = 0;
	int i;

	g->busy = 0;
	if (!g->started || g->now < g->fdpause || g->stop)
		return;
	if (g->searching && scan_find(g, 0))
		g->searching = 0;
	fetch(g);
	walk_all(g, g->cursors + CURSORS_SITE, AT_NEW);
	walk_all(g, g->cursors + CURSORS_SITE + 1, AT_DEFER);
	for (i = 0; i < CURSORS; i++) {
		struct cursor *c = g->cursors + g->cursor;

		if (end && now_ms() >= end) {
			g->busy = 1;
			return;
		}
		g->cursor = (g->cursor + 1) % CURSORS;
		if (c->kind == CURSOR_NONE)
			continue;
		if (!end)
			end = now_ms() + SLICES_MS;
		g->busy |= cursor_slice(g, c, end);
	}
}
