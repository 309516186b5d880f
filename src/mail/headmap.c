#include "mail/headmap.h"

#include <string.h>

void
headmap_init(struct headmap *m, headmap_fn *map, void *x)
{
	m->at = HEADMAP_LINE;
	m->kind = HEADMAP_NONE;
	m->any = 0;
	m->field.len = 0;
	m->map = map;
	m->x = x;
}

void
headmap_free(struct headmap *m)
{
	stralloc_free(&m->field);
}

int
headmap_isbody(const struct headmap *m)
{
	return m->at == HEADMAP_BODY;
}

/* Write what is kept, as it is. */
static int
let_go(struct headmap *m, stralloc *out)
{
	int ok = stralloc_catb(out, m->field.s, m->field.len);

	m->field.len = 0;
	m->kind = HEADMAP_NONE;
	return ok ? 1 : -1;
}

/* The field is whole. */
static int
end_field(struct headmap *m, stralloc *out)
{
	const char *s = m->field.s, *colon;
	size_t n = m->field.len, skip;

	if (m->kind == HEADMAP_NONE || !(colon = memchr(s, ':', n)))
		return let_go(m, out);
	skip = (size_t)(colon - s) + 1;
	if (!stralloc_catb(out, s, skip) || headmap_list(out, s + skip,
	    n - skip, m->kind, m->map, m->x) < 0)
		return -1;
	m->field.len = 0;
	m->kind = HEADMAP_NONE;
	return 1;
}

/* At the beginning of a line: what is it? Returns 0, or -1. */
static int
line(struct headmap *m, stralloc *out, char c)
{
	if (m->any && (c == ' ' || c == '\t')) {
		m->at = m->kind == HEADMAP_NONE ? HEADMAP_PASS : HEADMAP_HOLD;
		return 0;
	}
	if (end_field(m, out) < 0)
		return -1;
	m->at = c == '\n' ? HEADMAP_BODY : HEADMAP_NAME;
	return 0;
}

/* A name, as mail/header.h takes it: space may stand before the colon.
 * Returns octets taken, or -1. */
static int
name(struct headmap *m, stralloc *out, const char *s, size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i++) {
		size_t was = m->field.len;
		char c = s[i], last = was ? m->field.s[was - 1] : 0;
		int space = c == ' ' || c == '\t';

		if (c == ':' && was)
			break;
		if ((space ? !was : (unsigned char)c <= 32 ||
		    (unsigned char)c >= 127 || c == ':' ||
		    last == ' ' || last == '\t') ||
		    was >= HEADMAP_NAME_OCTETS) {
			m->at = HEADMAP_BODY;
			return let_go(m, out) < 0 ? -1 : (int)i;
		}
		if (!stralloc_append(&m->field, c))
			return -1;
	}
	if (i == n)
		return (int)n;
	for (len = m->field.len; m->field.s[len - 1] == ' ' ||
	    m->field.s[len - 1] == '\t'; len--)
		;
	m->any = 1;
	m->kind = headmap_kind(m->field.s, len);
	m->at = m->kind == HEADMAP_NONE ? HEADMAP_PASS : HEADMAP_HOLD;
	return m->at == HEADMAP_PASS && let_go(m, out) < 0 ? -1 : (int)i;
}

/* The rest of a line. Returns octets taken, or -1. */
static int
rest(struct headmap *m, stralloc *out, const char *s, size_t n)
{
	const char *nl = memchr(s, '\n', n);

	if (nl)
		n = (size_t)(nl - s) + 1;
	if (m->at == HEADMAP_HOLD &&
	    m->field.len + n > HEADMAP_FIELD_OCTETS) {
		if (let_go(m, out) < 0)
			return -1;
		m->at = HEADMAP_PASS;
	}
	if (!stralloc_catb(m->at == HEADMAP_HOLD ? &m->field : out, s, n))
		return -1;
	if (nl)
		m->at = HEADMAP_LINE;
	return (int)n;
}

int
headmap_feed(struct headmap *m, stralloc *out, const char *s, size_t n)
{
	int used;

	while (n && m->at != HEADMAP_BODY) {
		used = m->at == HEADMAP_LINE ? line(m, out, *s) :
		    m->at == HEADMAP_NAME ? name(m, out, s, n) :
		    rest(m, out, s, n);
		if (used < 0)
			return -1;
		s += used;
		n -= (size_t)used;
	}
	return n && !stralloc_catb(out, s, n) ? -1 : 1;
}

int
headmap_end(struct headmap *m, stralloc *out)
{
	return m->at == HEADMAP_NAME || m->at == HEADMAP_BODY ?
	    let_go(m, out) : end_field(m, out);
}
