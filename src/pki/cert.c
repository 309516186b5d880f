#include "pki/cert.h"

#include <string.h>
#include <skalibs/sha256.h>

static const unsigned char oid_names[] = { 0x55, 0x1d, 0x11 };
static const unsigned char oid_cn[] = { 0x55, 0x04, 0x03 };

/* Days from 1970-01-01 to the first of March of this year, and so on: the
 * civil calendar. */
static int64_t
days(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int
pair(const unsigned char *s)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return -1;
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* UTCTime or GeneralizedTime, always in Z (RFC 5280 4.1.2.5). */
static int
take_time(struct der *d, int64_t *to)
{
	struct der t;
	unsigned int tag;
	int v[6], i, year;

	if (der_next(d, &tag, &t, 0) <= 0)
		return -1;
	year = 0;
	if (tag == DER_GENERALTIME && t.n == 15) {
		if ((year = pair(t.s)) < 0)
			return -1;
		year *= 100;
		t.s += 2;
	} else if (tag != DER_UTCTIME || t.n != 13)
		return -1;
	for (i = 0; i < 6; i++)
		if ((v[i] = pair(t.s + 2 * i)) < 0)
			return -1;
	if (t.s[12] != 'Z')
		return -1;
	if (tag == DER_UTCTIME)
		year = v[0] < 50 ? 2000 : 1900;
	*to = days(year + v[0], v[1], v[2]) * 86400 + v[3] * 3600 +
	    v[4] * 60 + v[5];
	return 1;
}

/* The last common name of a Name. */
static void
find_cn(struct der name, struct der *cn)
{
	struct der set, pair, oid, value;
	unsigned int tag;

	cn->s = 0;
	cn->n = 0;
	while (der_want(&name, DER_SET, &set, 0) > 0)
		while (der_want(&set, DER_SEQUENCE, &pair, 0) > 0)
			if (der_want(&pair, DER_OID, &oid, 0) > 0 &&
			    der_next(&pair, &tag, &value, 0) > 0 &&
			    der_is(&oid, oid_cn, sizeof oid_cn))
				*cn = value;
}

static int
take_extensions(struct cert *c, struct der ext)
{
	struct der list, one, oid, value;
	unsigned int tag;

	if (der_want(&ext, DER_SEQUENCE, &list, 0) < 0)
		return -1;
	while (list.n) {
		if (der_want(&list, DER_SEQUENCE, &one, 0) < 0 ||
		    der_want(&one, DER_OID, &oid, 0) < 0)
			return -1;
		do		/* "critical" may stand between */
			if (der_next(&one, &tag, &value, 0) <= 0)
				return -1;
		while (tag != DER_OCTETS);
		if (der_is(&oid, oid_names, sizeof oid_names) &&
		    der_want(&value, DER_SEQUENCE, &c->names, 0) < 0)
			return -1;
	}
	return 1;
}

int
cert_scan(struct cert *c, const unsigned char *s, size_t n)
{
	struct der d = { s, n }, all, tbs, x, name;
	unsigned int tag;

	memset(c, 0, sizeof *c);
	if (n > CERT_OCTETS || der_want(&d, DER_SEQUENCE, &all, &c->whole) < 0 ||
	    d.n || der_want(&all, DER_SEQUENCE, &tbs, 0) < 0)
		return -1;
	if (tbs.n && tbs.s[0] == DER_CONTEXT(0) && der_next(&tbs, 0, 0, 0) < 0)
		return -1;
	if (der_want(&tbs, DER_INTEGER, 0, 0) < 0 ||
	    der_want(&tbs, DER_SEQUENCE, 0, 0) < 0 ||
	    der_want(&tbs, DER_SEQUENCE, 0, &c->issuer) < 0 ||
	    der_want(&tbs, DER_SEQUENCE, &x, 0) < 0 ||
	    take_time(&x, &c->from) < 0 || take_time(&x, &c->until) < 0 ||
	    der_want(&tbs, DER_SEQUENCE, &name, &c->subject) < 0 ||
	    der_want(&tbs, DER_SEQUENCE, 0, &c->spki) < 0)
		return -1;
	find_cn(name, &c->cn);
	while (tbs.n) {
		if (der_next(&tbs, &tag, &x, 0) < 0)
			return -1;
		if (tag == DER_CONTEXT(3) && take_extensions(c, x) < 0)
			return -1;
	}
	return 1;
}

void
cert_spkiprint(unsigned char print[CERT_PRINT_OCTETS], const struct cert *c)
{
	SHA256Schedule h = SHA256_INIT();

	sha256_update(&h, (const char *)c->spki.s, c->spki.n);
	sha256_final(&h, (char *)print);
}

void
cert_print(unsigned char print[CERT_PRINT_OCTETS], const struct cert *c)
{
	SHA256Schedule h = SHA256_INIT();

	sha256_update(&h, (const char *)c->whole.s, c->whole.n);
	sha256_final(&h, (char *)print);
}
