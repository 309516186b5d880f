#include "admit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
#define SIZE_MIN 16

static uint32_t *
bucket(const struct admit *a, const struct admit_key *k)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < sizeof k->s; i++)
		h = (h ^ k->s[i]) * 16777619u;
	return a->buckets + (h & (a->size - 1));
}

/* Make room for size networks; those there keep their places. */
static int
grow(struct admit *a, size_t size)
{
	struct admit_net *nets = realloc(a->nets, size * sizeof *nets);
	uint32_t *buckets;
	size_t i;

	if (!nets)
		return 0;
	a->nets = nets;
	buckets = malloc(size * sizeof *buckets);
	if (!buckets)
		return 0;
	free(a->buckets);
	a->buckets = buckets;
	for (i = a->size; i < size; i++)
		nets[i].count = 0;
	a->size = size;
	a->free = NONE;
	for (i = 0; i < size; i++)
		buckets[i] = NONE;
	for (i = size; i--;) {
		uint32_t *head = nets[i].count ? bucket(a, &nets[i].key) :
		    &a->free;

		nets[i].next = *head;
		*head = (uint32_t)i;
	}
	return 1;
}

int
admit_limits(struct admit *a, size_t max, size_t per_client)
{
	size_t size = a->size ? a->size : SIZE_MIN;

	while (size < max)
		size *= 2;
	if (size > a->size && !grow(a, size))
		return (errno = ENOMEM, 0);
	a->max = max;
	a->reserve = max < 2 ? 0 : (max + 9) / 10;
	a->per_client = per_client;
	return 1;
}

void
admit_key(struct admit_key *k, const unsigned char *ip, int is6)
{
	memset(k, 0, sizeof *k);
	k->s[0] = is6 ? 6 : 4;
	memcpy(k->s + 1, ip, is6 ? 8 : 4);
}

/* Where the index of k's network stands, or NONE at the end. */
static uint32_t *
find(const struct admit *a, const struct admit_key *k)
{
	uint32_t *p = bucket(a, k);

	while (*p != NONE && memcmp(&a->nets[*p].key, k, sizeof *k))
		p = &a->nets[*p].next;
	return p;
}

size_t
admit_count(const struct admit *a, const struct admit_key *k)
{
	uint32_t i = *find(a, k);

	return i == NONE ? 0 : a->nets[i].count;
}

enum admit_answer
admit_ask(struct admit *a, const struct admit_key *k, int trusted)
{
	uint32_t *p, i;

	if (a->n >= a->max - (trusted ? 0 : a->reserve))
		return ADMIT_BUSY;
	if (trusted) {
		a->n++;
		return ADMIT_YES;
	}
	p = find(a, k);
	if (*p == NONE) {
		/* Limits that went down may leave more than max inside, but
		 * never more than there are places. */
		i = a->free;
		a->free = a->nets[i].next;
		a->nets[i].key = *k;
		a->nets[i].count = 0;
		a->nets[i].next = NONE;
		*p = i;
	}
	i = *p;
	if (a->per_client && a->nets[i].count >= a->per_client)
		return ADMIT_CLIENT;
	a->nets[i].count++;
	a->n++;
	return ADMIT_YES;
}

void
admit_end(struct admit *a, const struct admit_key *k, int trusted)
{
	uint32_t *p, i;

	a->n--;
	if (trusted)
		return;
	p = find(a, k);
	i = *p;
	if (--a->nets[i].count)
		return;
	*p = a->nets[i].next;
	a->nets[i].next = a->free;
	a->free = i;
}

void
admit_free(struct admit *a)
{
	free(a->nets);
	free(a->buckets);
	memset(a, 0, sizeof *a);
}
