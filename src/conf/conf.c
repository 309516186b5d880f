#include "conf/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <skalibs/stralloc.h>

#include "conf/value.h"

#define KEY_OCTETS 1280		/* "table:key"; addresses are at most 1000 */
#define LIST_LONG_OCTETS 1024	/* a list beyond is looked up in the cdb */

/* While the strings are gathered in one block, where each one begins. */
struct block {
	stralloc sa;
	size_t at[CONF_N], len[CONF_N];
};

/* "table:key" into buf. Returns its length, 0 if it is too long. */
static size_t
row(char buf[KEY_OCTETS], const char *table, const char *key, size_t n)
{
	size_t m = strlen(table);

	if (m + 1 + n > KEY_OCTETS)
		return 0;
	memcpy(buf, table, m);
	buf[m] = ':';
	memcpy(buf + m + 1, key, n);
	return m + 1 + n;
}

/* Parse a value into num and the block. Returns 1, or -1 with errno. */
static int
take(struct conf *c, struct block *b, enum conf_key k, const char *s, size_t n)
{
	size_t bad, from = b->sa.len;

	if (conf_value(k, s, n, &c->num[k], &b->sa, &bad) < 0) {
		b->sa.len = from;
		return -1;
	}
	if (b->sa.len == from && !stralloc_0(&b->sa))	/* an empty list */
		return -1;
	b->at[k] = from;
	b->len[k] = b->sa.len - from - 1;
	return 1;
}

/* What the cdb says, where a NUL divides and ends. The parser of pneu.conf
 * reads it once more: so this build's limits hold, whoever wrote the cdb. */
static int
take_row(struct conf *c, struct block *b, enum conf_key k)
{
	char key[KEY_OCTETS];
	const char *name = conf_settings[k].name, *v;
	size_t n, i;
	stralloc sa = STRALLOC_ZERO;
	int r;

	r = table_find(c->t, key, row(key, "", name, strlen(name)), &v, &n);
	if (r <= 0)
		return r;
	if (!stralloc_copyb(&sa, v, n))
		return -1;
	if (conf_settings[k].type == CONF_LIST)
		for (i = 0; i < n; i++)
			if (!sa.s[i])
				sa.s[i] = ' ';
	r = take(c, b, k, sa.s, n && v[n - 1] == 0 ? n - 1 : n);
	stralloc_free(&sa);
	return r < 0 && errno != ENOMEM ? 0 : r;
}

/* The kernel's name of this host, for want of the full one that pneu-conf
 * writes into the cdb. */
static int
take_hostname(struct conf *c, struct block *b)
{
	char host[256 + sizeof ".localdomain"];

	memset(host, 0, sizeof host);
	if (gethostname(host, 255) < 0 || !host[0])
		strcpy(host, "localhost");
	if (!strchr(host, '.') && strlen(host) < 200)
		strcat(host, ".localdomain");
	return take(c, b, CONF_myhostname, host, strlen(host));
}

static int
take_default(struct conf *c, struct block *b, enum conf_key k)
{
	const char *def = conf_settings[k].def;
	stralloc sa = STRALLOC_ZERO;
	size_t bad;
	int r;

	r = conf_expand_for(k, &sa, def, strlen(def),
	    b->sa.s + b->at[CONF_myhostname], &bad);
	if (r > 0)
		r = take(c, b, k, sa.s, sa.len);
	stralloc_free(&sa);
	return r;
}

/* myhostname is the first row, so that the others may be made of it. */
static int
fill(struct conf *c, struct block *b)
{
	int k, r;

	for (k = 0; k < CONF_N; k++) {
		r = c->t ? take_row(c, b, (enum conf_key)k) : 0;
		if (r >= 0 && k == CONF_myhostname && (!r || !b->len[k]))
			r = take_hostname(c, b);
		if (r < 0 || (!r && take_default(c, b, (enum conf_key)k) < 0))
			return -1;
	}
	return 1;
}

int
conf_open(struct conf *c, const char *path)
{
	struct block b = { .sa = STRALLOC_ZERO };
	int k;

	memset(c, 0, sizeof *c);
	if (path && !(c->t = table_open(path)))
		return -1;
	if (fill(c, &b) < 0) {
		int e = errno;

		stralloc_free(&b.sa);
		table_close(c->t);
		memset(c, 0, sizeof *c);
		errno = e;
		return -1;
	}
	c->own = b.sa.s;
	for (k = 0; k < CONF_N; k++) {
		c->str[k] = c->own + b.at[k];
		c->len[k] = b.len[k];
	}
	return 1;
}

void
conf_close(struct conf *c)
{
	table_close(c->t);
	free(c->own);
	memset(c, 0, sizeof *c);
}

const char *
conf_first(const struct conf *c, enum conf_key k)
{
	return c->len[k] ? c->str[k] : 0;
}

const char *
conf_next(const struct conf *c, enum conf_key k, const char *s)
{
	s += strlen(s) + 1;
	return s < c->str[k] + c->len[k] ? s : 0;
}

int
conf_has(const struct conf *c, enum conf_key k, const char *word, size_t n)
{
	const char *s, *v;
	char lower[KEY_OCTETS];
	size_t i;

	if (c->t && c->len[k] > LIST_LONG_OCTETS && n <= sizeof lower) {
		for (i = 0; i < n; i++)
			lower[i] = word[i] >= 'A' && word[i] <= 'Z' ?
			    word[i] | 32 : word[i];
		return conf_lookup(c, conf_settings[k].name, lower, n,
		    &v, &i) > 0;
	}
	for (s = conf_first(c, k); s; s = conf_next(c, k, s))
		if (strlen(s) == n && !strncasecmp(s, word, n))
			return 1;
	return 0;
}

int
conf_lookup(const struct conf *c, const char *table, const char *key,
    size_t keylen, const char **v, size_t *n)
{
	char buf[KEY_OCTETS];
	size_t len = row(buf, table, key, keylen);

	if (!c->t || !len)
		return 0;
	return table_find(c->t, buf, len, v, n);
}
