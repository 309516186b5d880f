#include <skalibs/nonposix.h>

#include "pneu-conf/pneu-conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/strerr.h>

#include "conf/value.h"
#include "run/service.h"
#include "table/table.h"

/* What of a row's key is its table, with the colon. */
static int
is(const char *key, size_t n, const char *table)
{
	size_t m = strlen(table);

	return n > m && !memcmp(key, table, m) && key[m] == ':';
}

/* Rows that are made anew with the aliases. */
static int
isours(const char *key, size_t n)
{
	return is(key, n, "aliases") || is(key, n, "source") ||
	    is(key, n, "include");
}

static void
give_up(struct out *o, const char *what)
{
	table_drop(o->m);
	strerr_diefusys(111, what, run_path(COMPILED));
}

/* The targets of a row of virtual may name list files. */
static void
note(struct aliases *x, const char *v, size_t n)
{
	const char *nl;

	while (n) {
		size_t m = (nl = memchr(v, '\n', n)) ? (size_t)(nl - v) : n;

		aliases_note(x, v, m);
		m += nl != 0;
		v += m;
		n -= m;
	}
}

/* All other rows, as they are in force. */
static void
copy(struct out *o, struct aliases *x, struct table *t)
{
	const char *key, *v;
	size_t keylen, n;
	uint32_t pos = 0;
	int r;

	while ((r = table_next(t, &pos, &key, &keylen, &v, &n)) > 0) {
		if (isours(key, keylen))
			continue;
		if (is(key, keylen, "virtual"))
			note(x, v, n);
		if (table_put(o->m, key, keylen, v, n) < 0)
			give_up(o, "write ");
	}
	if (r < 0)
		give_up(o, "read ");
}

static void
list(struct list *l, const struct conf *c, enum conf_key k)
{
	l->s = c->str[k];
	l->n = c->len[k];
}

/* The settings in force. */
static void
world(struct world *w, const struct conf *c)
{
	memset(w, 0, sizeof *w);
	w->conf = c;
	w->origin = conf_str(c, myorigin);
	w->delimiters = conf_str(c, recipient_delimiter);
	w->min_uid = conf_num(c, min_uid);
	list(&w->dest, c, CONF_mydestination);
	list(&w->boxes, c, CONF_virtual_mailbox_domains);
	list(&w->aliasdomains, c, CONF_virtual_alias_domains);
	list(&w->relay, c, CONF_relay_domains);
}

int
aliases_compile(void)
{
	struct aliases x = ALIASES_ZERO;
	struct report r = REPORT_ZERO;
	genalloc files = GENALLOC_ZERO;
	struct out o = { 0, STRALLOC_ZERO };
	struct conf c;
	struct list maps;
	struct world w;

	if (conf_open(&c, COMPILED) < 0)
		strerr_diefusys(111, "read ", run_path(COMPILED));
	list(&maps, &c, CONF_alias_maps);
	world(&w, &c);
	aliases_load(&x, &r, &maps, &files);
	aliases_check(&x, &w, &r);
	allwrite(2, r.text.s, r.text.len);
	if (r.errors)
		strerr_dief(100, "errors: the aliases in force stay as they "
		    "are");
	o.m = table_make(COMPILED, 0644);
	if (!o.m)
		strerr_diefusys(111, "make ", run_path(COMPILED), ".new");
	copy(&o, &x, c.t);
	out_aliases(&o, &x);
	if (table_done(o.m) < 0)
		strerr_diefusys(111, "write ", run_path(COMPILED));
	tell_stage("pneu-alias");
	return 0;
}

/* The next of the lines "SECONDS NANOSECONDS SIZE PATH": is the file as it
 * was? */
static int
isfresh(const char *s, size_t n, char *path, size_t max)
{
	long long sec, size;
	struct stat st;
	long nsec;
	char line[4200];
	int at = 0;

	if (n >= sizeof line)
		return 1;
	memcpy(line, s, n);
	line[n] = 0;
	if (sscanf(line, "%lld %ld %lld %n", &sec, &nsec, &size, &at) < 3)
		return 1;
	snprintf(path, max, "%s", line + at);
	return stat(path, &st) < 0 || (st.st_mtim.tv_sec == sec &&
	    st.st_mtim.tv_nsec == nsec && st.st_size == size);
}

int
aliases_fresh(void)
{
	const char *v, *nl;
	char path[4200];
	struct conf c;
	int stale = 0;
	size_t n, m;

	if (conf_open(&c, COMPILED) < 0)
		strerr_diefusys(111, "read ", run_path(COMPILED));
	if (conf_lookup(&c, "source", "", 0, &v, &n) <= 0)
		return 0;
	for (; n && (nl = memchr(v, '\n', n)); v += m, n -= m) {
		m = (size_t)(nl - v) + 1;
		if (isfresh(v, m - 1, path, sizeof path))
			continue;
		strerr_warnw("etc/pneu.cdb is older than ", path,
		    ": run newaliases");
		stale = 1;
	}
	return stale;
}
