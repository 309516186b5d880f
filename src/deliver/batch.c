#include "deliver/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run/sync.h"


/* One step for every copy that is still good. */
static void
each(struct batch *b, int (*step)(struct maildir_file *))
{
	size_t i, j;

	for (i = 0; i < b->n; i++)
		for (j = 0; j < letter_ncopies(b->l[i]); j++) {
			struct copy *c = letter_copy(b->l[i], j);

			if (c->state == COPY_GROWS && step(&c->file) < 0) {
				maildir_drop(&c->file);
				c->state = COPY_FAILED;
			}
		}
}

struct letter *
batch_next(struct batch *b)
{
	static const struct letter zero = LETTER_ZERO;

	if (!b->l[b->n]) {
		if (!(b->l[b->n] = malloc(sizeof zero)))
			return 0;
		*b->l[b->n] = zero;
	}
	return b->l[b->n];
}

void
batch_add(struct batch *b)
{
	struct letter *l = b->l[b->n++];
	size_t i;

	b->ncopies += letter_ncopies(l);
	for (i = 0; i < letter_ncopies(l); i++)
		b->nslow += letter_copy(l, i)->state == COPY_SPOOLS;
}

int
batch_isfull(const struct batch *b)
{
	return b->n >= BATCH_LETTERS - 1 || b->ncopies >= BATCH_COPIES;
}

static int
start(struct maildir_file *f)
{
	sync_start(f->fd);
	return 0;
}

/* The entry is not known to be durable: take the file back, so that the
 * next attempt makes no second one, unless a reader has it already. */
static void
settle(struct copy *c, int error)
{
	if (!error) {
		c->state = COPY_DELIVERED;
		return;
	}
	errno = error;
	maildir_fail(&c->file, "fsync new");
	maildir_drop(&c->file);
	c->state = COPY_FAILED;
}

/* All copies in dir, from letter i on, fare as its new/ does. */
static void
sync_new(struct batch *b, size_t i, const char *dir)
{
	char path[MAILDIR_PATH_OCTETS];
	int error = 0;
	size_t j;

	if (maildir_path(path, dir, "new", "") < 0 || sync_dir(path) < 0)
		error = errno;
	for (; i < b->n; i++)
		for (j = 0; j < letter_ncopies(b->l[i]); j++) {
			struct copy *c = letter_copy(b->l[i], j);

			if (c->state == COPY_GROWS && !strcmp(c->dir, dir))
				settle(c, error);
		}
}

void
batch_commit(struct batch *b)
{
	size_t i, j;

	if (b->ncopies > 1)
		each(b, start);
	each(b, maildir_sync);
	each(b, maildir_publish);
	for (i = 0; i < b->n; i++)
		for (j = 0; j < letter_ncopies(b->l[i]); j++) {
			struct copy *c = letter_copy(b->l[i], j);

			if (c->state == COPY_GROWS)
				sync_new(b, i, c->dir);
		}
}

int
batch_report(struct batch *b, const struct place *p, uint64_t now,
    stralloc *out)
{
	struct letter *coming = b->l[b->n];
	size_t i;
	int good = 1;

	for (i = 0; i < b->n; i++)
		good = good && letter_report(b->l[i], p, now, out);
	b->l[b->n] = b->l[0];
	b->l[0] = coming;
	b->n = b->ncopies = b->nslow = 0;
	return good;
}

void
batch_drop(struct batch *b)
{
	while (b->n)
		letter_drop(b->l[--b->n]);
	b->ncopies = b->nslow = 0;
}

void
batch_free(struct batch *b)
{
	size_t i;

	for (i = 0; i < BATCH_LETTERS; i++)
		if (b->l[i]) {
			letter_free(b->l[i]);
			free(b->l[i]);
		}
}
