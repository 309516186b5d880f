#include "alias/target-internal.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "mail/address.h"
#include "wire/route.h"

static const char include[] = ":include:";
#define INCLUDE_OCTETS (sizeof include - 1)

static int
done(struct target_walk *w, struct target *t, enum target_kind kind, size_t at)
{
	if (w->out.len > TARGET_OCTETS)
		return target_bad(w, "too long", at);
	if (!stralloc_0(&w->out))
		return target_nomem(w);
	t->kind = kind;
	t->s = w->out.s;
	t->n = --w->out.len;
	t->at = at;
	return 1;
}

/* Drop n octets at offset at of the text, and the spaces behind them. */
static void
cut(stralloc *sa, size_t at, size_t n)
{
	n += at;
	while (n < sa->len && sa->s[n] == ' ')
		n++;
	memmove(sa->s + at, sa->s + n, sa->len - n);
	sa->len -= n - at;
}

/* A path at offset at of the text: from the root, or from the home. */
static int
path(struct target_walk *w, const struct target_item *x, size_t at)
{
	char *s = w->out.s + at;
	size_t n = w->out.len - at;

	if (n > 1 && s[0] == '/')
		return 1;
	if (n > 2 && (s[0] == '~' || s[0] == '.') && s[1] == '/') {
		if (!(w->how & TARGET_HOME))
			return target_bad(w, "there is no home here: expected a "
			    "path that begins with /", x->at);
		s[0] = '.';
		return 1;
	}
	return target_bad(w, "expected the path of a file, from /", x->at);
}

static int
special(struct target_walk *w, struct target *t, const struct target_item *x)
{
	if (target_decode(w, x) < 0)
		return -1;
	if (w->out.s[0] == '|') {
		cut(&w->out, 1, 0);
		return w->out.len > 1 ? done(w, t, TARGET_COMMAND, x->at) :
		    target_bad(w, "expected a command after the |", x->at);
	}
	if (w->out.s[0] == ':') {
		memcpy(w->out.s, include, INCLUDE_OCTETS);
		cut(&w->out, INCLUDE_OCTETS, 0);
		return path(w, x, INCLUDE_OCTETS) < 0 ? -1 :
		    done(w, t, TARGET_INCLUDE, x->at);
	}
	return path(w, x, 0) < 0 ? -1 : done(w, t, TARGET_FILE, x->at);
}

/* Does the item, which may be quoted, begin with something else than an
 * address? */
static int
isspecial(const struct target_walk *w, const struct target_item *x)
{
	size_t at = x->at + (x->quoted ? 1 : 0);
	const char *s = w->s + at;
	size_t n = x->end - at;

	while (x->quoted && n && *s == ' ')
		s++, n--;
	if (!n || (w->s[x->at] == '"' && !x->quoted))
		return 0;
	return *s == '|' || *s == '/' ||
	    (n > 1 && s[1] == '/' && (*s == '~' || *s == '.')) ||
	    (n >= INCLUDE_OCTETS && !strncasecmp(s, include, INCLUDE_OCTETS));
}

int
target_putaddress(stralloc *sa, const char *s, size_t n)
{
	struct address a;
	size_t quoted = 0;

	if (address_scan8(&a, s, n) < 0 || !a.at)
		return -1;
	/* no user is called that: somebody has something else in mind */
	if (a.s[0] == '"')
		for (quoted = 1; a.s[quoted] == ' '; quoted++)
			;
	if (a.at == a.len && target_kind(a.s + quoted, a.at - quoted) !=
	    TARGET_ADDRESS)
		return -1;
	if (target_kind(a.s, a.len) == TARGET_ADDRESS)
		return stralloc_catb(sa, a.s, a.len);
	return stralloc_append(sa, '"') && stralloc_catb(sa, a.s, a.at) &&
	    stralloc_append(sa, '"') &&
	    stralloc_catb(sa, a.s + a.at, a.len - a.at);
}

/* @domain, by TARGET_DOMAIN. */
static int
domain(struct target_walk *w, struct target *t, const struct target_item *x)
{
	const char *s = w->s + x->at + 1;
	size_t n = x->end - x->at - 1;

	if (!address_isdomain(s, n))
		return target_bad(w, "expected a domain after the @", x->at);
	w->out.len = 0;
	if (!stralloc_cats(&w->out, "*@") || !stralloc_catb(&w->out, s, n))
		return target_nomem(w);
	return done(w, t, TARGET_ADDRESS, x->at);
}

/* The next address of the item, which may hold a group. Returns 1, 0 if
 * there is none, -1. */
static int
address(struct target_walk *w, struct target *t)
{
	struct header_addr a;
	int r = header_next(&w->group, &a);

	w->ingroup = r > 0;
	if (r <= 0)
		return r < 0 ? target_nomem(w) : 0;
	if ((a.kind == HEADER_LOCAL || a.kind == HEADER_FULL) && a.spaced)
		return target_bad(w, "two words: is a comma missing, or does # begin "
		    "a comment within a line?", w->item);
	if (a.kind == HEADER_BAD || a.kind == HEADER_NULL || a.hasat)
		return target_bad(w, "not an address", w->item);
	w->out.len = 0;
	r = target_putaddress(&w->out, a.s, a.n);
	if (r <= 0)
		return r < 0 ? target_bad(w, "not an address", w->item) : target_nomem(w);
	return done(w, t, TARGET_ADDRESS, w->item);
}

/* \user. With a domain it is an address: whose mailbox it may be is not
 * known here. */
static int
mailbox(struct target_walk *w, struct target *t)
{
	int r = address(w, t);

	w->ingroup = 0;
	if (r <= 0 || t->s[0] == '"')
		return r < 0 ? r : target_bad(w, "expected a user after the \\",
		    w->item);
	if (address_at(t->s, t->n) < t->n)
		return 1;
	if (!stralloc_insertb(&w->out, 0, "\\", 1))
		return target_nomem(w);
	return done(w, t, TARGET_MAILBOX, w->item);
}

static int
one(struct target_walk *w, struct target *t)
{
	struct target_item x;
	size_t from;
	int r = target_item(w, &x);

	if (r < 0)
		return r;
	if (x.at == x.end)
		return 0;
	if (isspecial(w, &x))
		return special(w, t, &x);
	if ((w->how & TARGET_DOMAIN) && w->s[x.at] == '@')
		return domain(w, t, &x);
	from = x.at + (x.quoted ? 1 : 0);
	w->item = x.at;
	w->group.pos = 0;
	w->group.group = w->group.after = w->group.noquote = 0;
	w->group.unclosed = 0;
	w->group.s = w->s + x.at;
	w->group.n = x.end - x.at;
	if (w->s[from] != '\\' || from + 1 >= x.end ||
	    strchr("\"\\,", w->s[from + 1]))
		return address(w, t);
	if (!x.quoted) {
		w->group.s++;
		w->group.n--;
	}
	return mailbox(w, t);
}

int
target_next(struct target_walk *w, struct target *t)
{
	int r;

	do {
		if (w->ingroup && (r = address(w, t)))
			return r;
		target_skip(w);
		if (w->pos >= w->n)
			return 0;
		r = one(w, t);
	} while (!r);
	return r;
}

void
target_walk_over(struct target_walk *w, const char *s, size_t n, int how)
{
	w->s = s;
	w->n = n;
	w->pos = 0;
	w->how = how;
	w->ingroup = 0;
}

void
target_walk_free(struct target_walk *w)
{
	stralloc_free(&w->out);
	header_walk_free(&w->group);
}

enum target_kind
target_kind(const char *s, size_t n)
{
	switch (n ? s[0] : 0) {
	case '\\': case '|': case '/': case ':': case '~': case '!':
		return (enum target_kind)s[0];
	case '.': return n > 1 && s[1] == '/' ? TARGET_FILE : TARGET_ADDRESS;
	}
	return TARGET_ADDRESS;
}

const char *
target_include(const char *s)
{
	return s + INCLUDE_OCTETS;
}
