#include "deliver/delivered.h"

#include <string.h>

enum state { BEGIN, NAME, COLON, VALUE, FOLD, SKIP, END };

static const char name[] = "delivered-to";

void
delivered_init(struct delivered *d)
{
	d->state = BEGIN;
	d->matched = d->len = 0;
	d->value[0] = 0;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char
begin(struct delivered *d, char c)
{
	if (c == '\n')
		return END;
	d->matched = 1;
	return lower(c) == name[0] ? NAME : SKIP;
}

static char
colon(struct delivered *d, char c)
{
	switch (c) {
	case ' ': case '\t': return COLON;
	case '\n': return BEGIN;
	case ':':
		d->len = 0;
		return VALUE;
	}
	return SKIP;
}

static char
in_name(struct delivered *d, char c)
{
	if (d->matched == sizeof name - 1)
		return colon(d, c);
	if (lower(c) == name[d->matched]) {
		d->matched++;
		return NAME;
	}
	return c == '\n' ? BEGIN : SKIP;
}

static char
in_value(struct delivered *d, char c)
{
	if (c == '\n')
		return FOLD;
	if (!d->len && (c == ' ' || c == '\t'))
		return VALUE;
	if (d->len < sizeof d->value - 1)
		d->value[d->len] = c;
	d->len++;
	return VALUE;
}

static void
whole(struct delivered *d)
{
	size_t n = d->len < sizeof d->value ? d->len : 0;

	while (n && (d->value[n - 1] == ' ' || d->value[n - 1] == '\t' ||
	    d->value[n - 1] == '\r'))
		n--;
	d->value[n] = 0;
	d->state = BEGIN;
}

static int
isspace_(char c)
{
	return c == ' ' || c == '\t';
}

int
delivered_next(struct delivered *d, const char **s, size_t *n)
{
	const char *end = *s + *n, *p = *s, *nl;
	int r = 0;

	while (p < end && d->state != END) {
		if (d->state == FOLD && !isspace_(*p)) {
			whole(d);
			r = 1;
			break;
		}
		if (d->state == SKIP) {
			nl = memchr(p, '\n', (size_t)(end - p));
			p = nl ? nl + 1 : end;
			d->state = nl ? BEGIN : SKIP;
			continue;
		}
		switch (d->state) {
		case BEGIN: d->state = begin(d, *p); break;
		case NAME: d->state = in_name(d, *p); break;
		case COLON: d->state = colon(d, *p); break;
		case VALUE: d->state = in_value(d, *p); break;
		case FOLD: d->state = VALUE; break;
		}
		p++;
	}
	*n = (size_t)(end - p);
	*s = p;
	return r ? 1 : d->state == END ? -1 : 0;
}

int
delivered_end(struct delivered *d)
{
	int r = d->state == VALUE || d->state == FOLD;

	if (r)
		whole(d);
	d->state = END;
	return r;
}
