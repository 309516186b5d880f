#include "pneu-tls/bearssl-internal.h"

#include <string.h>

#define RAW 0xff00		/* "a hash follows", with its number */

static struct engine *
engine_of(const br_ssl_server_policy_class **p)
{
	return ((struct policy *)(void *)p)->e;
}

/* The hash for a signature, of those that the client takes (bit: number). */
static unsigned int
choose_hash(unsigned int hashes)
{
	static const unsigned char best[] = { br_sha256_ID, br_sha384_ID,
	    br_sha512_ID, br_sha224_ID, br_sha1_ID };
	size_t i;

	for (i = 0; i < sizeof best; i++)
		if (hashes >> best[i] & 1)
			return best[i];
	return 0;
}

static int
take(struct engine *e, const struct chain *c, br_ssl_server_choices *to,
    uint16_t suite, unsigned int hash)
{
	size_t i;

	for (i = 0; i < c->c.n; i++) {
		e->certs[i].data = (unsigned char *)(size_t)c->c.cert[i].s;
		e->certs[i].data_len = c->c.cert[i].n;
	}
	memcpy(e->ask.print, c->c.print, sizeof e->ask.print);
	to->cipher_suite = suite;
	to->algo_id = RAW + hash;
	to->chain = e->certs;
	to->chain_len = c->c.n;
	e->chose = 1;
	return 1;
}

/* The first suite of the client's for which there are a chain and a hash.
 * Those are in bits 0..7 for RSA, 8..15 for ECDSA. */
static int
find(struct engine *e, const br_ssl_server_context *cc,
    br_ssl_server_choices *to, int any)
{
	const char *sni = br_ssl_engine_get_server_name(&cc->eng);
	unsigned int hashes = br_ssl_server_get_client_hashes(cc);
	const br_suite_translated *st;
	const struct chain *c;
	enum key_type type;
	unsigned int hash;
	size_t i, n;

	st = br_ssl_server_get_client_suites(cc, &n);
	for (i = 0; i < n; i++) {
		if (st[i][1] >> 12 == BR_SSLKEYX_ECDHE_ECDSA)
			type = KEY_EC;
		else if (st[i][1] >> 12 == BR_SSLKEYX_ECDHE_RSA)
			type = KEY_RSA;
		else
			continue;
		c = any ? chains_any(e->chains, type) :
		    chains_choose(e->chains, sni ? sni : "", type);
		hash = choose_hash(type == KEY_EC ? hashes >> 8 :
		    hashes & 0xff);
		if (c && hash)
			return take(e, c, to, st[i][0], hash);
	}
	return 0;
}

static int
choose(const br_ssl_server_policy_class **p, const br_ssl_server_context *cc,
    br_ssl_server_choices *to)
{
	struct engine *e = engine_of(p);

	if (cache_find(&e->cache)) {
		e->again = 1;
		return 0;
	}
	return find(e, cc, to, 0) || find(e, cc, to, 1);
}

/* Suites of this kind are not offered. */
static uint32_t
do_keyx(const br_ssl_server_policy_class **p, unsigned char *data,
    size_t *len)
{
	return 0;
}

static size_t
do_sign(const br_ssl_server_policy_class **p, unsigned int algo,
    unsigned char *data, size_t n, size_t max)
{
	struct engine *e = engine_of(p);

	if (algo < RAW || n != key_hashlen((int)(algo - RAW)))
		return 0;
	if (e->siglen && n == e->ask.n && !memcmp(data, e->ask.digest, n) &&
	    e->siglen <= max) {
		memcpy(data, e->sig, e->siglen);
		return e->siglen;
	}
	if (e->refused || e->siglen)
		return 0;
	e->ask.hash = (int)(algo - RAW);
	e->ask.n = n;
	memcpy(e->ask.digest, data, n);
	e->asks = 1;
	return 0;
}

const br_ssl_server_policy_class policy_class = {
	sizeof(struct policy), choose, do_keyx, do_sign
};
