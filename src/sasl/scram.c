#include "sasl/scram.h"

#include <string.h>
#include <skalibs/types.h>

#include "sasl/base64.h"
#include "sasl/scram-internal.h"

int
scram_attr(struct span *in, char letter, struct span *value)
{
	const char *comma;

	if (in->n < 2 || in->s[0] != letter || in->s[1] != '=')
		return -1;
	comma = memchr(in->s, ',', in->n);
	value->s = in->s + 2;
	value->n = (comma ? (size_t)(comma - in->s) : in->n) - 2;
	in->n -= value->n + 2 + (comma != 0);
	in->s += value->n + 2 + (comma != 0);
	return 1;
}

int
scram_isnonce(const struct span *x, size_t max)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (x->s[i] < 33 || x->s[i] > 126 || x->s[i] == ',')
			return 0;
	return x->n && x->n <= max;
}

int
scram_auth(stralloc *sa, const stralloc *first, const stralloc *reply,
    const struct span *last)
{
	return stralloc_copyb(sa, first->s, first->len) &&
	    stralloc_append(sa, ',') &&
	    stralloc_catb(sa, reply->s, reply->len) &&
	    stralloc_append(sa, ',') && stralloc_catb(sa, last->s, last->n);
}

int
scram_xor(char out[HASH_OCTETS], const char in[HASH_OCTETS],
    const char stored[HASH_OCTETS], const stralloc *auth)
{
	struct hmac key;
	char signature[HASH_OCTETS];
	size_t i;

	hmac_key(&key, stored, HASH_OCTETS);
	hmac_of(&key, signature, auth->s, auth->len);
	for (i = 0; i < HASH_OCTETS; i++)
		out[i] = (char)(in[i] ^ signature[i]);
	hash_wipe(&key, sizeof key);
	return 1;
}

/* A saslname: =2C is a comma, =3D is a =. With a NUL. */
static int
name(stralloc *sa, const struct span *x)
{
	size_t i;
	char c;

	sa->len = 0;
	for (i = 0; i < x->n; i++) {
		c = x->s[i];
		if (c == '=') {
			if (x->n - i < 3)
				return -1;
			if (!memcmp(x->s + i, "=2C", 3))
				c = ',';
			else if (memcmp(x->s + i, "=3D", 3))
				return -1;
			i += 2;
		}
		if (!c)
			return -1;
		if (!stralloc_append(sa, c))
			return 0;
	}
	return stralloc_0(sa);
}

/* "n," or "y,", "a=AUTHZID" or nothing, ",": RFC 5802 section 7. */
static int
gs2(struct scram *x, struct span *in)
{
	const char *from = in->s;
	struct span id = { 0, 0 };
	int r;

	if (in->n < 3 || (in->s[0] != 'n' && in->s[0] != 'y') ||
	    in->s[1] != ',')
		return -1;	/* p: channel binding, not offered */
	in->s += 2;
	in->n -= 2;
	if (in->s[0] == ',') {
		in->s++;
		in->n--;
	} else if (scram_attr(in, 'a', &id) < 0 || !id.n || !in->n)
		return -1;
	r = name(&x->authzid, &id);
	if (r <= 0)
		return r;
	return stralloc_copyb(&x->gs2, from, (size_t)(in->s - from));
}

int
scram_first(struct scram *x, const char *s, size_t n)
{
	struct span in = { s, n }, user, nonce;
	int r;

	if (n > SCRAM_MESSAGE_OCTETS)
		return -1;
	r = gs2(x, &in);
	if (r <= 0)
		return r;
	if (!stralloc_copyb(&x->first, in.s, in.n))
		return 0;
	/* "m=" would be an extension that must be understood */
	if (scram_attr(&in, 'n', &user) < 0 || !user.n ||
	    scram_attr(&in, 'r', &nonce) < 0 ||
	    !scram_isnonce(&nonce, SCRAM_CNONCE_OCTETS))
		return -1;
	r = name(&x->user, &user);
	if (r <= 0)
		return r;
	x->noncelen = nonce.n;
	return stralloc_copyb(&x->reply, "r=", 2) &&
	    stralloc_catb(&x->reply, nonce.s, nonce.n);
}

int
scram_challenge(struct scram *x, const struct verifier *v, const char *nonce,
    stralloc *out)
{
	char number[UINT32_FMT];

	x->nonce = 2;
	x->noncelen += strlen(nonce);
	return stralloc_cats(&x->reply, nonce) &&
	    stralloc_cats(&x->reply, ",s=") &&
	    base64_put(&x->reply, v->salt, v->saltlen) &&
	    stralloc_cats(&x->reply, ",i=") &&
	    stralloc_catb(&x->reply, number,
	    uint32_fmt(number, v->iterations)) &&
	    stralloc_catb(out, x->reply.s, x->reply.len);
}

/* Base 64 that decodes to exactly s[0..n). */
static int
decodes(const struct span *x, char *to, size_t n)
{
	stralloc sa = STRALLOC_ZERO;
	int r = base64_scan(&sa, x->s, x->n);

	if (r > 0 && sa.len != n)
		r = -1;
	if (r > 0)
		memcpy(to, sa.s, n);
	stralloc_free(&sa);
	return r;
}

/* The channel binding is the header of the first message, in base 64. */
static int
isbound(const struct scram *x, const struct span *c)
{
	stralloc sa = STRALLOC_ZERO;
	int r = base64_scan(&sa, c->s, c->n);

	if (r > 0 && (sa.len != x->gs2.len ||
	    memcmp(sa.s, x->gs2.s, sa.len)))
		r = -1;
	stralloc_free(&sa);
	return r;
}

/* Split client-final-message; the proof is its last attribute. */
static int
split(const struct scram *x, const char *s, size_t n, struct span *last,
    char proof[HASH_OCTETS])
{
	struct span in = { s, n }, c, nonce, p;
	size_t i;
	int r;

	if (n > SCRAM_MESSAGE_OCTETS || scram_attr(&in, 'c', &c) < 0 ||
	    scram_attr(&in, 'r', &nonce) < 0 || nonce.n != x->noncelen ||
	    memcmp(nonce.s, x->reply.s + x->nonce, nonce.n))
		return -1;
	for (i = n; i && s[i - 1] != ','; i--)
		;
	if (!i || i < (size_t)(in.s - s))
		return -1;
	p.s = s + i;
	p.n = n - i;
	if (p.n < 2 || p.s[0] != 'p' || p.s[1] != '=')
		return -1;
	p.s += 2;
	p.n -= 2;
	last->s = s;
	last->n = i - 1;
	r = isbound(x, &c);
	return r > 0 ? decodes(&p, proof, HASH_OCTETS) : r;
}

int
scram_final(struct scram *x, const struct verifier *v, const char *s,
    size_t n, stralloc *out)
{
	char key[HASH_OCTETS], stored[HASH_OCTETS], zero[HASH_OCTETS] = "";
	stralloc auth = STRALLOC_ZERO;
	struct span last;
	int r = split(x, s, n, &last, key);

	if (r <= 0)
		return r ? -1 : -2;
	if (!scram_auth(&auth, &x->first, &x->reply, &last)) {
		stralloc_free(&auth);
		return -2;
	}
	scram_xor(key, key, v->stored, &auth);
	hash_of(stored, key, sizeof key);
	r = hash_same(stored, v->stored, sizeof stored);
	if (r) {
		scram_xor(key, zero, v->server, &auth);
		if (!stralloc_cats(out, "v=") ||
		    !base64_put(out, key, sizeof key))
			r = -2;
	}
	stralloc_free(&auth);
	return r;
}

void
scram_free(struct scram *x)
{
	stralloc_free(&x->user);
	stralloc_free(&x->authzid);
	stralloc_free(&x->gs2);
	stralloc_free(&x->first);
	stralloc_free(&x->reply);
}
