#include "pneu-sts/sts.h"

#include <stdlib.h>
#include <string.h>

static struct domain **
bucket(struct sts *m, const char *name)
{
	uint32_t h = 5381;

	for (; *name; name++)
		h = h * 33 ^ (unsigned char)*name;
	return &m->bucket[h % STS_BUCKETS];
}

struct domain *
domain_find(struct sts *m, const char *name)
{
	struct domain *d = *bucket(m, name);

	while (d && strcmp(d->name, name))
		d = d->chain;
	return d;
}

int
domain_isgood(const struct sts *m, const struct domain *d)
{
	return d->policy.id[0] &&
	    sts_isgood(d->policy.fetched, d->policy.max_age, m->wall);
}

/* Without its policy, in memory and on disk. */
static void
clear(struct domain *d)
{
	if (d->policy.id[0])
		store_drop(d->name);
	sts_policy_clear(&d->policy);
}

static void
forget(struct sts *m, struct domain *d)
{
	struct domain **p = bucket(m, d->name);

	while (*p != d)
		p = &(*p)->chain;
	*p = d->chain;
	clear(d);
	stralloc_free(&d->policy.mx);
	free(d);
	m->ndomains--;
}

/* 1 if a is the one to go rather than b: who has no policy, then whom nobody
 * has asked for the longest time. */
static int
isworse(const struct sts *m, const struct domain *a, const struct domain *b)
{
	int ga = domain_isgood(m, a), gb = domain_isgood(m, b);

	return ga != gb ? gb : a->asked < b->asked;
}

static int
make_room(struct sts *m)
{
	struct domain *worst = 0, *d;
	size_t i;

	for (i = 0; i < STS_BUCKETS; i++)
		for (d = m->bucket[i]; d; d = d->chain)
			if (!d->fetch && (!worst || isworse(m, d, worst)))
				worst = d;
	if (worst)
		forget(m, worst);
	return worst != 0;
}

struct domain *
domain_make(struct sts *m, const char *name)
{
	struct domain *d = domain_find(m, name), **b;
	size_t n = strlen(name) + 1;

	if (d)
		return d;
	if ((m->ndomains >= STS_DOMAINS && !make_room(m)) ||
	    !(d = calloc(1, sizeof *d + n)))
		return 0;
	memcpy(d->name, name, n);
	d->asked = m->now;
	b = bucket(m, name);
	d->chain = *b;
	*b = d;
	m->ndomains++;
	return d;
}

void
domain_failed(struct sts *m, struct domain *d)
{
	d->fails++;
	d->retry = m->now + (uint64_t)sts_patience(d->fails) * 1000;
}

/* Nothing is known of it that anybody may want to know. */
static int
isidle(const struct sts *m, const struct domain *d)
{
	return !d->policy.id[0] && !d->fetch &&
	    (!d->fails || m->now > d->asked + STS_FORGET_MS);
}

void
domain_sweep(struct sts *m)
{
	struct domain *d, *next;
	size_t i, begun = 0;

	if (m->now < m->sweep)
		return;
	m->sweep = m->now + STS_SWEEP_MS;
	for (i = 0; i < STS_BUCKETS; i++)
		for (d = m->bucket[i]; d; d = next) {
			next = d->chain;
			if (!domain_isgood(m, d))
				clear(d);
			if (isidle(m, d))
				forget(m, d);
			else if (d->policy.id[0] && !d->fetch &&
			    m->now >= d->retry && begun < STS_REFRESHES &&
			    sts_isdue(d->policy.fetched, d->policy.max_age,
			    m->wall)) {
				ask_new(m, 0, 0, d->name);
				begun++;
			}
		}
}
