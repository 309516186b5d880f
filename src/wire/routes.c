#include "wire/routes.h"

#include <string.h>

static int
isabout(const struct routes_slot *x, const char *addr, size_t n)
{
	return x->addrlen == n && !memcmp(x->s, addr, n);
}

/* The slot of an address, or that which it may have: the older one. */
static struct routes_slot *
slot(struct routes *t, const char *addr, size_t n)
{
	uint32_t h = 2166136261u;
	struct routes_slot *x, *y;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)addr[i]) * 16777619u;
	h = (h ^ h >> 16) % ROUTES_SLOTS;
	x = t->slots + h;
	y = t->slots + (h ^ 1);
	if (isabout(x, addr, n))
		return x;
	return isabout(y, addr, n) || y->until < x->until ? y : x;
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

	if (now >= x->until || !isabout(x, addr, n))
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
