#include "dotforward/path.h"

#include <errno.h>
#include <string.h>

static int
isnamechar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static int
issafe(char c)
{
	return (unsigned char)c >= 128 || isnamechar(c) ||
	    (c && strchr("!@%-=+:,.", c));
}

/* A name in s[i..), between braces or not: s[at..at+n), what is in it
 * behind ? or : in s[at+n+1..end), and next behind all of it. */
struct macro {
	size_t at, n, end, next;
	char op;		/* '?', ':' or 0 */
};

static int
macro_scan(struct macro *m, const char *s, size_t n, size_t i)
{
	char close = i + 1 < n && s[i + 1] == '{' ? '}' :
	    i + 1 < n && s[i + 1] == '(' ? ')' : 0;
	size_t j;

	m->at = i + (close ? 2 : 1);
	for (j = m->at; j < n && isnamechar(s[j]); j++)
		;
	m->n = j - m->at;
	m->end = m->next = j;
	m->op = 0;
	if (!close)
		return m->n > 0;
	if (j < n && (s[j] == '?' || s[j] == ':')) {
		m->op = s[j];
		while (j < n && s[j] != close)
			j++;
	}
	m->end = j;
	m->next = j + 1;
	return m->n > 0 && j < n && s[j] == close;
}

struct value {
	const char *s;
	size_t n;
	int raw;		/* nothing in it is a stranger's */
};

static void
part(struct value *v, const char *s, size_t n)
{
	v->s = n ? s : 0;
	v->n = n;
}

/* Returns 1, its s is 0 if it has none; 0 if there is no such name. */
static int
value(struct value *v, const char *s, size_t n, const struct path_names *p)
{
	const char *at = p->recipient ? strrchr(p->recipient, '@') : 0;
	const char *ext = p->ext ? p->ext : "";

#define IS(name) (n == sizeof name - 1 && !memcmp(s, name, n))
	v->raw = 0;
	if (IS("user")) part(v, p->user, strlen(p->user));
	else if (IS("home")) part(v, p->home, strlen(p->home));
	else if (IS("shell")) part(v, p->shell, strlen(p->shell));
	else if (IS("recipient"))
		part(v, p->recipient, strlen(p->recipient));
	else if (IS("local")) part(v, p->recipient, at ?
	    (size_t)(at - p->recipient) : strlen(p->recipient));
	else if (IS("domain")) part(v, at ? at + 1 : "",
	    at ? strlen(at + 1) : 0);
	else if (IS("extension")) part(v, ext, strlen(ext));
	else if (IS("recipient_delimiter"))
		part(v, p->delimiter, *ext ? strlen(p->delimiter) : 0);
	else
		return 0;
	v->raw = IS("home") || IS("shell");
#undef IS
	return 1;
}

static int
put(stralloc *sa, const struct value *v)
{
	size_t at = sa->len;

	if (!stralloc_catb(sa, v->s, v->n))
		return -1;
	for (; !v->raw && at < sa->len; at++)
		if (!issafe(sa->s[at]))
			sa->s[at] = '_';
	return 1;
}

int
path_expand(stralloc *sa, const char *s, size_t n, const struct path_names *p,
    size_t *bad)
{
	struct macro m;
	struct value v;
	size_t i = 0;
	int r = 1;

	while (i < n) {
		if (s[i] != '$') {
			if (!stralloc_append(sa, s[i++]))
				return -1;
			continue;
		}
		if (!macro_scan(&m, s, n, i) ||
		    !value(&v, s + m.at, m.n, p)) {
			if (bad)
				*bad = i;
			return (errno = EINVAL, -1);
		}
		i = m.next;
		if (m.op && (m.op == '?') != (v.s != 0))
			continue;
		if (m.op) {
			v.s = s + m.at + m.n + 1;
			v.n = m.end - m.at - m.n - 1;
			v.raw = 1;
		}
		if (!v.s)
			r = 0;
		else if (put(sa, &v) < 0)
			return -1;
	}
	return stralloc_0(sa) ? r : -1;
}

int
path_isqmail(const char *s, size_t n)
{
	static const char name[] = "/.qmail";
	size_t k = sizeof name - 1;

	while (n && !s[n - 1])
		n--;
	return n >= k && !memcmp(s + n - k, name, k);
}

/* Of EXT, then of its parts up to each "-", the longest first: all of it, if
 * it ends in one. */
int
path_qmail(stralloc *sa, const char *s, size_t n, const char *ext,
    unsigned int i, const char **def)
{
	size_t len = strlen(ext), at, start;

	*def = 0;
	if (!len)
		return i ? 0 : stralloc_catb(sa, s, n) && stralloc_0(sa) ?
		    1 : -1;
	at = len + (i > 0);
	while (i) {
		if (!at)
			return 0;
		at--;
		while (at && ext[at - 1] != '-')
			at--;
		*def = ext + at;
		i--;
	}
	if (!stralloc_catb(sa, s, n) || !stralloc_append(sa, '-'))
		return -1;
	start = sa->len;
	if (!stralloc_catb(sa, ext, at))
		return -1;
	for (; start < sa->len; start++) {
		char *c = sa->s + start;

		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
		else if (*c == '.')
			*c = ':';
		else if (*c == '/' || !*c)
			*c = '_';
	}
	return (!*def || stralloc_cats(sa, "default")) && stralloc_0(sa) ?
	    1 : -1;
}
