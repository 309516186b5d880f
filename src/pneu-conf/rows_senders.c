#include "pneu-conf/rows.h"

#include <string.h>

#include "mail/address.h"

static int
ispattern(const char *s, size_t n)
{
	struct address a;

	if (n == 1 && *s == '*')
		return 1;
	if (n && *s == '@')
		return address_isdomain(s + 1, n - 1);
	return address_scan(&a, s, n) > 0 && a.at && a.at < a.len;
}

static int
isbetween(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

/* USER ADDRESS|@DOMAIN|* ...: divided by one space each. */
const char *
rows_checksenders(struct rows *x, struct row *row)
{
	char *s = x->s.s + row->value;
	size_t n = row->valuelen, i, len, w = 0;

	for (i = 0; i < n; i += len) {
		for (len = 0; i + len < n && !isbetween(s[i + len]); len++)
			;
		if (!len) {
			len = 1;
			continue;
		}
		x->bad = row->value + i - row->key;
		if (!ispattern(s + i, len))
			return "expected addresses, @domains, or *";
		if (w)
			s[w++] = ' ';
		memmove(s + w, s + i, len);
		w += len;
	}
	row->valuelen = w;
	return w ? 0 : "expected what this user may send as: addresses, "
	    "@domains, or *";
}
