#include "pki/pair.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pki/cert.h"

#define OBJECT_OCTETS 65536	/* decoded, of one PEM object */

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

/* One object of a file, decoded. */
struct object {
	unsigned char s[OBJECT_OCTETS];
	size_t n;
	int over;
};

static void
append(void *to, const void *s, size_t n)
{
	struct object *o = to;

	if (n > sizeof o->s - o->n) {
		o->over = 1;
		return;
	}
	memcpy(o->s + o->n, s, n);
	o->n += n;
}

static const char *
add_key(struct pairs *p, unsigned int file, const struct object *o)
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
add_cert(struct pairs *p, unsigned int file, const struct object *o)
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

static const char *
add(struct pairs *p, unsigned int file, const char *name,
    const struct object *o)
{
	if (o->over)
		return "too large an object";
	if (is(name, "CERTIFICATE") || is(name, "X509 CERTIFICATE"))
		return add_cert(p, file, o);
	if (is(name, "PRIVATE KEY") || is(name, "RSA PRIVATE KEY") ||
	    is(name, "EC PRIVATE KEY"))
		return add_key(p, file, o);
	if (is(name, "ENCRYPTED PRIVATE KEY"))
		return "a private key that is encrypted: nobody is there to "
		    "type its passphrase";
	return 0;	/* parameters, requests: not ours */
}

int
pairs_add(struct pairs *p, unsigned int file, const char *s, size_t n,
    const char **why)
{
	struct object o;
	br_pem_decoder_context d;
	char name[64] = "";
	int last = 0, any = 0, inside = 0;
	size_t used;

	*why = 0;
	o.n = 0;
	br_pem_decoder_init(&d);
	while (!*why && (n || !last)) {
		if (!n) {	/* the last line may have no end */
			s = "\n";
			n = 1;
			last = 1;
		}
		used = br_pem_decoder_push(&d, s, n);
		s += used;
		n -= used;
		switch (br_pem_decoder_event(&d)) {
		case BR_PEM_BEGIN_OBJ:
			snprintf(name, sizeof name, "%.60s",
			    br_pem_decoder_name(&d));
			o.n = 0;
			o.over = 0;
			inside = 1;
			br_pem_decoder_setdest(&d, append, &o);
			break;
		case BR_PEM_END_OBJ:
			inside = 0;
			any = 1;
			*why = add(p, file, name, &o);
			break;
		case BR_PEM_ERROR:
			*why = "malformed PEM";
		}
	}
	key_wipe(&d, sizeof d);
	key_wipe(&o, sizeof o);
	if (!*why && inside)
		*why = "it ends within a PEM object";
	if (!*why && !any)
		*why = "no PEM object";
	return *why ? -1 : 1;
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
