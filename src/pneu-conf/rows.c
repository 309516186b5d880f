#include "pneu-conf/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <skalibs/bytestr.h>

#include "conf/slurp.h"
#include "mail/address.h"
#include "pneu-conf/settings.h"
#include "pneu-conf/text.h"
#include "smtp/nexthop.h"
#include "tlspolicy/tlspolicy.h"

/* What a row becomes: 0, or what is wrong with it. The key is in lower case
 * already and may be changed; s[value..) is the value. */
typedef const char *row_check(struct rows *x, struct row *row);

int
rows_isnexthop(const char *s, size_t n)
{
	struct nexthop h;

	return nexthop_scan(&h, s, n) > 0;
}

static int
starts(const char *s, size_t n, const char *word)
{
	return n >= strlen(word) && !strncasecmp(s, word, strlen(word));
}

/* As in transport(5): a domain, .domain for those below it, or *, and where
 * their mail goes. */
static const char *
check_route(struct rows *x, struct row *row)
{
	const char *k = x->s.s + row->key, *v = x->s.s + row->value;
	size_t n = row->keylen, m = row->valuelen;

	if (memchr(k, '@', n))
		return "expected a domain, .domain or *: routes are by "
		    "domain, not by address";
	if (!(n == 1 && *k == '*') &&
	    !address_isdomain(*k == '.' ? k + 1 : k, *k == '.' ? n - 1 : n))
		return "expected a domain, .domain or *";
	if (!m || (m == 1 && *v == ':') || starts(v, m, "error:") ||
	    starts(v, m, "retry:"))
		return 0;
	if (starts(v, m, "smtp:") || starts(v, m, "relay:")) {
		size_t skip = starts(v, m, "smtp:") ? 5 : 6;

		v += skip;
		m -= skip;
		if (!m)
			return 0;
	}
	return rows_isnexthop(v, m) ? 0 :
	    "expected a next hop: host, [host] or [address], with :port or "
	    "not; or lmtp:unix:/path, lmtp:inet:host";
}

/* The key as addresses are looked up: the local part as it is meant. */
static const char *
check_address(struct rows *x, struct row *row)
{
	char *k = x->s.s + row->key;
	size_t n = row->keylen;
	stralloc local = STRALLOC_ZERO;
	struct address a;
	int wide;

	if (n && *k == '@')
		return address_isdomain(k + 1, n - 1) ? 0 :
		    "expected a domain after the @";
	if (address_scan8(&a, k, n) < 0 || !a.at || a.at >= a.len)
		return "expected an address, or @domain for the rest";
	if (!address_local(&local, a.s, a.at) ||
	    !stralloc_catb(&local, a.s + a.at, a.len - a.at))
		report_nomem();
	if (local.len <= n) {
		memcpy(k, local.s, local.len);
		row->keylen = local.len;
	}
	wide = local.len > n;
	stralloc_free(&local);
	return wide ? "expected A-labels" : 0;
}

static const char *
check_mailbox(struct rows *x, struct row *row)
{
	const char *v = x->s.s + row->value, *e;
	size_t m = row->valuelen, i, from;

	if ((e = check_address(x, row)))
		return e;
	while (m && *v == '/') {	/* as Postfix has it: below the base */
		v++;
		m--;
	}
	if (!m)
		return "expected the path of a Maildir below "
		    "virtual_mailbox_base";
	for (i = from = 0; i <= m; i++) {
		if (i < m && v[i] != '/')
			continue;
		if (i - from == 2 && v[from] == '.' && v[from + 1] == '.')
			return "the path of a mailbox may not hold ..";
		from = i + 1;
	}
	return 0;
}

/* As smtp_tls_policy_maps of Postfix. */
static const char *
check_tls(struct rows *x, struct row *row)
{
	struct tlspolicy p;
	const char *why;
	size_t at;

	if (!tlspolicy_iskey(x->s.s + row->key, row->keylen))
		return "expected a destination: domain, .domain, [host] or "
		    "[address], with :port or not";
	if (tlspolicy_scan(&p, x->s.s + row->value, row->valuelen, &why,
	    &at) > 0)
		return 0;
	x->bad = row->value - row->key + at;
	return why;
}

static row_check *const checks[] = {
	[ROWS_ROUTES] = check_route,
	[ROWS_MAILBOXES] = check_mailbox,
	[ROWS_RECIPIENTS] = check_address,
	[ROWS_ALIASES] = rows_checkalias,
	[ROWS_VIRTUAL] = rows_checkvirtual,
	[ROWS_MAP] = rows_checkmap,
	[ROWS_TLS] = check_tls,
	[ROWS_SENDERS] = rows_checksenders,
	[ROWS_BCC] = rows_checkbcc
};

/* What is wrong with the row that begins with the line l. */
static void
complain(struct rows *x, struct report *r, struct row *row,
    const struct text_line *l, const char *e)
{
	stralloc m = STRALLOC_ZERO;

	if (!stralloc_catb(&m, l->s.s, l->s.len > 200 ? 200 : l->s.len) ||
	    !stralloc_cats(&m, ": ") || !stralloc_cats(&m, e))
		report_nomem();
	if (!x->warn)
		report_alabels(&m, l->s.s + x->bad, l->s.len - x->bad);
	if (!stralloc_0(&m))
		report_nomem();
	text_place(l, x->bad, &row->p.line, &row->p.col);
	report_add(r, x->warn, &row->p, m.s, (const char *)0);
	stralloc_free(&m);
}

static void
add(struct rows *x, enum rows_kind kind, struct report *r, const char *file,
    const struct text_line *l)
{
	struct row row = { .p = { file, 0, 0 } };
	size_t keylen, value;
	const char *e = 0;

	x->bad = 0;
	x->warn = 0;
	if (kind == ROWS_ALIASES) {
		e = rows_scanalias(l, &keylen, &value);
		x->bad = e ? value : 0;
	} else
		text_row_scan(l, &keylen, &value);
	row.key = x->s.len;
	row.keylen = keylen;
	row.value = row.key + value;
	row.valuelen = l->s.len - value;
	if (!stralloc_catb(&x->s, l->s.s, l->s.len))
		report_nomem();
	case_lowerb(x->s.s + row.key, keylen);
	text_place(l, 0, &row.p.line, &row.p.col);
	if (!e)
		e = checks[kind](x, &row);
	if (e) {
		complain(x, r, &row, l, e);
		return;
	}
	if (!genalloc_append(struct row, &x->r, &row))
		report_nomem();
}

static int
compare(const char *a, size_t n, const char *b, size_t m)
{
	int r = memcmp(a, b, n < m ? n : m);

	return r ? r : n < m ? -1 : n > m;
}

/* qsort has no argument to hand on: the text that keys are offsets of. */
static const char *sorting;

static int
by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int r = compare(sorting + x->key, x->keylen, sorting + y->key,
	    y->keylen);

	return r ? r : x->key < y->key ? -1 : x->key > y->key;
}

/* Of rows with the same key the first one counts, as with postmap(1). */
static void
sort(struct rows *x, struct report *r)
{
	struct row *p = genalloc_s(struct row, &x->r);
	size_t n = genalloc_len(struct row, &x->r), i, w = 0;
	stralloc m = STRALLOC_ZERO;

	sorting = x->s.s;
	if (n)
		qsort(p, n, sizeof *p, by_key);
	for (i = 0; i < n; i++) {
		if (w && !compare(x->s.s + p[w - 1].key, p[w - 1].keylen,
		    x->s.s + p[i].key, p[i].keylen)) {
			if (p[w - 1].p.file != p[i].p.file)
				continue;
			m.len = 0;
			report_where(&m, &p[w - 1].p);
			if (!stralloc_0(&m))
				report_nomem();
			report_warning(r, &p[i].p,
			    "this key is there before, at ", m.s,
			    "; that one counts");
			continue;
		}
		p[w++] = p[i];
	}
	genalloc_setlen(struct row, &x->r, w);
	stralloc_free(&m);
}

void
rows_load(struct rows *x, enum rows_kind kind, struct report *r,
    const char *path, const char *s, size_t n)
{
	stralloc sa = STRALLOC_ZERO;
	struct text_line l = TEXT_LINE_ZERO;
	struct place p = { path, 0, 0 };
	struct text t;
	int e;

	if (!s) {
		if (conf_slurp(&sa, path, ROWS_FILE_OCTETS) < 0) {
			if (errno != ENOENT)
				report_error(r, &p, "unable to read: ",
				    strerror(errno));
			stralloc_free(&sa);
			return;
		}
		s = sa.s;
		n = sa.len;
	}
	text_open(&t, s, n);
	while ((e = text_next(&t, &l))) {
		if (e > 0) {
			add(x, kind, r, path, &l);
			continue;
		}
		if (!t.error)
			report_nomem();
		p.line = t.errline;
		p.col = t.errcol;
		report_error(r, &p, t.error);
	}
	sort(x, r);
	text_line_free(&l);
	stralloc_free(&sa);
}

void
rows_free(struct rows *x)
{
	stralloc_free(&x->s);
	genalloc_free(struct row, &x->r);
}

const struct row *
rows_find(const struct rows *x, const char *key, size_t n)
{
	const struct row *p = genalloc_s(struct row, &x->r);
	size_t lo = 0, hi = genalloc_len(struct row, &x->r), mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = compare(key, n, x->s.s + p[mid].key, p[mid].keylen);
		if (!c)
			return p + mid;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}
