#include "pneu-tls/chains.h"

#include <stdlib.h>
#include <string.h>

#define NAME_OCTETS 255

struct chains *
chains_new(void)
{
	struct chains *x = calloc(1, sizeof *x);

	if (x)
		x->users = 1;
	return x;
}

int
chains_add(struct chains *x, const char *s, size_t n)
{
	struct chain *c;

	if (x->n == CHAINS)
		return 1;
	c = &x->v[x->n];
	c->own = malloc(n ? n : 1);
	if (!c->own)
		return 0;
	memcpy(c->own, s, n);
	if (key_chain_scan(&c->c, c->own, n) < 0 ||
	    cert_scan(&c->leaf, c->c.cert[0].s, c->c.cert[0].n) < 0) {
		free(c->own);
		return -1;
	}
	x->n++;
	return 1;
}

struct chains *
chains_hold(struct chains *x)
{
	x->users++;
	return x;
}

void
chains_drop(struct chains *x)
{
	if (!x || --x->users)
		return;
	while (x->n) {
		struct chain *c = &x->v[--x->n];

		if (c->made)
			c->unmake(c->made);
		free(c->own);
	}
	free(x);
}

/* What our first chain is for: its first name, a star replaced. */
static void
first_name(const struct chains *x, char name[NAME_OCTETS + 1])
{
	const struct cert *c = &x->v[0].leaf;
	struct der d;
	size_t pos = 0;

	if (!cert_dnsname(c, &pos, &d))
		d = c->cn;
	if (d.n > NAME_OCTETS)
		d.n = 0;
	memcpy(name, d.n ? (const char *)d.s : "", d.n);
	name[d.n] = 0;
	if (name[0] == '*')
		name[0] = 'x';
}

static int
isany(const struct chains *x, const char *name)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (cert_isfor(&x->v[i].leaf, name))
			return 1;
	return 0;
}

struct chain *
chains_choose(struct chains *x, const char *sni, enum key_type type)
{
	char first[NAME_OCTETS + 1];
	size_t i;

	if (!x->n)
		return 0;
	if (sni[0] == '.' || !isany(x, sni)) {
		first_name(x, first);
		sni = first;
	}
	for (i = 0; i < x->n; i++)
		if (x->v[i].c.type == type && (cert_isfor(&x->v[i].leaf,
		    sni) || (sni == first && i == 0)))
			return &x->v[i];
	return 0;
}

struct chain *
chains_any(struct chains *x, enum key_type type)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (x->v[i].c.type == type)
			return &x->v[i];
	return 0;
}
