#include "submit/rcpts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mail/address.h"
#include "wire/envelope.h"

#define FIRST_SLOTS 64

size_t
rcpts_len(const struct rcpts *r)
{
	return genalloc_len(size_t, &r->at);
}

const char *
rcpts_at(const struct rcpts *r, size_t i)
{
	return r->text.s + genalloc_s(size_t, &r->at)[i];
}

static uint32_t
hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		h = (h ^ (c >= 'A' && c <= 'Z' ? c | 32u : c)) * 16777619u;
	}
	return h ^ h >> 15;
}

/* The slot of addr: its own, or the empty one where it belongs. */
static uint32_t *
find(const struct rcpts *r, const char *addr)
{
	size_t i = hash(addr) & (r->nslots - 1);

	while (r->slots[i] && strcasecmp(rcpts_at(r, r->slots[i] - 1), addr))
		i = (i + 1) & (r->nslots - 1);
	return r->slots + i;
}

/* At most half of the slots are in use. */
static int
grow(struct rcpts *r)
{
	size_t n = r->nslots ? r->nslots * 2 : FIRST_SLOTS, i;
	uint32_t *slots;

	if (2 * (rcpts_len(r) + 1) <= r->nslots)
		return 1;
	if (!(slots = calloc(n, sizeof *slots)))
		return 0;
	free(r->slots);
	r->slots = slots;
	r->nslots = n;
	for (i = 0; i < rcpts_len(r); i++)
		*find(r, rcpts_at(r, i)) = (uint32_t)i + 1;
	return 1;
}

const char *
rcpts_notify(const struct rcpts *r, size_t i)
{
	const char *s = rcpts_at(r, i);

	return s + strlen(s) + 1;
}

const char *
rcpts_orcpt(const struct rcpts *r, size_t i)
{
	const char *s = rcpts_notify(r, i);

	return s + strlen(s) + 1;
}

int
rcpts_add(struct rcpts *r, const char *addr, const char *origin)
{
	return rcpts_adddsn(r, addr, origin, "", "", 0);
}

int
rcpts_adddsn(struct rcpts *r, const char *addr, const char *origin,
    const char *notify, const char *orcpt, size_t n)
{
	size_t at = r->text.len;
	uint32_t *slot;

	if (!grow(r) || !address_cat8(&r->text, addr) ||
	    (origin && (!stralloc_append(&r->text, '@') ||
	    !stralloc_cats(&r->text, origin))) || !stralloc_0(&r->text))
		return 0;
	slot = find(r, r->text.s + at);
	if (*slot) {
		r->text.len = at;
		return 2;
	}
	if (rcpts_len(r) >= ENVELOPE_RCPTS)
		return (errno = E2BIG, 0);
	if (!stralloc_cats(&r->text, notify) || !stralloc_0(&r->text) ||
	    !stralloc_catb(&r->text, orcpt ? orcpt : "", n) ||
	    !stralloc_0(&r->text) ||
	    !genalloc_append(size_t, &r->at, &at))
		return 0;
	*slot = (uint32_t)rcpts_len(r);
	return 1;
}

int
rcpts_addall(struct rcpts *r, const struct rcpts *from)
{
	size_t i;

	for (i = 0; i < rcpts_len(from); i++)
		if (!rcpts_adddsn(r, rcpts_at(from, i), 0,
		    rcpts_notify(from, i), rcpts_orcpt(from, i),
		    strlen(rcpts_orcpt(from, i))))
			return 0;
	return 1;
}

void
rcpts_free(struct rcpts *r)
{
	stralloc_free(&r->text);
	genalloc_free(size_t, &r->at);
	free(r->slots);
	r->slots = 0;
	r->nslots = 0;
}
