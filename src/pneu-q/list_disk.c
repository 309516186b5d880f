#include "pneu-q/list.h"

#include <skalibs/nonposix.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "spool/at.h"
#include "spool/walk.h"

#define HISTORY_OCTETS (1u << 20)	/* of a letter, that are looked at */

/* One pass over the queue: what is done with each name. Returns 1 to go on,
 * 0 to end, -1. */
struct pass {
	int queue;		/* its directory */
	const char *id;		/* this letter only, or 0 */
	int (*each)(struct pass *, const char *path,
	    const struct letter_name *);
	list_fn *fn;
	void *ctx;
	struct letter l;
	struct item i;
	stralloc history;
	char *at;		/* list_find's answer, */
	size_t max;		/* its room, */
	int fd;			/* and descriptor */
};
#define PASS_ZERO { .l = LETTER_ZERO, .i = ITEM_ZERO, .fd = -1 }

static int
pass_dir(struct pass *p, enum at_top top, uint64_t dir)
{
	char path[AT_DIR_OCTETS + 1 + LETTER_NAME_OCTETS + 1];
	struct walk w = WALK_ZERO;
	struct letter_name n;
	const char *bad;
	size_t len = at_dir_fmt(path, top, dir);
	int r = walk_open(&w, p->queue, path), go = 1;

	if (r <= 0)
		return r < 0 ? -1 : 1;
	while (go > 0 && (r = walk_next(&w, &n, &bad)) > 0) {
		if (r == 2 || (p->id && strcmp(p->id, n.id)))
			continue;
		path[len] = '/';
		letter_name_fmt(path + len + 1, &n);
		go = p->each(p, path, &n);
	}
	walk_close(&w);
	return r < 0 ? -1 : go;
}

static int
pass_top(struct pass *p, enum at_top top, const char *name)
{
	genalloc dirs = GENALLOC_ZERO;
	size_t i;
	int r = walk_dirs(p->queue, name, &dirs);

	for (i = 0; r > 0 && i < genalloc_len(uint64_t, &dirs); i++)
		r = pass_dir(p, top, genalloc_s(uint64_t, &dirs)[i]);
	genalloc_free(uint64_t, &dirs);
	return r;
}

/* new/ last: a letter that becomes due meanwhile goes there. */
static int
pass_all(struct pass *p)
{
	int r;

	p->queue = open("queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->queue < 0)
		return 0;
	if (faccessat(p->queue, "new", R_OK | X_OK, 0) < 0) {
		r = errno;
		close(p->queue);
		errno = r;
		return 0;
	}
	r = pass_dir(p, AT_HOLD, 0);
	if (r > 0)
		r = pass_top(p, AT_DEFER, "defer");
	if (r > 0)
		r = pass_top(p, AT_NEW, "new");
	close(p->queue);
	letter_free(&p->l);
	stralloc_free(&p->history);
	stralloc_free(&p->i.text);
	genalloc_free(struct item_rcpt, &p->i.rcpts);
	return r < 0 ? -1 : 1;
}

/* A letter that is gone, or damaged, is passed over: pneu-queue and
 * pneu-send see to those. */
static int
each_letter(struct pass *p, const char *path, const struct letter_name *n)
{
	int r = letter_open(&p->l, p->queue, path);

	if (r <= 0)
		return r == 0 || errno == EBADMSG ? 1 : -1;
	p->history.len = 0;
	r = letter_history(&p->l, &p->history, HISTORY_OCTETS);
	if (r > 0)
		r = item_letter(&p->i, &p->l, path, p->history.s,
		    p->history.len) ? 1 : -1;
	letter_close(&p->l);
	return r < 0 ? -1 : p->fn(p->ctx, &p->i);
}

int
list_disk(const char *id, list_fn *fn, void *ctx)
{
	struct pass p = PASS_ZERO;

	p.id = id;
	p.each = each_letter;
	p.fn = fn;
	p.ctx = ctx;
	return pass_all(&p);
}

static int
each_name(struct pass *p, const char *path, const struct letter_name *n)
{
	strcpy(p->i.id, n->id);
	strcpy(p->i.state, path[0] == 'd' ? "deferred" :
	    path[0] == 'h' ? "hold" : "new");
	p->i.size = n->size;
	return p->fn(p->ctx, &p->i);
}

int
list_names(list_fn *fn, void *ctx)
{
	struct pass p = PASS_ZERO;

	p.each = each_name;
	p.fn = fn;
	p.ctx = ctx;
	return pass_all(&p);
}

static int
each_found(struct pass *p, const char *path, const struct letter_name *n)
{
	p->fd = openat(p->queue, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->fd < 0)
		return errno == ENOENT ? 1 : -1;
	if (strlen(path) < p->max)
		strcpy(p->at, path);
	return 0;
}

int
list_find(const char *id, char *at, size_t n)
{
	struct pass p = PASS_ZERO;
	int r;

	p.id = id;
	p.each = each_found;
	p.at = at;
	p.max = n;
	at[0] = 0;
	r = pass_all(&p);
	if (r > 0 && p.fd < 0)
		errno = ENOENT;
	return r > 0 ? p.fd : -1;
}
