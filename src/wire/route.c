#include "wire/route.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"

static const struct {
	char c;
	const char *word;
} classes[] = {
	{ ROUTE_LOCAL, "local" }, { ROUTE_VIRTUAL, "virtual" },
	{ ROUTE_RELAY, "relay" }, { ROUTE_OTHER, "other" },
}, kinds[] = {
	{ ROUTE_USER, "user" }, { ROUTE_MAILBOX, "mailbox" },
	{ ROUTE_SMTP, "smtp" }, { ROUTE_LIST, "list" },
	{ ROUTE_NONE, "none" },
};
#define LENGTH(a) (sizeof (a) / sizeof (a)[0])

static int
take(struct route *r, const struct field *f)
{
	size_t i;

	if (memchr(f->value, 0, f->valuelen))
		return -1;
	if (field_is(f, "class")) {
		for (i = 0; i < LENGTH(classes); i++)
			if (!strcmp(f->value, classes[i].word))
				r->class = classes[i].c;
	} else if (field_is(f, "kind")) {
		for (i = 0; i < LENGTH(kinds); i++)
			if (!strcmp(f->value, kinds[i].word))
				r->kind = kinds[i].c;
	} else if (field_is(f, "user")) r->user = f->value;
	else if (field_is(f, "ext")) r->ext = f->value;
	else if (field_is(f, "mailbox")) r->mailbox = f->value;
	else if (field_is(f, "to")) r->to = f->value;
	else if (field_is(f, "addr")) r->addr = f->value;
	else if (field_is(f, "target")) r->target = f->value;
	else if (field_is(f, "owner")) r->owner = f->value;
	else if (field_is(f, "verdict"))
		return verdict_scan(&r->verdict, f->value, f->valuelen);
	return 1;
}

/* Has r all that its kind needs? */
static int
iswhole(const struct route *r)
{
	switch (r->kind) {
	case ROUTE_USER: return r->user && r->ext;
	case ROUTE_MAILBOX: return r->mailbox != 0;
	case ROUTE_SMTP: return r->to != 0;
	case ROUTE_LIST: return 1;
	case ROUTE_NONE: return r->verdict.kind == VERDICT_LATER ||
	    r->verdict.kind == VERDICT_NEVER;
	}
	return 0;
}

int
route_scan(struct route *r, char *s, size_t n)
{
	struct field f;
	int used;

	memset(r, 0, sizeof *r);
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		if (used <= 0 || take(r, &f) < 0)
			return (errno = EINVAL, -1);
	}
	return r->class && iswhole(r) ? 1 : (errno = EINVAL, -1);
}

int
route_put(stralloc *sa, const struct route *r)
{
	stralloc v = STRALLOC_ZERO;
	size_t i;
	int ok = 1;

	for (i = 0; i < LENGTH(classes); i++)
		if (r->class == classes[i].c)
			ok &= field_puts(sa, "class", classes[i].word);
	for (i = 0; i < LENGTH(kinds); i++)
		if (r->kind == kinds[i].c)
			ok &= field_puts(sa, "kind", kinds[i].word);
	ok &= field_putopt(sa, "user", r->user) &&
	    field_putopt(sa, "ext", r->ext) &&
	    field_putopt(sa, "mailbox", r->mailbox) &&
	    field_putopt(sa, "to", r->to) && field_putopt(sa, "addr", r->addr) &&
	    field_putopt(sa, "target", r->target) &&
	    field_putopt(sa, "owner", r->owner);
	if (r->kind == ROUTE_NONE) {
		ok = ok && verdict_put(&v, &r->verdict) &&
		    field_put(sa, "verdict", v.s, v.len);
		stralloc_free(&v);
	}
	return ok;
}
