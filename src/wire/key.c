#include "wire/key.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"

size_t
key_hashlen(int hash)
{
	switch (hash) {
	case KEY_MD5SHA1: return 36;
	case KEY_SHA1: return 20;
	case KEY_SHA224: return 28;
	case KEY_SHA256: return 32;
	case KEY_SHA384: return 48;
	case KEY_SHA512: return 64;
	}
	return 0;
}

static int
take_print(unsigned char print[KEY_PRINT_OCTETS], const struct field *f)
{
	if (f->valuelen != KEY_PRINT_OCTETS)
		return -1;
	memcpy(print, f->value, KEY_PRINT_OCTETS);
	return 2;
}

static int
take_chain(struct key_chain *c, const struct field *f)
{
	if (field_is(f, "key"))
		return take_print(c->print, f);
	if (field_is(f, "type")) {
		if (!strcmp(f->value, "rsa"))
			c->type = KEY_RSA;
		else if (!strcmp(f->value, "ec"))
			c->type = KEY_EC;
	} else if (field_is(f, "cert")) {
		if (c->n == KEY_CERTS || !f->valuelen)
			return -1;
		c->cert[c->n].s = (unsigned char *)f->value;
		c->cert[c->n++].n = f->valuelen;
	}
	return 1;
}

int
key_chain_scan(struct key_chain *c, char *s, size_t n)
{
	struct field f;
	int used, r, print = 0;

	memset(c, 0, sizeof *c);
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		r = used <= 0 ? -1 : take_chain(c, &f);
		if (r < 0)
			return (errno = EINVAL, -1);
		print |= r == 2;
	}
	return print && c->type && c->n ? 1 : (errno = EINVAL, -1);
}

int
key_chain_put(stralloc *sa, const struct key_chain *c)
{
	size_t i;

	if (!field_puts(sa, "type", c->type == KEY_RSA ? "rsa" : "ec") ||
	    !field_put(sa, "key", (const char *)c->print, KEY_PRINT_OCTETS))
		return 0;
	for (i = 0; i < c->n; i++)
		if (!field_put(sa, "cert", (const char *)c->cert[i].s,
		    c->cert[i].n))
			return 0;
	return 1;
}

static int
take_ask(struct key_ask *a, const struct field *f)
{
	uint64_t u;

	if (field_is(f, "key"))
		return take_print(a->print, f);
	if (field_is(f, "hash")) {
		if (!field_uint(f, &u) || u > KEY_SHA512)
			return -1;
		a->hash = (int)u;
	} else if (field_is(f, "pss")) {
		a->pss = 1;
	} else if (field_is(f, "digest")) {
		if (f->valuelen > sizeof a->digest)
			return -1;
		memcpy(a->digest, f->value, f->valuelen);
		a->n = f->valuelen;
	}
	return 1;
}

int
key_ask_scan(struct key_ask *a, char *s, size_t n)
{
	struct field f;
	int used, r, print = 0;

	memset(a, 0, sizeof *a);
	a->hash = -1;
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		r = used <= 0 ? -1 : take_ask(a, &f);
		if (r < 0)
			return (errno = EINVAL, -1);
		print |= r == 2;
	}
	return print && a->n && a->n == key_hashlen(a->hash) ? 1 :
	    (errno = EINVAL, -1);
}

int
key_ask_put(stralloc *sa, const struct key_ask *a)
{
	return field_put(sa, "key", (const char *)a->print,
	    KEY_PRINT_OCTETS) && field_putu(sa, "hash", (uint64_t)a->hash) &&
	    field_putopt(sa, "pss", a->pss ? "1" : 0) &&
	    field_put(sa, "digest", (const char *)a->digest, a->n);
}
