/* Rows of tls_policy, by a table of what they say. */
#include "tlspolicy/tlspolicy.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

#define F64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define F95 "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:" \
	"01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"

static const struct {
	const char *row;
	const char *want;	/* level, names by spaces, [servername] */
	size_t at;		/* or, if want is 0, where it is wrong */
} rows[] = {
	{ "none", "none", 0 },
	{ "may", "may", 0 },
	{ " ENCRYPT ", "encrypt", 0 },
	{ "dane", "dane", 0 },
	{ "dane-only", "dane-only", 0 },
	{ "verify", "verify", 0 },
	{ "secure", "secure", 0 },
	{ "secure match=a.test", "secure a.test", 0 },
	{ "secure match=a.test:.b.test:nexthop",
	    "secure a.test .b.test nexthop", 0 },
	{ "verify match=hostname, match=x.test", "verify hostname x.test", 0 },
	{ "encrypt servername=x.test", "encrypt [x.test]", 0 },
	{ "fingerprint match=" F64, "fingerprint " F64, 0 },
	{ "fingerprint match=" F95 "|" F64, "fingerprint " F95 " " F64, 0 },
	{ "fingerprint fingerprint=" F64 " match=" F64,
	    "fingerprint " F64 " " F64, 0 },
	{ "", 0, 0 },
	{ "maybe", 0, 0 },
	{ "may match=a.test", 0, 4 },
	{ "may x", 0, 4 },
	{ "secure match=", 0, 13 },
	{ "secure match=a.test:", 0, 20 },
	{ "secure match=a.test:b..test", 0, 20 },
	{ "secure fingerprint=" F64, 0, 7 },
	{ "secure  ciphers=high", 0, 8 },
	{ "secure tafile=/x", 0, 7 },
	{ "encrypt protocols=!SSLv2", 0, 8 },
	{ "encrypt servername=-..", 0, 19 },
	{ "fingerprint", 0, 0 },
	{ "fingerprint match=ab:cd", 0, 18 },
	{ "fingerprint match=" F64 "|" F64 "0", 0, 83 },
	{ "verify match=a:a:a:a:a:a:a:a:a:a:a:a:a:a:a:a", "verify a a a a a a "
	    "a a a a a a a a a a", 0 },
	{ "verify match=a:a:a:a:a:a:a:a:a:a:a:a:a:a:a:a:b", 0, 45 },
};

static void
scan(size_t i)
{
	struct tlspolicy p;
	const char *why = 0;
	char got[1000], row[500];
	size_t at = 0, k, n = strlen(rows[i].row);
	int r, len;

	memcpy(row, rows[i].row, n);		/* no NUL behind it */
	row[n] = '7';
	r = tlspolicy_scan(&p, row, n, &why, &at);
	if (r < 0) {
		ok(!rows[i].want && why && at == rows[i].at,
		    "\"%s\": %s at %zu", rows[i].row, why ? why : "?", at);
		return;
	}
	len = snprintf(got, sizeof got, "%s", tlspolicy_name(p.level));
	for (k = 0; k < p.n; k++)
		len += snprintf(got + len, sizeof got - (size_t)len, " %.*s",
		    (int)p.match[k].n, p.match[k].s);
	if (p.servername.n)
		snprintf(got + len, sizeof got - (size_t)len, " [%.*s]",
		    (int)p.servername.n, p.servername.s);
	ok(rows[i].want && !strcmp(got, rows[i].want), "\"%s\": %s",
	    rows[i].row, got);
}

static const struct {
	const char *dest, *want;
} keys[] = {
	{ "a.b.test", "a.b.test .b.test .test" },
	{ "test", "test" },
	{ "[a.b.test]", "[a.b.test]" },
	{ "[a.b.test]:587", "[a.b.test]:587" },
	{ "a.b.test:587", "a.b.test:587" },
	{ "[192.0.2.1]", "[192.0.2.1]" },
};

static void
key(size_t i)
{
	const char *k = 0;
	char got[200] = "";

	while ((k = tlspolicy_key(keys[i].dest, k))) {
		if (*got)
			strcat(got, " ");
		strcat(got, k);
	}
	ok(!strcmp(got, keys[i].want), "%s: %s", keys[i].dest, got);
}

static const struct {
	const char *s;
	int is;
} iskeys[] = {
	{ "a.test", 1 }, { ".a.test", 1 }, { "[a.test]", 1 },
	{ "[a.test]:25", 1 }, { "a.test:25", 1 }, { "[::1]", 1 },
	{ "a@a.test", 0 }, { ".", 0 }, { "..a", 0 }, { "", 0 },
	{ "lmtp:unix:/x", 0 }, { "*", 0 }
};

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		scan(i);
	for (i = 0; i < sizeof keys / sizeof keys[0]; i++)
		key(i);
	for (i = 0; i < sizeof iskeys / sizeof iskeys[0]; i++)
		ok(tlspolicy_iskey(iskeys[i].s, strlen(iskeys[i].s)) ==
		    iskeys[i].is, "key %s: %d", iskeys[i].s, iskeys[i].is);
	return tap_end();
}
