#include <skalibs/nonposix.h>

#include "pneu-queue/desk.h"

#include <sys/mman.h>

int
desk_share(struct desk *d)
{
	struct shared {
		struct group group;
		struct seat seats[DESK_SEATS];
		struct spare spares[DESK_SEATS * SPARE_MAX];
	} *p = mmap(0, sizeof *p, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	d->seats = p->seats;
	d->spares = p->spares;
	d->group = group_init(&p->group) > 0 ? &p->group : 0;
	return 1;
}

size_t
door_serving(const struct desk *d, const struct door *r, uid_t uid)
{
	size_t i, n = 0;

	for (i = r->first; i < r->first + r->n; i++)
		n += d->seats[i].busy && d->seats[i].uid == uid;
	return n;
}

size_t
door_big(const struct desk *d, const struct door *r)
{
	size_t i, n = 0;

	for (i = r->first; i < r->first + r->n; i++)
		n += d->seats[i].big != 0;
	return n;
}

size_t
door_free(const struct desk *d, const struct door *r)
{
	size_t i, n = 0;

	for (i = r->first; i < r->first + r->n; i++)
		n += !d->seats[i].busy;
	return n;
}
