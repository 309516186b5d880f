/* Whom a certificate is for. */
#include "pki/cert.h"

#include <string.h>
#include <strings.h>

#define NAME_DNS 0x82		/* of a GeneralName, RFC 5280 4.2.1.6 */
#define TEXT_OCTETS 128		/* of a name in the log */

static int
isname(const struct der *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		unsigned char c = d->s[i];

		if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' &&
		    (c | 32) <= 'z') || (c && strchr("-_.*", c))))
			return 0;
	}
	return d->n > 0;
}

static int
next(const struct cert *c, size_t *pos, struct der *name)
{
	struct der d = c->names;
	unsigned int tag;

	if (!d.s || *pos > d.n)
		return 0;
	d.s += *pos;
	d.n -= *pos;
	while (der_next(&d, &tag, name, 0) > 0) {
		*pos = (size_t)(d.s - c->names.s);
		if (tag == NAME_DNS)
			return 1;
	}
	return 0;
}

int
cert_dnsname(const struct cert *c, size_t *pos, struct der *name)
{
	while (next(c, pos, name))
		if (isname(name))
			return 1;
	return 0;
}

int
cert_hasdnsname(const struct cert *c)
{
	struct der name;
	size_t pos = 0;

	return next(c, &pos, &name);
}

static int
same(const unsigned char *a, size_t n, const char *b, size_t m)
{
	return n == m && !strncasecmp((const char *)a, b, n);
}

int
cert_ishost(const struct der *name, const char *host, size_t n)
{
	const char *dot;

	if (n && host[n - 1] == '.')
		n--;
	if (!n || memchr(host, '*', n))
		return 0;
	if (name->n > 2 && name->s[0] == '*' && name->s[1] == '.') {
		dot = memchr(host, '.', n);
		/* not "*.org" for all that ends so */
		if (!dot || dot == host ||
		    !memchr(name->s + 2, '.', name->n - 2))
			return 0;
		return same(name->s + 1, name->n - 1, dot,
		    n - (size_t)(dot - host));
	}
	return !memchr(name->s, '*', name->n) &&
	    same(name->s, name->n, host, n);
}

/* The name is below host, which begins with a dot: any number of labels, as
 * Postfix's smtp_tls_verify_cert_match has it. */
static int
isbelow(const struct der *name, const char *host, size_t n)
{
	size_t at = 0;

	if (name->n > 2 && name->s[0] == '*' && name->s[1] == '.')
		at = 1;
	if (name->n - at < n || (name->n - at == n && !at) ||
	    memchr(name->s + at, '*', name->n - at))
		return 0;
	return same(name->s + name->n - n, n, host, n);
}

int
cert_isfor(const struct cert *c, const char *host)
{
	size_t n = strlen(host), pos = 0;
	struct der name;
	int has = 0;

	if (host[0] == '.' && n && host[n - 1] == '.')
		n--;
	if (n < 2)
		return 0;
	while (cert_dnsname(c, &pos, &name)) {
		has = 1;
		if (host[0] == '.' ? isbelow(&name, host, n) :
		    cert_ishost(&name, host, n))
			return 1;
	}
	if (has || cert_hasdnsname(c) || !c->cn.s || !isname(&c->cn))
		return 0;
	return host[0] == '.' ? isbelow(&c->cn, host, n) :
	    cert_ishost(&c->cn, host, n);
}

/* The last value of the Name: the common name, or what stands for it. */
int
cert_nametext(stralloc *sa, const struct der *name)
{
	static const unsigned char cn[] = { 0x55, 0x04, 0x03 };
	struct der d = *name, all, set, pair, oid, value, last = { 0, 0 };
	unsigned int tag;
	size_t i;
	int iscn = 0;

	if (der_want(&d, DER_SEQUENCE, &all, 0) > 0)
		while (der_want(&all, DER_SET, &set, 0) > 0)
			if (der_want(&set, DER_SEQUENCE, &pair, 0) > 0 &&
			    der_want(&pair, DER_OID, &oid, 0) > 0 &&
			    der_next(&pair, &tag, &value, 0) > 0 &&
			    (!iscn || der_is(&oid, cn, sizeof cn))) {
				last = value;
				iscn = der_is(&oid, cn, sizeof cn);
			}
	if (!last.s)
		return stralloc_cats(sa, "an unnamed certificate");
	if (!stralloc_cats(sa, iscn ? "/CN=" : "/"))
		return 0;
	for (i = 0; i < last.n && i < TEXT_OCTETS; i++) {
		char c = (char)last.s[i];

		if (c < 32 || c > 126)
			c = '?';
		if (!stralloc_append(sa, c))
			return 0;
	}
	return 1;
}
