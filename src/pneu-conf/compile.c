#include "pneu-conf/pneu-conf.h"

#include <string.h>
#include <skalibs/strerr.h>

#include "mail/address.h"
#include "run/service.h"
#include "table/table.h"

static void
put(struct out *o, const char *table, const char *key, size_t keylen,
    const char *v, size_t n)
{
	o->key.len = 0;
	if (!stralloc_cats(&o->key, table) || !stralloc_append(&o->key, ':') ||
	    !stralloc_catb(&o->key, key, keylen))
		report_nomem();
	if (table_put(o->m, o->key.s, o->key.len, v, n) < 0) {
		table_drop(o->m);
		strerr_diefusys(111, "write ", run_path(COMPILED), ".new");
	}
}

/* Each item of a list has a row, too, by which it is found at once. */
static void
put_items(struct out *o, enum conf_key k, const stralloc *canon)
{
	char item[1024];
	size_t at, n, i;

	for (at = 0; at < canon->len; at += n + 1) {
		n = strlen(canon->s + at);
		if (n > sizeof item)
			continue;
		for (i = 0; i < n; i++) {
			char c = canon->s[at + i];

			item[i] = c >= 'A' && c <= 'Z' ? c | 32 : c;
		}
		put(o, conf_settings[k].name, item, n, "", 0);
	}
}

static void
put_settings(struct out *o, const struct settings *x)
{
	int k;

	for (k = 0; k < CONF_N; k++) {
		const char *name = conf_settings[k].name;

		if (conf_settings[k].type == CONF_LIST)
			put_items(o, (enum conf_key)k, x->canon + k);
		if (x->given[k].file || k == CONF_myhostname)
			put(o, "", name, strlen(name), x->canon[k].s,
			    x->canon[k].len);
	}
}

static void
put_rows(struct out *o, const struct rows *x)
{
	const struct row *row = genalloc_s(struct row, &x->r);
	size_t i, n = genalloc_len(struct row, &x->r);

	for (i = 0; i < n; i++)
		put(o, x->name, x->s.s + row[i].key, row[i].keylen,
		    x->s.s + row[i].value, row[i].valuelen);
	if (n)		/* that it has any */
		put(o, x->name, "", 0, "", 0);
}

void
out_aliases(struct out *o, const struct aliases *x)
{
	put_rows(o, &x->rows);
	put(o, "source", "", 0, x->sources.s, x->sources.len);
	if (x->dirs.len)
		put(o, "include", "", 0, x->dirs.s, x->dirs.len);
}

/* A domain as key says that recipients of it are listed. */
static void
put_domains(struct out *o, const struct rows *x)
{
	const struct row *row = genalloc_s(struct row, &x->r);
	size_t i, n = genalloc_len(struct row, &x->r), at;

	for (i = 0; i < n; i++) {
		const char *key = x->s.s + row[i].key;

		at = address_at(key, row[i].keylen);
		if (at < row[i].keylen)
			put(o, x->name, key + at + 1, row[i].keylen - at - 1,
			    "", 0);
	}
}

/* Those of one key have one row; and "bcc:" says that there are any. */
static void
put_bcc(struct out *o, const struct rows *x)
{
	static const char *const tables[] = {
		"always_bcc", "sender_bcc", "recipient_bcc"
	};
	const struct row *row = genalloc_s(struct row, &x->r);
	size_t i, k, n = genalloc_len(struct row, &x->r);
	stralloc v = STRALLOC_ZERO;

	for (i = 0; i < n; i = k) {
		const char *key = x->s.s + row[i].key;
		size_t len = bcc_keylen(key, row[i].keylen);

		v.len = 0;
		for (k = i; k < n && row[k].keylen > len &&
		    !memcmp(key, x->s.s + row[k].key, len + 1); k++)
			if ((v.len && !stralloc_append(&v, '\n')) ||
			    !stralloc_catb(&v, x->s.s + row[k].key + len + 1,
			    row[k].keylen - len - 1))
				report_nomem();
		put(o, tables[*key == 'a' ? 0 : *key == 's' ? 1 : 2],
		    key + 1, len - 1, v.s, v.len);
	}
	if (n)
		put(o, x->name, "", 0, "", 0);
	stralloc_free(&v);
}

void
compile(const struct all *a)
{
	struct out o = { table_make(COMPILED, 0644), STRALLOC_ZERO };
	size_t i;

	if (!o.m)
		strerr_diefusys(111, "make ", run_path(COMPILED), ".new");
	put_settings(&o, &a->x);
	put_rows(&o, &a->routes);
	put_rows(&o, &a->mailboxes);
	put_rows(&o, &a->recipients);
	put_domains(&o, &a->recipients);
	for (i = 0; i < ALL_MAPS; i++)
		put_rows(&o, a->maps + i);
	put_rows(&o, &a->virtual);
	put_rows(&o, &a->tls);
	for (i = 0; i < TEMPLATES; i++)
		if (a->templates.v[i].len)
			put(&o, "bounce_template", templates_names[i],
			    strlen(templates_names[i]), a->templates.v[i].s,
			    a->templates.v[i].len);
	put_rows(&o, &a->senders);
	put_bcc(&o, &a->bcc);
	out_aliases(&o, &a->aliases);
	if (table_done(o.m) < 0)
		strerr_diefusys(111, "write ", run_path(COMPILED));
	stralloc_free(&o.key);
}
