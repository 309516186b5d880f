#include <skalibs/nonposix.h>

#include "pneu-key/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pki/cert.h"
#include "pneu-key/pss.h"
#include "run/log.h"

void
keys_init(struct keys *k)
{
	memset(k, 0, sizeof *k);
}

size_t
keys_n(const struct keys *k)
{
	return pairs_n(&k->now);
}

static const struct key_print *
print_at(const struct keys *k, size_t i)
{
	return genalloc_s(struct key_print, &k->prints) + i;
}

void
keys_begin(struct keys *k)
{
	while (k->nnames)
		free((char *)k->names[--k->nnames]);
	pairs_free(&k->next);
	k->torn = 0;
}

void
keys_file(struct keys *k, const char *name, const char *s, size_t n,
    const char *error)
{
	const char *why = error;
	char *own;

	if (k->nnames == KEYS_FILES || !(own = strdup(name))) {
		k->torn = 1;
		return;
	}
	k->names[k->nnames++] = own;
	if (!why && pairs_add(&k->next, (unsigned int)k->nnames - 1, s, n,
	    &why) > 0)
		return;
	log_warn("unable to use ", name, ": ", why);
	k->torn = 1;
}

static int
print_of(const struct pair *x, struct key_print *p)
{
	struct cert c;

	if (!x->n || cert_scan(&c, (const unsigned char *)x->der.s,
	    x->len[0]) < 0)
		return 0;
	cert_spkiprint(p->s, &c);
	return 1;
}

/* Is the same in force already? */
static int
isold(const struct keys *k, const struct pair *x)
{
	size_t i;

	for (i = 0; i < pairs_n(&k->now); i++) {
		const struct pair *y = pairs_at(&k->now, i);

		if (y->der.len == x->der.len &&
		    !memcmp(y->der.s, x->der.s, x->der.len))
			return 1;
	}
	return 0;
}

static void
drop(struct pair *x)
{
	key_free(&x->key);
	stralloc_free(&x->der);
	x->n = 0;
}

/* Judge pair i of the new set; one that is of no use gives its place to what
 * was there. Returns 1 if it is new. */
static int
judge(struct keys *k, size_t i, int64_t now)
{
	struct pair *x = pairs_at(&k->next, i), *old = i < pairs_n(&k->now) ?
	    pairs_at(&k->now, i) : 0;
	unsigned int file;
	const char *why;
	int r = pair_check(x, now, &why, &file);

	if (r < 0) {
		log_warn(k->names[file], ": ", why, old && old->n ?
		    "; the former pair stays in force" : "; it is not used");
		drop(x);
		if (old) {
			*x = *old;
			memset(old, 0, sizeof *old);
		}
		return 0;
	}
	if (isold(k, x))
		return 0;
	if (!r)
		log_warn(k->names[file], ": ", why);
	return 1;
}

/* Take those without a certificate out, and note whose the others are. */
static void
tidy(struct keys *k)
{
	struct pair *v = genalloc_s(struct pair, &k->now.v);
	struct key_print p;
	size_t i, n = 0;

	genalloc_setlen(struct key_print, &k->prints, 0);
	for (i = 0; i < pairs_n(&k->now); i++) {
		if (!print_of(&v[i], &p) ||
		    !genalloc_append(struct key_print, &k->prints, &p))
			drop(&v[i]);
		else
			v[n++] = v[i];
	}
	genalloc_setlen(struct pair, &k->now.v, n);
}

int
keys_end(struct keys *k, int64_t now)
{
	size_t i, had = keys_n(k);
	struct pairs was;
	char fmt[32];
	int new = 0;

	/* of files that could not be read whole nobody knows which pair is
	 * in which place */
	if (k->torn && had) {
		log_warn("the private keys and certificates stay as they were");
		pairs_free(&k->next);
		return 0;
	}
	for (i = 0; i < pairs_n(&k->next); i++)
		new |= judge(k, i, now);
	was = k->now;
	k->now = k->next;
	memset(&k->next, 0, sizeof k->next);
	tidy(k);
	new |= keys_n(k) != had;
	pairs_free(new ? &k->former : &was);
	if (new)
		k->former = was;
	if (new) {
		snprintf(fmt, sizeof fmt, "%zu", keys_n(k));
		log_info("private keys with certificates in force: ", fmt);
	}
	return new;
}

void
keys_forget(struct keys *k)
{
	pairs_free(&k->former);
}

void
keys_chain(const struct keys *k, size_t i, struct key_chain *c)
{
	const struct pair *x = pairs_at(&k->now, i);
	const unsigned char *s = (const unsigned char *)x->der.s;

	memset(c, 0, sizeof *c);
	c->type = x->key.type == BR_KEYTYPE_RSA ? KEY_RSA : KEY_EC;
	memcpy(c->print, print_at(k, i)->s, sizeof c->print);
	for (; c->n < x->n; c->n++) {
		c->cert[c->n].s = s;
		c->cert[c->n].n = x->len[c->n];
		s += x->len[c->n];
	}
}

static const struct key *
find(const struct keys *k, const unsigned char *print)
{
	struct key_print p;
	size_t i;

	for (i = 0; i < keys_n(k); i++)
		if (!memcmp(print_at(k, i)->s, print, KEY_PRINT_OCTETS))
			return &pairs_at(&k->now, i)->key;
	for (i = 0; i < pairs_n(&k->former); i++)
		if (print_of(pairs_at(&k->former, i), &p) &&
		    !memcmp(p.s, print, KEY_PRINT_OCTETS))
			return &pairs_at(&k->former, i)->key;
	return 0;
}

static const unsigned char *
oid(int hash)
{
	switch (hash) {
	case KEY_SHA1: return BR_HASH_OID_SHA1;
	case KEY_SHA224: return BR_HASH_OID_SHA224;
	case KEY_SHA256: return BR_HASH_OID_SHA256;
	case KEY_SHA384: return BR_HASH_OID_SHA384;
	case KEY_SHA512: return BR_HASH_OID_SHA512;
	}
	return 0;
}

static const br_hash_class *
class(int hash)
{
	switch (hash) {
	case KEY_SHA1: return &br_sha1_vtable;
	case KEY_SHA224: return &br_sha224_vtable;
	case KEY_SHA256: return &br_sha256_vtable;
	case KEY_SHA384: return &br_sha384_vtable;
	case KEY_SHA512: return &br_sha512_vtable;
	}
	return 0;
}

/* By PSS, with a salt as long as the hash (RFC 8446 4.2.3). */
static int
sign_pss(const br_rsa_private_key *key, const struct key_ask *a,
    unsigned char *sig)
{
	unsigned char salt[KEY_DIGEST_OCTETS];

	return class(a->hash) && getentropy(salt, a->n) == 0 &&
	    pss_encode(sig, key->n_bitlen, class(a->hash), a->digest, salt) &&
	    br_rsa_private_get_default()(sig, key);
}

size_t
keys_sign(struct keys *k, const struct key_ask *a,
    unsigned char sig[KEY_SIGNATURE_OCTETS], const char **why)
{
	const struct key *key = find(k, a->print);
	size_t n;

	*why = "no such key";
	if (!key)
		return 0;
	*why = "the key cannot sign that";
	if (key->type == BR_KEYTYPE_EC) {
		if (!class(a->hash))
			return 0;
		return br_ecdsa_sign_asn1_get_default()(br_ec_get_default(),
		    class(a->hash), a->digest, &key->ec, sig);
	}
	n = (key->rsa.n_bitlen + 7) / 8;
	if (n > KEY_SIGNATURE_OCTETS)
		return 0;
	return (a->pss ? sign_pss(&key->rsa, a, sig) :
	    (int)br_rsa_pkcs1_sign_get_default()(oid(a->hash), a->digest, a->n,
	    &key->rsa, sig)) ? n : 0;
}
