#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pneu-send/ctl.h"

#define SLICE_NAMES 500
#define SLICE_LETTERS 20
#define PART_OCTETS 65536

/* The next directory of the walk, from (c->top, c->dir) on. 1, 0, -1. */
static int
next_dir(struct send *g, struct ctl *c)
{
	char path[AT_DIR_OCTETS + 1];
	size_t i, n = genalloc_len(struct dir, &g->dirs);
	int r;

	for (i = 0; i < n; i++) {
		const struct dir *d = genalloc_s(struct dir, &g->dirs) + i;

		if (d->top < c->top || (d->top == c->top && d->num < c->dir))
			continue;
		c->top = d->top;
		c->dir = d->num;
		at_dir_fmt(path, (enum at_top)c->top, c->dir);
		if ((r = walk_open(&c->w, g->queue, path)))
			return r;
	}
	if (c->top == AT_HOLD || (c->type == 'H' && !c->id[0]))
		return 0;
	c->top = AT_HOLD;
	c->dir = 0;
	return walk_open(&c->w, g->queue, "hold");
}

/* S: the letter's file, as frames. */
static void
begin_file(struct send *g, struct ctl *c, const struct at *a)
{
	char path[AT_PATH_OCTETS + 1];
	unsigned int n = at_dir_fmt(path, a->top, a->dir);

	path[n++] = '/';
	letter_name_fmt(path + n, &a->name);
	c->fd = openat(g->queue, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	c->at = 0;
}

static void
send_file(struct ctl *c)
{
	while (stream_pending(&c->s) < CTL_PENDING) {
		ssize_t at = frame_begin(&c->s.out, 'M', c->tag), r;

		if (at < 0 || !stralloc_readyplus(&c->s.out, PART_OCTETS)) {
			c->s.eof = 1;
			return;
		}
		r = pread(c->fd, c->s.out.s + c->s.out.len, PART_OCTETS,
		    (off_t)c->at);
		if (r <= 0) {
			c->s.out.len = (size_t)at;
			if (r < 0)
				ctl_answer(c, VERDICT_LATER, "4.3.0",
				    strerror(errno));
			else
				ctl_answer(c, VERDICT_DONE, "2.0.0", "");
			return;
		}
		c->s.out.len += (size_t)r;
		c->at += (uint64_t)r;
		frame_end(&c->s.out, at);
	}
}

/* H, U, R: as act. */
static int
grant(struct send *g, struct ctl *c, const struct at *a)
{
	switch (wish(g, a, c->type)) {
	case WISH_WAIT:
		return -1;
	case WISH_GRANTED:
		c->count++;
		c->found = 1;
	}
	return !c->id[0];
}

/* One letter that was asked for. Returns 0 if the answer is at its end, -1
 * if it cannot be dealt with now. */
static int
act(struct send *g, struct ctl *c, const struct at *a)
{
	int r;

	if (c->type != 'L' && c->type != 'S')
		return grant(g, c, a);
	r = ctl_item(g, c, a);

	if (r > 0)
		c->found = 1;
	if (r < 0)
		c->s.eof = 1;
	if (r > 0 && c->type == 'S')
		begin_file(g, c, a);
	return r >= 0 && !(r > 0 && c->id[0]);
}

static void
end(struct send *g, struct ctl *c)
{
	if (c->type == 'S' && c->fd >= 0)
		return;
	if (c->id[0] && !c->found)
		ctl_answer(c, VERDICT_NEVER, "5.1.0", c->type == 'U' ?
		    "no such letter on hold" : "no such letter");
	else if (c->type != 'L' && c->type != 'S')
		wish_answer(g, c);
	else
		ctl_answer(c, VERDICT_DONE, "2.0.0", "");
}

/* A letter in core needs no walk. As act; 1 if it is not there. */
static int
find_in_core(struct send *g, struct ctl *c)
{
	uint32_t i = c->id[0] && !c->open ? mail_find(g, c->id) : NONE;
	struct at a;

	if (i == NONE)
		return 1;
	memset(&a, 0, sizeof a);
	a.top = (enum at_top)g->mails[i].top;
	a.dir = g->mails[i].dir;
	memcpy(a.name.id, g->mails[i].id, sizeof a.name.id);
	a.name.hash = g->mails[i].hash;
	a.name.size = g->mails[i].size;
	return act(g, c, &a);
}

/* The next name of the walk that is asked for, to c->name. 1; 0 at the end of
 * the walk; 2: call again. */
static int
next_name(struct send *g, struct ctl *c)
{
	const char *bad;
	int r;

	if (c->has)
		return 1;
	if (!c->open) {
		if (next_dir(g, c) <= 0)
			return 0;
		c->open = 1;
	}
	r = walk_next(&c->w, &c->name, &bad);
	if (r <= 0) {
		walk_close(&c->w);
		c->open = 0;
		c->dir++;
		return 2;
	}
	c->has = r == 1 && (!c->id[0] || !strcmp(c->id, c->name.id));
	return c->has ? 1 : 2;
}

int
ctl_list(struct send *g, struct ctl *c)
{
	int names = SLICE_NAMES, letters = SLICE_LETTERS, r;
	struct at a;

	if (c->fd >= 0) {
		send_file(c);
		return 0;
	}
	if (c->waits)
		return wish_answer(g, c);
	r = find_in_core(g, c);
	while (r > 0 && names-- > 0 && letters > 0 && !c->s.eof &&
	    stream_pending(&c->s) < CTL_PENDING) {
		if ((r = next_name(g, c)) != 1)
			continue;
		a.top = (enum at_top)c->top;
		a.dir = c->dir;
		a.name = c->name;
		a.file = 0;
		letters--;
		if ((r = act(g, c, &a)) >= 0)
			c->has = 0;
	}
	c->stuck = r < 0;
	if (!r)
		end(g, c);
	return !r;
}
