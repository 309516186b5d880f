#include "submit/compose.h"

#include <string.h>
#include <skalibs/types.h>

#include "mail/date.h"
#include "mail/header.h"

#define US 1000000u		/* microseconds of a second */

static int
put_from(stralloc *sa, const struct compose_who *w)
{
	const char *name = w->name;

	if (!name || !*name)
		return stralloc_cats(sa, w->from);
	return header_phrase(sa, name, strlen(name)) &&
	    stralloc_cats(sa, " <") && stralloc_cats(sa, w->from) &&
	    stralloc_append(sa, '>');
}

/* RFC 5322 section 3.6.4: unique for ever; time to the microsecond, pid and
 * host are. */
static int
put_id(stralloc *sa, const struct compose_who *w)
{
	char fmt[UINT64_FMT];

	return stralloc_append(sa, '<') &&
	    stralloc_catb(sa, fmt, uint64_fmt(fmt, w->us)) &&
	    stralloc_append(sa, '.') &&
	    stralloc_catb(sa, fmt, uint64_fmt(fmt, w->pid)) &&
	    stralloc_cats(sa, ".pneu@") && stralloc_cats(sa, w->host) &&
	    stralloc_append(sa, '>');
}

static int
put_date(stralloc *sa, const struct compose_who *w)
{
	char fmt[DATE_FMT];

	return stralloc_catb(sa, fmt,
	    date_fmt(fmt, w->us / US, w->zone, w->zonename));
}

static int
put_missing(stralloc *sa, const char *prefix, int lacks,
    const struct compose_who *w)
{
	static const struct {
		int field;
		const char *name;
		int (*put)(stralloc *, const struct compose_who *);
	} fields[] = {
		{ COMPOSE_FROM, "From: ", put_from },
		{ COMPOSE_DATE, "Date: ", put_date },
		{ COMPOSE_MESSAGE_ID, "Message-ID: ", put_id },
	};
	size_t i;

	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if ((lacks & fields[i].field) && !(stralloc_cats(sa, prefix) &&
		    stralloc_cats(sa, fields[i].name) &&
		    fields[i].put(sa, w) && stralloc_append(sa, '\n')))
			return 0;
	return 1;
}

int
compose_missing(struct compose *c, const struct compose_who *w)
{
	stralloc old = c->head, sa = STRALLOC_ZERO;
	int r;

	if (!c->resent)
		return put_missing(&c->head, "", compose_lacks(c), w);
	r = put_missing(&sa, "Resent-", compose_lacks(c), w) &&
	    stralloc_catb(&sa, old.s, old.len);
	stralloc_free(&c->head);
	c->head = sa;
	return r;
}
