#include "pneu-remote/remote.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/strerr.h>

static struct conn **
bucket(struct remote *r, const char *key)
{
	uint32_t h = 5381;

	for (; *key; key++)
		h = h * 33 ^ (unsigned char)*key;
	return &r->idle[h % REMOTE_BUCKETS];
}

void
conn_activate(struct conn *c, struct remote *r)
{
	c->place = genalloc_len(struct conn *, &r->active);
	if (!genalloc_append(struct conn *, &r->active, &c))
		strerr_diefusys(111, "keep a connection");
}

static void
deactivate(struct conn *c, struct remote *r)
{
	struct conn **a = genalloc_s(struct conn *, &r->active);
	size_t n = genalloc_len(struct conn *, &r->active) - 1;

	a[c->place] = a[n];
	a[c->place]->place = c->place;
	genalloc_setlen(struct conn *, &r->active, n);
}

static void
idle_take(struct conn *c, struct remote *r)
{
	struct conn **p = bucket(r, c->key.s);

	while (*p != c)
		p = &(*p)->chain;
	*p = c->chain;
	*(c->prev ? &c->prev->next : &r->oldest) = c->next;
	*(c->next ? &c->next->prev : &r->newest) = c->prev;
	r->nidle--;
}

/* Keep c for the next letter to its destination. */
void
conn_keep(struct conn *c, struct remote *r)
{
	struct conn **b = bucket(r, c->key.s);

	deactivate(c, r);
	c->state = CONN_IDLE;
	c->deadline = r->now + r->idle_ms;
	if (c->out.a > REMOTE_OUT_OCTETS)
		stralloc_free(&c->out);
	c->chain = *b;
	*b = c;
	c->next = 0;
	c->prev = r->newest;
	*(r->newest ? &r->newest->next : &r->oldest) = c;
	r->newest = c;
	r->nidle++;
}

/* Say goodbye, and wait for it a little. */
void
conn_quit(struct conn *c, struct remote *r)
{
	idle_take(c, r);
	conn_activate(c, r);
	c->state = CONN_QUIT;
	r->out.len = 0;
	client_quit(&c->client, &r->out, r->now);
	conn_say(c, r);
}

void
conn_quit_idle(struct remote *r, int all)
{
	while (r->oldest && (all || r->oldest->deadline <= r->now ||
	    r->nidle > REMOTE_IDLE))
		conn_quit(r->oldest, r);
}

void
conn_close(struct conn *c, struct remote *r)
{
	if (c->state == CONN_IDLE)
		idle_take(c, r);
	else
		deactivate(c, r);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->tag = 0;
	c->serial++;
	login_forget(c);
	c->job = 0;
	if (c->out.a > REMOTE_OUT_OCTETS)
		stralloc_free(&c->out);
	c->chain = r->sparec;
	r->sparec = c;
}

struct conn *
conn_new(struct remote *r)
{
	struct conn *c = r->sparec;

	if (c)
		r->sparec = c->chain;
	else if (!(c = calloc(1, sizeof *c)))
		strerr_diefusys(111, "keep a connection");
	c->out.len = c->outpos = 0;
	c->uses = 0;
	c->expired = c->broken = 0;
	c->tag = 0;
	c->job = 0;
	return c;
}

int
conn_reuse(struct job *j)
{
	struct remote *r = j->r;
	struct conn *c = *bucket(r, j->key.s);

	while (c && strcmp(c->key.s, j->key.s))
		c = c->chain;
	if (!c)
		return 0;
	idle_take(c, r);
	conn_activate(c, r);
	c->state = CONN_BUSY;
	c->job = j;
	j->c = c;
	j->kept = 1;
	j->used = c->ip;
	conn_relay(j, c);
	job_hasconn(j);
	conn_after(c, r);
	return 1;
}

uint64_t
conn_deadline(const struct conn *c)
{
	return c->state == CONN_CONNECT ? c->deadline : c->client.deadline;
}
