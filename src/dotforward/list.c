#include "dotforward/list.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

#include "alias/target.h"
#include "wire/route.h"

struct scan {
	struct list *l;
	const struct list_self *self;
	list_reader *read;
	void *x;
};

/* Say why the file is not to be used. Returns 0, or -1. */
static int
because(struct list *l, ...)
{
	const char *s;
	va_list ap;
	int good = 1;

	l->why.len = 0;
	va_start(ap, l);
	while ((s = va_arg(ap, const char *)))
		good = good && stralloc_cats(&l->why, s);
	va_end(ap);
	return good && stralloc_0(&l->why) ? 0 : -1;
}

static int
because_at(struct list *l, const char *file, const char *s, size_t at,
    const char *why)
{
	char fmt[SIZE_FMT];
	size_t i, line = 1;

	for (i = 0; i < at; i++)
		line += s[i] == '\n';
	fmt[size_fmt(fmt, line)] = 0;
	return because(l, file, ":", fmt, ": ", why, (char *)0);
}

const char *
list_next(const struct list *l, const char *t)
{
	t = t ? t + strlen(t) + 1 : l->s.s;
	return l->s.len && t < l->s.s + l->s.len ? t : 0;
}

int
list_has(const struct list *l, const char *target)
{
	const char *t = 0;

	while ((t = list_next(l, t)))
		if (!strcmp(t, target))
			return 1;
	return 0;
}

void
list_free(struct list *l)
{
	stralloc_free(&l->s);
	stralloc_free(&l->why);
	l->n = 0;
}

/* Returns 1, or 0, because of file, if there are too many. */
static int
add(struct list *l, const char *file, const char *target)
{
	if (list_has(l, target))
		return 1;
	if (l->s.len + strlen(target) + 1 > LIST_OCTETS)
		return because(l, file, ": too many targets", (char *)0);
	l->n++;
	return stralloc_cats(&l->s, target) && stralloc_0(&l->s) ? 1 : -1;
}

/* His mailbox. */
static int
add_self(struct scan *c, const char *file)
{
	stralloc sa = STRALLOC_ZERO;
	int r = stralloc_append(&sa, '\\') &&
	    stralloc_cats(&sa, c->self->user) && stralloc_0(&sa) ?
	    add(c->l, file, sa.s) : -1;

	stralloc_free(&sa);
	return r;
}

/* 1 if the address or name s is the user's own: his name, the recipient, or
 * his name at the recipient's domain. */
static int
isself(const struct list_self *self, const char *s)
{
	const char *domain = strrchr(self->addr, '@');
	size_t n = strlen(self->user);

	if (!strcasecmp(s, self->addr) || !strcasecmp(s, self->user))
		return 1;
	return domain && !strncasecmp(s, self->user, n) &&
	    !strcasecmp(s + n, domain);
}

static int walk(struct scan *c, const char *file, const char *s, size_t n,
    int depth);

static int
include(struct scan *c, const char *file, const char *path, int depth)
{
	stralloc name = STRALLOC_ZERO, text = STRALLOC_ZERO;
	struct list *l = c->l;
	int r = -1;

	l->why.len = 0;
	if (depth >= LIST_DEPTH)
		r = because(l, file, ": :include: files too deep", (char *)0);
	else if (stralloc_cats(&name, path) && stralloc_0(&name)) {
		r = c->read(c->x, name.s, &text, &l->why);
		if (!r && !stralloc_0(&l->why))
			r = -1;
		if (r > 0)
			r = walk(c, name.s, text.s, text.len, depth + 1);
	}
	stralloc_free(&name);
	stralloc_free(&text);
	return r;
}

static int
one(struct scan *c, const char *file, const struct target *t, int depth)
{
	switch (t->kind) {
	case TARGET_INCLUDE:
		return include(c, file, target_include(t->s), depth);
	case TARGET_MAILBOX:
		return isself(c->self, t->s + 1) ? add_self(c, file) :
		    add(c->l, file, t->s + 1);
	case TARGET_ADDRESS:
		return isself(c->self, t->s) ? add_self(c, file) :
		    add(c->l, file, t->s);
	default:
		return add(c->l, file, t->s);
	}
}

static int
walk(struct scan *c, const char *file, const char *s, size_t n, int depth)
{
	struct target_walk w =
	    TARGET_WALK(s, n, TARGET_LINES | TARGET_HOME);
	struct target t;
	int r = 1, k = 0;

	while (r > 0 && (k = target_next(&w, &t)) > 0)
		r = one(c, file, &t, depth);
	if (k < 0)
		r = w.error ? because_at(c->l, file, s, w.errat, w.error) :
		    (errno = ENOMEM, -1);
	target_walk_free(&w);
	return r;
}

int
list_scan(struct list *l, const char *file, const char *s, size_t n,
    const struct list_self *self, list_reader *read, void *x)
{
	struct scan c = { l, self, read, x };

	l->s.len = l->why.len = l->n = 0;
	return walk(&c, file, s, n, 0);
}

/* A path of dot-qmail, which may begin with any dot. */
static int
qmail_path(struct list *l, const char *file, const char *s, size_t n,
    stralloc *tmp)
{
	int home = s[0] == '.' && (n < 2 || s[1] != '/');

	if ((home && !stralloc_cats(tmp, "./")) ||
	    !stralloc_catb(tmp, s, n) || !stralloc_0(tmp))
		return -1;
	return add(l, file, tmp->s);
}

static int
qmail_address(struct list *l, const char *file, const char *s, size_t n,
    stralloc *tmp)
{
	int r;

	if (n && *s == '&')
		s++, n--;
	r = target_putaddress(tmp, s, n);
	if (r < 0)
		return because(l, file, ": not an address", (char *)0);
	return r && stralloc_0(tmp) ? add(l, file, tmp->s) : -1;
}

static int
has_control(const char *s, size_t n)
{
	while (n--)
		if (((unsigned char)s[n] < 32 && s[n] != '\t') || s[n] == 127)
			return 1;
	return 0;
}

static int
qmail_line(struct list *l, const char *file, const char *s, size_t n,
    int noplaces, stralloc *tmp)
{
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		n--;
	if (!n || *s == '#' || *s == '+')
		return 1;
	if (n > TARGET_OCTETS - 2)
		return because(l, file, ": line too long", (char *)0);
	if (has_control(s, n))
		return because(l, file, ": control character", (char *)0);
	tmp->len = 0;
	if (*s != '|' && *s != '/' && *s != '.')
		return qmail_address(l, file, s, n, tmp);
	if (noplaces)
		return because(l, file, *s == '|' ? ": has prog delivery but "
		    "has x bit set" : ": has file delivery but has x bit set",
		    (char *)0);
	if (*s != '|')
		return qmail_path(l, file, s, n, tmp);
	return stralloc_catb(tmp, s, n) && stralloc_0(tmp) ?
	    add(l, file, tmp->s) : -1;
}

int
list_scanqmail(struct list *l, const char *file, const char *s, size_t n,
    int noplaces)
{
	stralloc tmp = STRALLOC_ZERO;
	const char *nl;
	size_t i, len;
	int r = 1;

	l->s.len = l->why.len = l->n = 0;
	for (i = 0; i < n && (s[i] == ' ' || s[i] == '\t'); i++)
		;
	if (i < n && s[i] == '\n')
		return because(l, "first line of ", file, " is blank",
		    (char *)0);
	for (i = 0; r > 0 && i < n; i += len + 1) {
		nl = memchr(s + i, '\n', n - i);
		len = nl ? (size_t)(nl - s) - i : n - i;
		r = qmail_line(l, file, s + i, len, noplaces, &tmp);
	}
	stralloc_free(&tmp);
	return r;
}
