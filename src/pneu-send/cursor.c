#include "pneu-send/judge.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "run/log.h"
#include "run/now.h"
#include "spool/slot.h"

/* Walks over new/ and defer/, in slices. A cursor is one of
 *
 *	ALL	of a directory whose time has come: each letter is taken, or
 *		left if its site has no room
 *	SITE	of slots where letters were left, for one site: takes its
 *		letters, and waits where it is while there is no room for the
 *		next; so the letters of a site that drains are walked once
 *	HASH	of all slots, for a flush of one domain
 *	FIND	of all of the queue, for letters by id
 */

#define SLICE_NAMES 400		/* read in a turn of one cursor */
#define SLICE_LETTERS 50	/* opened in it */
#define SWEEP_MS 60000		/* between walks for letters that expire */

/* c->name is there still. */
static void
leave(struct cursor *c, struct dir *d)
{
	if (c->kind != CURSOR_SITE && d)
		d->left++;
	c->skipped++;
}

/* Deal with c->name. Returns letters read, or -1 to wait. */
static int
deal(struct send *g, struct cursor *c)
{
	struct dir *d = dirs_find(g, c->top, c->dir);
	uint32_t site;
	struct at a;
	int r;

	a.top = (enum at_top)c->top;
	a.dir = c->dir;
	a.name = c->name;
	a.file = 0;
	switch (judge(g, c)) {
	case WAIT:
		return -1;
	case STOP:
		return -2;
	case LEAVE:
		site = scan_known(g, c->name.hash);
		leave(c, d);
		if (c->kind == CURSOR_HASH && d && !d->due)
			d->flushsite = site;
		if (site != NONE)
			sched_left(&g->s, site);
		return 0;
	case OFF:
		return mail_defer(g, &a, g->wall + 2) ? 1 : -1;
	case TAKE:
		r = load(g, &a, c->kind == CURSOR_HASH || c->id[0] ||
		    (d && d->flushed));
		if (r == 2)
			leave(c, d);
		return r < 0 ? -1 : 1;
	}
	c->skipped += mail_find(g, c->name.id) == NONE;
	return 0;
}

/* This directory is done with. What one site's cursor met and did not take,
 * from the first name to the last, is what lies there still; a little more
 * may be counted than there is, never less. */
static void
shut(struct send *g, struct cursor *c, int whole)
{
	struct dir *d = dirs_find(g, c->top, c->dir);

	if (c->open)
		walk_close(&c->w);
	c->open = c->has = 0;
	if (whole && c->kind == CURSOR_SITE && d && d->due)
		d->left = c->skipped;
	else if (whole && c->kind == CURSOR_SITE && d &&
	    d->flushsite == c->site)
		d->left = 0;
	c->skipped = 0;
	if (c->kind == CURSOR_ALL && d && d->due == DIR_WALKING) {
		d->due = DIR_WALKED;
		d->walked = g->now;
	}
}

static void
finish(struct send *g, struct cursor *c)
{
	shut(g, c, 0);
	if (c->kind == CURSOR_SITE)
		sched_fetched(&g->s, c->site);
	else if (c->kind == CURSOR_FIND && !c->id[0])
		taken_searched(g, c->search);
	else if (c->kind == CURSOR_ALL)
		g->pass = g->now - c->began;
	c->kind = CURSOR_NONE;
}

/* Is d for c? */
static int
suits(const struct cursor *c, const struct dir *d)
{
	switch (c->kind) {
	case CURSOR_ALL: return d->top == c->top && d->due == DIR_DUE;
	case CURSOR_SITE: return d->top == AT_DEFER && d->left;
	case CURSOR_HASH: return d->top == AT_DEFER;
	}
	return 1;
}

/* A directory that cannot be opened: is it that one (1), which is looked at
 * again later, or are we short of descriptors or memory? */
static int
skip(struct send *g, const char *path)
{
	int e = errno;

	log_warnsys("unable to open queue/", path);
	if (e != EMFILE && e != ENFILE && e != ENOMEM)
		return 1;
	mail_short(g);
	return 0;
}

/* Open the next directory, from where c is on. Returns 1, 0 at the end, -1
 * if that has to wait. */
static int
go_on(struct send *g, struct cursor *c)
{
	size_t i, n = genalloc_len(struct dir, &g->dirs);
	char path[AT_DIR_OCTETS + 1];

	for (i = 0; i < n; i++) {
		struct dir *d = genalloc_s(struct dir, &g->dirs) + i;
		int r;

		if (d->top < c->top || (d->top == c->top && d->num < c->dir) ||
		    !suits(c, d))
			continue;
		c->top = d->top;
		c->dir = d->num;
		at_dir_fmt(path, c->top, c->dir);
		if ((r = walk_open(&c->w, g->queue, path)) < 0 && !skip(g, path))
			return -1;
		if (c->kind == CURSOR_ALL) {
			d->due = r > 0 ? DIR_WALKING : DIR_WALKED;
			d->left = r < 0;
			d->walked = g->now;
			c->began = g->now;
		} else if (!r)
			d->left = 0;
		if (r > 0)
			return c->open = 1;
	}
	return 0;
}

/* The next name into c->name. 1; 0: this directory is at its end. */
static int
read_name(struct send *g, struct cursor *c)
{
	const char *bad;
	int r;

	while ((r = walk_next(&c->w, &c->name, &bad)) == 2) {
		char path[AT_DIR_OCTETS + 1 + 256];
		unsigned int n = at_dir_fmt(path, c->top, c->dir);

		path[n++] = '/';
		if (strlen(bad) >= sizeof path - n)
			continue;
		strcpy(path + n, bad);
		queue_bad(g, path);
	}
	if (r < 0)
		log_warnsys("unable to read queue/", c->w.at);
	return c->has = r > 0;
}

/* The site of a cursor is suspended: the rest has to wait, but now and then
 * is looked through for what is too old to. */
static int
stopped(struct send *g, struct cursor *c)
{
	if (g->s.sites[c->site].fails >= RETRY_ATTEMPTS_MIN &&
	    g->now >= g->sweep) {
		g->sweep = g->now + SWEEP_MS + 20 * g->pass;
		c->sweeping = 1;
		return 1;
	}
	sched_left(&g->s, c->site);
	finish(g, c);
	return 0;
}

/* One slice, until then at the longest: by now_ms, since what it takes is up
 * to the disk. Returns 1 if there is more to do at once. */
int
cursor_slice(struct send *g, struct cursor *c, uint64_t end)
{
	int names = SLICE_NAMES, letters = SLICE_LETTERS, r;

	while (names > 0 && letters > 0) {
		if (!c->open && (r = go_on(g, c)) <= 0) {
			if (!r)
				finish(g, c);
			return 0;
		}
		if (!c->has && !read_name(g, c)) {
			shut(g, c, 1);
			if (c->kind == CURSOR_ALL) {
				finish(g, c);
				return 1;
			}
			c->dir++;
			continue;
		}
		if ((r = deal(g, c)) < 0)
			return r == -2 ? stopped(g, c) : 0;
		c->has = 0;
		letters -= r;
		names--;
		if (r && now_ms() >= end)
			break;
	}
	return 1;
}
