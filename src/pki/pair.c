#include "pki/pair.h"

#include <string.h>
#include <strings.h>

#include "pki/cert.h"
#include "pki/pem.h"

static const char no_memory[] = "out of memory";

size_t
pairs_n(const struct pairs *p)
{
	return genalloc_len(struct pair, &p->v);
}

struct pair *
pairs_at(const struct pairs *p, size_t i)
{
	return genalloc_s(struct pair, &p->v) + i;
}

void
pairs_free(struct pairs *p)
{
	size_t i;

	for (i = 0; i < pairs_n(p); i++) {
		key_free(&pairs_at(p, i)->key);
		stralloc_free(&pairs_at(p, i)->der);
	}
	genalloc_free(struct pair, &p->v);
}

/* What the objects of a file are added to. */
struct adding {
	struct pairs *p;
	unsigned int file;
	const char *why;
	int any;
	const char *s;		/* the whole file, of n octets */
	size_t n;
};

static const char *
add_key(struct pairs *p, unsigned int file, const struct pem *o)
{
	br_skey_decoder_context d;
	struct pair x;
	int r;

	memset(&x, 0, sizeof x);
	x.file = x.certfile = file;
	br_skey_decoder_init(&d);
	br_skey_decoder_push(&d, o->s, o->n);
	r = key_copy(&x.key, &d);
	key_wipe(&d, sizeof d);
	if (!r)
		return no_memory;
	if (r < 0)
		return "a private key that is neither RSA nor on the curves "
		    "P-256, P-384, P-521";
	if (pairs_n(p) == PAIRS || !genalloc_append(struct pair, &p->v, &x)) {
		key_free(&x.key);
		return pairs_n(p) == PAIRS ? "too many keys" : no_memory;
	}
	return 0;
}

static const char *
add_cert(struct pairs *p, unsigned int file, const struct pem *o)
{
	struct pair *x;
	struct cert c;

	if (!pairs_n(p))
		return "a certificate with no private key before it";
	if (cert_scan(&c, o->s, o->n) < 0)
		return "a certificate that makes no sense";
	x = pairs_at(p, pairs_n(p) - 1);
	if (x->n == PAIR_CERTS)
		return "too many certificates behind a key";
	if (!stralloc_catb(&x->der, (const char *)o->s, o->n))
		return no_memory;
	if (!x->n)
		x->certfile = file;
	x->len[x->n++] = o->n;
	return 0;
}

static int
is(const char *name, const char *what)
{
	return !strcasecmp(name, what);
}

/* Encrypted in the older of the two ways: with headers, which is no PEM. */
static int
isencrypted(const struct adding *a, const struct pem *o)
{
	static const char word[] = "\nProc-Type: 4,ENCRYPTED";
	size_t i, n = sizeof word - 1;

	if (!is(o->name, "RSA PRIVATE KEY") && !is(o->name, "EC PRIVATE KEY"))
		return 0;
	for (i = 0; i + n <= a->n; i++)
		if (!memcmp(a->s + i, word, n))
			return 1;
	return 0;
}

static int
add(void *arg, const struct pem *o)
{
	struct adding *a = arg;

	a->any = 1;
	if (is(o->name, "ENCRYPTED PRIVATE KEY") ||
	    (o->why && isencrypted(a, o)))
		a->why = "a private key that is encrypted: nobody is there to "
		    "type its passphrase";
	else if (o->why)
		a->why = o->why;
	else if (pem_iscert(o))
		a->why = add_cert(a->p, a->file, o);
	else if (is(o->name, "PRIVATE KEY") || is(o->name, "RSA PRIVATE KEY") ||
	    is(o->name, "EC PRIVATE KEY"))
		a->why = add_key(a->p, a->file, o);
	/* parameters, requests: not ours */
	return a->why ? -1 : 0;
}

int
pairs_add(struct pairs *p, unsigned int file, const char *s, size_t n,
    const char **why)
{
	struct adding a = { p, file, 0, 0, s, n };

	pem_each(s, n, add, &a);
	if (!a.any)
		a.why = "no PEM object";
	*why = a.why;
	return a.why ? -1 : 1;
}

int
pair_check(const struct pair *x, int64_t now, const char **why,
    unsigned int *file)
{
	const unsigned char *der = (const unsigned char *)x->der.s;
	struct cert c;
	int r;

	*file = x->file;
	*why = "no certificate follows the private key";
	if (!x->n)
		return -1;
	*file = x->certfile;
	r = key_fits(&x->key, der, x->len[0]);
	*why = r < 0 ? "a certificate whose key makes no sense" :
	    "the private key does not fit the certificate";
	if (r <= 0 || cert_scan(&c, der, x->len[0]) < 0)
		return -1;
	*why = "the certificate has expired";
	if (now >= c.until)
		return 0;
	*why = "the certificate is not valid yet";
	if (now < c.from)
		return 0;
	*why = "the certificate expires within 14 days";
	return now <= c.until - PAIR_SOON_S;
}
