#include "wire/routes.h"

#include <string.h>

static struct routes_slot *
slot(struct routes *t, const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	while (n--)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return t->slots + (h ^ h >> 16) % ROUTES_SLOTS;
}

void
routes_forget(struct routes *t)
{
	size_t i;

	for (i = 0; i < ROUTES_SLOTS; i++)
		t->slots[i].until = 0;
}

int
routes_find(struct routes *t, struct route *r, const char *addr, size_t n,
    uint64_t now)
{
	struct routes_slot *x = slot(t, addr, n);

	if (now >= x->until || x->addrlen != n || memcmp(x->s, addr, n))
		return 0;
	memcpy(t->copy, x->s + n, x->len);
	return route_scan(r, t->copy, x->len) > 0;
}

int
routes_scan(struct routes *t, struct route *r, const char *addr, size_t n,
    char *s, size_t len, uint64_t now)
{
	struct routes_slot *x = slot(t, addr, n);
	int fits = n <= ROUTES_OCTETS && len <= ROUTES_OCTETS - n, e;

	if (fits) {	/* before route_scan changes it */
		x->until = 0;
		memcpy(x->s, addr, n);
		memcpy(x->s + n, s, len);
		x->addrlen = (uint16_t)n;
		x->len = (uint16_t)len;
	}
	e = route_scan(r, s, len);
	if (fits && e > 0 && r->kind != ROUTE_NONE)
		x->until = now + ROUTES_MS;
	return e;
}
