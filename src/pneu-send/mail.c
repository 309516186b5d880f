#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pneu-send/send.h"
#include "run/log.h"

#define TEXT_OCTETS 512		/* of a letter to one recipient, ample */
#define SHORT_MS 500		/* of descriptors or memory: let some be freed */
#define KEEP_TEXT_OCTETS 1024	/* storage kept for the next letter: with */
#define KEEP_RCPTS_OCTETS 512	/* 8000 letters in core some 16 MiB */

static uint32_t
bucket_of(const char *id)
{
	uint32_t h = 2166136261u;
	int i;

	for (i = 0; i < LETTER_ID_OCTETS; i++)
		h = (h ^ (unsigned char)id[i]) * 16777619u;
	return (h ^ h >> 13) % MAIL_BUCKETS;
}

/* No pointer to a letter outlives this. */
uint32_t
mail_room(struct send *g, uint32_t n)
{
	struct mail *p = realloc(g->mails, n * sizeof *p);

	if (!p) {
		log_warnsys("unable to allocate room for more letters");
		return g->amails;
	}
	memset(p + g->amails, 0, (n - g->amails) * sizeof *p);
	g->mails = p;
	return g->amails = n;
}

uint32_t
mail_find(const struct send *g, const char *id)
{
	uint32_t m = g->bucket[bucket_of(id)];

	while (m != NONE && strcmp(g->mails[m].id, id))
		m = g->mails[m].chain;
	return m;
}

struct rcpt *
mail_rcpt(const struct mail *m, size_t i)
{
	return (struct rcpt *)(void *)m->rcpts.s + i;
}

size_t
mail_nrcpts(const struct mail *m)
{
	return m->rcpts.len / sizeof(struct rcpt);
}

uint32_t
mail_text(struct mail *m, const char *s, size_t n)
{
	uint32_t at = (uint32_t)m->text.len;

	if (!stralloc_readyplus(&m->text, n + 1))
		return 0;
	memcpy(m->text.s + at, s, n);
	m->text.s[at + n] = 0;
	m->text.len += n + 1;
	return at;
}

const char *
mail_str(const struct mail *m, uint32_t at)
{
	return at ? m->text.s + at : 0;
}

void
mail_path(const struct mail *m, char path[AT_PATH_OCTETS + 1])
{
	struct letter_name name;
	unsigned int n = at_dir_fmt(path, m->top, m->dir);

	path[n++] = '/';
	memcpy(name.id, m->id, sizeof name.id);
	name.hash = m->hash;
	name.size = m->size;
	letter_name_fmt(path + n, &name);
}

/* Microseconds since 1970, the first 13 digits of the id. */
static uint64_t
id_us(const char *id)
{
	uint64_t u = 0;
	int i;

	for (i = 0; i < 13; i++)
		u = u << 4 | (uint64_t)(id[i] <= '9' ? id[i] - '0' :
		    id[i] - 'A' + 10);
	return u;
}

int
mail_isfull(const struct send *g)
{
	return g->usedmails >= g->amails || g->usedmails >= g->s.c.core ||
	    g->rcpts >= 2 * g->s.c.core + 10 * MAIL_RCPTS;
}

uint32_t
mail_new(struct send *g, const struct at *a)
{
	uint32_t i = g->freemail, b = bucket_of(a->name.id);
	struct mail *m;
	struct dir *d;
	stralloc text, rcpts;

	if (i != NONE)
		g->freemail = g->mails[i].chain;
	else if (g->nmails < g->amails)
		i = g->nmails++;
	else
		return NONE;
	m = g->mails + i;
	text = m->text;
	rcpts = m->rcpts;
	memset(m, 0, sizeof *m);
	m->text = text;
	m->rcpts = rcpts;
	m->text.len = m->rcpts.len = 0;
	if (!stralloc_ready(&m->text, TEXT_OCTETS)) {
		m->chain = g->freemail;
		g->freemail = i;
		return NONE;
	}
	mail_text(m, "", 0);
	m->used = 1;
	m->top = (uint8_t)a->top;
	m->dir = a->dir;
	memcpy(m->id, a->name.id, sizeof m->id);
	m->hash = a->name.hash;
	m->size = a->name.size;
	m->us = id_us(m->id);
	m->came = g->now;
	m->mark = NONE;
	m->fd = -1;
	m->chain = g->bucket[b];
	g->bucket[b] = i;
	g->usedmails++;
	g->s.letters++;
	if ((d = dirs_make(g, a->top, a->dir)))
		d->in++;
	return i;
}

/* Off the list of those to be marked. */
static void
unmark(struct send *g, uint32_t i)
{
	uint32_t *p = &g->mark, last = NONE;

	while (*p != i) {
		last = *p;
		p = &g->mails[*p].mark;
	}
	*p = g->mails[i].mark;
	if (g->marklast == i)
		g->marklast = last;
}

void
mail_empty(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k, n = mail_nrcpts(m);

	for (k = 0; k < n; k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->job != NONE && g->jobs[r->job].first == k)
			job_free(g, r->job);
		if (r->bounce != NONE && g->jobs[r->bounce].first == k)
			job_free(g, r->bounce);
	}
	g->rcpts -= (uint32_t)n;
	m->rcpts.len = 0;
	m->text.len = 1;
}

/* Most letters are given out as soon as they have been read: then their file
 * need not be opened again. */
void
mail_keepfd(struct send *g, struct mail *m, struct letter *l)
{
	if (g->nfds >= MAIL_FDS || m->fd >= 0)
		return;
	g->nfds++;
	m->fd = l->fd;
	l->fd = -1;
}

int
mail_takefd(struct send *g, struct mail *m)
{
	int fd = m->fd;

	g->nfds -= fd >= 0;
	m->fd = -1;
	return fd;
}

void
mail_short(struct send *g)
{
	uint32_t i;

	for (i = 0; i < g->nmails && g->nfds; i++)
		if (g->mails[i].used && g->mails[i].fd >= 0)
			close(mail_takefd(g, g->mails + i));
	g->fdpause = g->now + SHORT_MS;
}

void
mail_drop(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	uint32_t *p = &g->bucket[bucket_of(m->id)];
	struct dir *d;

	mail_empty(g, i);
	if (m->fd >= 0)
		close(mail_takefd(g, m));
	if (m->marking)
		unmark(g, i);
	while (*p != i)
		p = &g->mails[*p].chain;
	*p = m->chain;
	if ((d = dirs_find(g, m->top, m->dir)) && d->in)
		d->in--;
	if (m->text.a > KEEP_TEXT_OCTETS)
		stralloc_free(&m->text);
	if (m->rcpts.a > KEEP_RCPTS_OCTETS)
		stralloc_free(&m->rcpts);
	g->usedmails--;
	g->s.letters--;
	m->used = 0;
	m->chain = g->freemail;
	g->freemail = i;
}

void
mail_move(struct send *g, uint32_t i, const struct at *a)
{
	struct mail *m = g->mails + i;
	struct dir *d;

	if ((d = dirs_find(g, m->top, m->dir)) && d->in)
		d->in--;
	m->top = (uint8_t)a->top;
	m->dir = a->dir;
	if ((d = dirs_make(g, m->top, m->dir)))
		d->in++;
}

/* Put the letter off, unread: there is no room for it. 1, or 0 if not even
 * for that. */
int
mail_defer(struct send *g, const struct at *a, uint64_t due)
{
	uint32_t i = mail_new(g, a);

	if (i == NONE)
		return 0;
	g->mails[i].defers = 1;
	g->mails[i].due = due;
	queue_order(g, i, 'D', due);
	return 1;
}
