#include "pneu-conf/rows.h"

#include <string.h>
#include <skalibs/bytestr.h>

#include "alias/target.h"
#include "mail/address.h"

/* What stands before the first colon that is not quoted. */
const char *
rows_scanalias(const struct text_line *l, size_t *keylen, size_t *value)
{
	const char *s = l->s.s;
	size_t n = l->s.len, i;
	int quoted = 0;

	for (i = 0; i < n && (quoted || s[i] != ':'); i++) {
		if (s[i] == '\\' && i + 1 < n)
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
	}
	*keylen = *value = i < n ? i : 0;
	if (quoted)
		return "this quote has no end";
	if (i >= n)
		return "expected name: and what it stands for";
	while (*keylen && (s[*keylen - 1] == ' ' || s[*keylen - 1] == '\t'))
		--*keylen;
	for (i++; i < n && (s[i] == ' ' || s[i] == '\t'); i++)
		;
	if (!*keylen) {
		*value = 0;
		return "expected a name before the :";
	}
	*value = i;
	return 0;
}

/* The key, an address with a domain or without, as it is looked up: local
 * part as it is meant. Returns 0, or what is wrong. */
static const char *
take_key(struct rows *x, struct row *row)
{
	stralloc local = STRALLOC_ZERO;
	size_t keylen = row->keylen;
	struct address a;
	int wide;

	if (address_scan8(&a, x->s.s + row->key, row->keylen) < 0 || !a.at)
		return "not a name";
	if (!address_local(&local, a.s, a.at) ||
	    !stralloc_catb(&local, a.s + a.at, a.len - a.at))
		report_nomem();
	if (local.len <= row->keylen) {
		memcpy(x->s.s + row->key, local.s, local.len);
		row->keylen = local.len;
	}
	wide = local.len > keylen;
	stralloc_free(&local);
	return wide ? "expected A-labels" : 0;
}

/* "@domain" and "@.domain" stand for all the rest there. */
static int
isrest(const struct rows *x, const struct row *row, const char **e)
{
	const char *s = x->s.s + row->key;
	size_t n = row->keylen;

	if (*s != '@')
		return 0;
	s++, n--;
	if (n && *s == '.')
		s++, n--;
	*e = address_isdomain(s, n) ? 0 : "expected a domain after the @";
	return 1;
}

/* The row's value becomes texts of targets. Returns 0, or what is wrong. */
static const char *
take_targets(struct rows *x, struct row *row, int how)
{
	struct target_walk w = TARGET_WALK(x->s.s + row->value, row->valuelen,
	    how);
	stralloc out = STRALLOC_ZERO;
	struct target t;
	const char *e = 0;
	int r;

	while ((r = target_next(&w, &t)) > 0)
		if ((out.len && !stralloc_append(&out, '\n')) ||
		    !stralloc_catb(&out, t.s, t.n))
			report_nomem();
	if (r < 0) {
		if (!w.error)
			report_nomem();
		e = w.error;
		x->bad = row->value - row->key + w.errat;
	}
	target_walk_free(&w);
	row->value = x->s.len;
	row->valuelen = out.len;
	if (!stralloc_catb(&x->s, out.s, out.len))
		report_nomem();
	stralloc_free(&out);
	return e;
}

const char *
rows_checkalias(struct rows *x, struct row *row)
{
	const char *e;

	if (!isrest(x, row, &e))
		e = take_key(x, row);
	if (!e)
		e = take_targets(x, row, TARGET_DOMAIN);
	if (!e && !row->valuelen) {
		x->warn = 1;
		return "stands for nothing, so it is passed over";
	}
	return e;
}

const char *
rows_checkvirtual(struct rows *x, struct row *row)
{
	const char *s = x->s.s + row->key, *e;
	size_t n = row->keylen;
	int isdomain = memchr(s, '.', n) && address_isdomain(s, n);

	if (!isrest(x, row, &e) && (e = take_key(x, row)))
		return "expected an address, @domain, or a domain";
	if (!e && !row->valuelen)
		return "expected what it stands for";
	if (!e)
		e = take_targets(x, row, TARGET_DOMAIN);
	if (e && isdomain) {	/* any text says that the domain is ours */
		row->valuelen = 0;
		e = 0;
	}
	return e;
}

const char *
rows_checkmap(struct rows *x, struct row *row)
{
	const char *e, *v;

	if (!isrest(x, row, &e))
		e = take_key(x, row);
	if (!e)
		e = take_targets(x, row, TARGET_DOMAIN);
	if (e)
		return e;
	v = x->s.s + row->value;
	if (!row->valuelen || memchr(v, '\n', row->valuelen) ||
	    target_kind(v, row->valuelen) != TARGET_ADDRESS)
		return "expected one address, or @domain";
	return 0;
}

size_t
bcc_keylen(const char *key, size_t n)
{
	const char *nl = memchr(key, '\n', n);

	return nl ? (size_t)(nl - key) : n;
}

static int
isword(const struct rows *x, const struct row *row, const char *word)
{
	return row->keylen == strlen(word) &&
	    !memcmp(x->s.s + row->key, word, row->keylen);
}

/* The row's value is an address, which becomes its text as a target. */
static const char *
take_address(struct rows *x, struct row *row)
{
	const char *e = take_targets(x, row, 0);

	if (e)
		return e;
	if (!row->valuelen || memchr(x->s.s + row->value, '\n',
	    row->valuelen) || target_kind(x->s.s + row->value,
	    row->valuelen) != TARGET_ADDRESS)
		return "expected one address, of whom gets a copy";
	return 0;
}

/* The value's first word becomes the key, what follows the value. */
static const char *
divide(struct rows *x, struct row *row)
{
	struct text_line l = TEXT_LINE_ZERO;
	size_t n, rest;
	const char *e;

	l.s.s = x->s.s + row->value;
	l.s.len = row->valuelen;
	text_row_scan(&l, &n, &rest);
	x->bad = row->value - row->key;
	row->key = row->value;
	row->keylen = n;
	row->value += rest;
	row->valuelen -= rest;
	case_lowerb(x->s.s + row->key, n);
	return isrest(x, row, &e) ? e : n && !take_key(x, row) ? 0 :
	    "expected an address or @domain, then who gets a copy";
}

const char *
rows_checkbcc(struct rows *x, struct row *row)
{
	size_t from = row->key, at;
	char kind = 'a';
	const char *e = 0;

	x->bad = 0;
	if (!isword(x, row, "always")) {
		if (!isword(x, row, "sender") && !isword(x, row, "recipient"))
			return "expected always, sender or recipient";
		kind = x->s.s[row->key];
		e = divide(x, row);
	} else
		row->keylen = 0;
	if (e)
		return e;
	x->bad = row->value - from;
	at = row->value;
	e = take_address(x, row);
	if (e) {
		x->bad = at - from;
		return e;
	}
	at = x->s.len;
	if (!stralloc_readyplus(&x->s, row->keylen + row->valuelen + 2))
		report_nomem();
	stralloc_append(&x->s, kind);
	stralloc_catb(&x->s, x->s.s + row->key, row->keylen);
	stralloc_append(&x->s, '\n');
	stralloc_catb(&x->s, x->s.s + row->value, row->valuelen);
	row->key = at;
	row->keylen = x->s.len - at;
	row->value = x->s.len;
	row->valuelen = 0;
	return 0;
}
