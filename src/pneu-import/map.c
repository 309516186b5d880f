#include "pneu-import/map.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

int
map_is(const char *s)
{
	size_t n = 0;

	while (islower((unsigned char)s[n]))
		n++;
	return n && s[n] == ':' && s[n + 1];
}

static void
add(genalloc *v, const char *key, const char *value, const struct origin *at,
    int same)
{
	struct pair x = { key, value, *at, same };

	if (!genalloc_append(struct pair, v, &x))
		str_nomem();
}

/* "key value"; a key in double quotes may hold spaces. */
static size_t
keylen(const char *s)
{
	size_t i = 0;

	if (*s == '"') {
		for (i = 1; s[i] && s[i] != '"'; i++)
			if (s[i] == '\\' && s[i + 1])
				i++;
		if (!s[i])
			i = 0;
	}
	while (s[i] && s[i] != ' ' && s[i] != '\t')
		i++;
	return i;
}

static void
take_row(genalloc *v, const char *s, const struct origin *at, struct plan *p)
{
	size_t n = keylen(s);
	struct origin here = *at;

	(void)p;
	here.text = 0;
	add(v, str_keepb(s, n), str_trim(s + n, strlen(s + n)), &here, 1);
}

/* aliases(5): "name: value". */
static void
take_alias(genalloc *v, const char *s, const struct origin *at,
    struct plan *p)
{
	size_t n = 0;
	struct origin here = *at;
	char *key;

	while (s[n] && s[n] != ':') {
		if (s[n++] != '"')
			continue;
		while (s[n] && s[n] != '"')
			n += s[n] == '\\' && s[n + 1] ? 2 : 1;
		n += s[n] == '"';
	}
	if (!s[n]) {
		plan_lost(p, at, 0, "not a line name: value");
		return;
	}
	here.text = 0;
	key = str_trim(s, n);
	add(v, key, str_trim(s + n + 1, strlen(s + n + 1)), &here, 1);
}

static void
take_pattern(genalloc *v, const char *s, const struct origin *at,
    struct plan *p)
{
	const char *key, *value;

	if (map_pattern(s, &key, &value))
		add(v, key, value, at, 0);
	else
		plan_lost(p, at, 0, "a pattern that stands for more than one "
		    "address or domain: pneu's tables have no patterns");
}

typedef void take_line(genalloc *, const char *, const struct origin *,
    struct plan *);

static int
read_text(genalloc *v, const char *name, const struct origin *from,
    const struct source *src, struct plan *p, take_line *take)
{
	const char *path = source_path(src, name);
	stralloc sa = STRALLOC_ZERO;
	struct lines x;
	struct line l;
	int r = source_read(&sa, path);

	if (r <= 0) {
		plan_lost(p, from, 0, str_cat("unable to read ", path, ": ",
		    strerror(r ? errno : ENOENT)));
		return 0;
	}
	lines_open(&x, sa.s, sa.len);
	while (lines_next(&x, &l, 1)) {
		struct origin at = { path, l.number, l.s };

		take(v, l.s, &at, p);
	}
	return 1;
}

/* "{ k = v, { k = v w } }" as the words between the outer braces. */
static void
words_within(genalloc *w, const char *s, const struct origin *at)
{
	size_t n = strlen(s);

	if (*s == '{' && n > 1 && s[n - 1] == '}')
		s = str_keepb(s + 1, n - 2);
	str_words(w, s, at);
}

/* inline:{ key=value, { key = text with spaces } } */
static void
read_inline(genalloc *v, const char *s, const struct origin *at)
{
	genalloc w = GENALLOC_ZERO;
	const struct word *x;
	size_t i;

	words_within(&w, s, at);
	x = genalloc_s(struct word, &w);
	for (i = 0; i < genalloc_len(struct word, &w); i++) {
		const char *t = x[i].s, *eq;
		size_t n = strlen(t);

		if (*t == '{' && t[n - 1] == '}')
			t = str_keepb(t + 1, n - 2);
		if ((eq = strchr(t, '=')))
			add(v, str_trim(t, (size_t)(eq - t)),
			    str_trim(eq + 1, strlen(eq + 1)), at, 0);
	}
}

/* unionmap:{a, b}: what all of them say of a key, joined. Keys without
 * regard to case, as everywhere. */
static int
read_union(genalloc *v, const char *s, const struct origin *at,
    const struct source *src, struct plan *p)
{
	genalloc w = GENALLOC_ZERO, all = GENALLOC_ZERO;
	struct pair *x, *y;
	size_t i, k, from = genalloc_len(struct pair, v);
	int r = 1;

	words_within(&w, s, at);
	for (i = 0; i < genalloc_len(struct word, &w); i++)
		r &= map_read(&all, genalloc_s(struct word, &w)[i].s, at, src,
		    p);
	x = genalloc_s(struct pair, &all);
	for (i = 0; i < genalloc_len(struct pair, &all); i++) {
		y = genalloc_s(struct pair, v);
		for (k = from; k < genalloc_len(struct pair, v); k++)
			if (!strcmp(str_lower(y[k].key), str_lower(x[i].key)))
				break;
		if (k == genalloc_len(struct pair, v)) {
			add(v, x[i].key, x[i].value, at, 0);
			continue;
		}
		y[k].value = str_cat(y[k].value, ", ", x[i].value);
	}
	return r;
}

static int
isone(const char *type, size_t n, const char *const *types)
{
	for (; *types; types++)
		if (strlen(*types) == n && !memcmp(*types, type, n))
			return 1;
	return 0;
}

static int
read_map(genalloc *v, const char *map, const struct origin *at,
    const struct source *src, struct plan *p, take_line *take)
{
	static const char *const texts[] = { "hash", "texthash", "btree",
	    "lmdb", "cdb", "dbm", "sdbm", 0 };
	static const char *const patterns[] = { "regexp", "pcre", 0 };
	size_t n = strcspn(map, ":");
	const char *name = map + n + 1;

	if (!map[n])
		return 0;
	if (str_starts(map, "proxy:"))
		return read_map(v, name, at, src, p, take);
	if (isone(map, n, texts))
		return read_text(v, name, at, src, p, take);
	if (isone(map, n, patterns))
		return read_text(v, name, at, src, p, take_pattern);
	if (str_starts(map, "inline:")) {
		read_inline(v, name, at);
		return 1;
	}
	if (str_starts(map, "unionmap:"))
		return read_union(v, name, at, src, p);
	if (str_starts(map, "static:")) {
		add(v, "", name, at, 0);
		return 1;
	}
	plan_lost(p, at, map, "pneu looks up in its own tables only: write "
	    "what this one says into a file, and name that");
	return 0;
}

int
map_read(genalloc *v, const char *map, const struct origin *at,
    const struct source *src, struct plan *p)
{
	return read_map(v, map, at, src, p, take_row);
}

int
map_read_aliases(genalloc *v, const char *map, const struct origin *at,
    const struct source *src, struct plan *p)
{
	return read_map(v, map, at, src, p, take_alias);
}
