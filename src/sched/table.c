#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sched/sched-internal.h"

int
table_room(void **a, uint32_t *n, uint32_t want, size_t size)
{
	uint32_t m = *n ? *n : 64;
	void *p;

	if (want <= *n)
		return 1;
	while (m < want)
		m *= 2;
	if (!(p = realloc(*a, m * size)))
		return (errno = ENOMEM, 0);
	*a = p;
	*n = m;
	return 1;
}

uint32_t
table_hash(const char *s)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ h >> 15;
}

uint32_t
sched_find(const struct sched *s, const char *key)
{
	uint32_t h = table_hash(key), i = s->bucket[h % SCHED_BUCKETS];

	for (; i != SCHED_NONE; i = s->sites[i].chain)
		if (s->sites[i].hash == h && !strcmp(s->sites[i].key, key))
			return i;
	return SCHED_NONE;
}

static void
forget(struct sched *s, uint32_t i)
{
	struct site *x = s->sites + i;
	uint32_t *p = &s->bucket[x->hash % SCHED_BUCKETS];

	while (*p != i)
		p = &s->sites[*p].chain;
	*p = x->chain;
	heap_del(s, i);
	list_del(s, 0, i);
	list_del(s, 1, i);
	free(x->key);
	free(x->why);
	x->key = x->why = 0;
	x->chain = s->freesite;
	s->freesite = i;
	s->usedsites--;
}

/* May it be forgotten? Not while anything is known that matters; when the
 * table is full, of sites without jobs in the end all may. */
static int
isidle(const struct site *x, int full)
{
	return x->key && !x->core && !x->held && !x->fetching && (full ||
	    (x->state == SITE_OPEN && !x->left && !x->row));
}

/* One step of a hand that goes round the table for each site made, and
 * further if it is full: so it stays as small as it can. */
static void
forget_some(struct sched *s)
{
	int full = s->usedsites >= SCHED_SITES;
	uint32_t n;

	if (s->usedsites < SCHED_SITES / 4)
		return;
	for (n = full ? s->nsites : 2; n && s->nsites; n--) {
		s->hand = (s->hand + 1) % s->nsites;
		if (!isidle(s->sites + s->hand,
		    full && n < s->nsites / 2))
			continue;
		forget(s, s->hand);
		return;
	}
}

static uint32_t
new_site(struct sched *s)
{
	uint32_t i = s->freesite;

	forget_some(s);
	if ((i = s->freesite) != SCHED_NONE)
		s->freesite = s->sites[i].chain;
	else {
		if (!table_room((void **)&s->sites, &s->asites, s->nsites + 1,
		    sizeof *s->sites))
			return SCHED_NONE;
		i = s->nsites++;
	}
	memset(s->sites + i, 0, sizeof *s->sites);
	return i;
}

uint32_t
sched_site(struct sched *s, const char *key, int channel, int gate)
{
	uint32_t i = sched_find(s, key), *b;
	struct site *x;
	char *copy;

	if (i != SCHED_NONE) {
		if (s->sites[i].gate != gate) {
			s->sites[i].gate = (uint8_t)gate;
			sched_update(s, i);
		}
		return i;
	}
	if (!(copy = malloc(strlen(key) + 1)))
		return (errno = ENOMEM, SCHED_NONE);
	if ((i = new_site(s)) == SCHED_NONE) {
		free(copy);
		return SCHED_NONE;
	}
	x = s->sites + i;
	x->key = strcpy(copy, key);
	x->hash = table_hash(key);
	x->channel = (uint8_t)channel;
	x->gate = (uint8_t)gate;
	x->senders = SCHED_NONE;
	x->serial = ++s->serial;
	x->list[0] = x->list[1] = LIST_NONE;
	site_begin(x, s->c.window);
	b = &s->bucket[x->hash % SCHED_BUCKETS];
	x->chain = *b;
	*b = i;
	s->usedsites++;
	return i;
}

void
sched_hold(struct sched *s, uint32_t site, int n)
{
	s->sites[site].held += (uint32_t)n;
}

/* What a fresh start would not know by itself. */
static int
isworth(const struct site *x)
{
	return x->state != SITE_OPEN || x->fails || x->latency > SITE_SLOW_MS ||
	    x->window > SITE_WINDOW_FIRST;
}

const struct site *
sched_each(const struct sched *s, uint32_t *at)
{
	while (*at < s->nsites) {
		const struct site *x = s->sites + (*at)++;

		if (x->key && isworth(x))
			return x;
	}
	return 0;
}

int
sched_restore(struct sched *s, const struct site *y, int channel, int gate,
    uint64_t now)
{
	uint32_t i = sched_site(s, y->key, channel, gate);
	struct site *x;

	if (i == SCHED_NONE)
		return 0;
	x = s->sites + i;
	if (y->window >= 1 && y->window <= s->c.window)
		x->window = y->window;
	x->latency = y->latency;
	x->fails = y->fails;
	x->tier = (uint8_t)site_tier(x);
	if (y->why && !x->why && (x->why = malloc(strlen(y->why) + 1)))
		strcpy(x->why, y->why);
	if (y->state != SITE_OPEN || y->until > now) {
		x->state = SITE_SUSPENDED;
		x->until = y->until;
		if (!heap_add(s, i))
			return 0;
	}
	sched_update(s, i);
	return 1;
}
