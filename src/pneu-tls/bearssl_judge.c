#include "pneu-tls/bearssl-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/sha256.h>

static struct judge *
judge_of(const br_x509_class **p)
{
	return (struct judge *)(void *)p;
}

static void
start_chain(const br_x509_class **p, const char *name)
{
	struct judge *j = judge_of(p);

	j->chain.n = j->n = 0;
	j->error = 0;
	br_x509_decoder_init(&j->leaf, 0, 0);
	if (!j->s && !(j->s = malloc(X509_OCTETS)))
		j->error = BR_ERR_X509_LIMIT_EXCEEDED;
}

static void
start_cert(const br_x509_class **p, uint32_t n)
{
	struct judge *j = judge_of(p);

	if (j->chain.n == X509_CERTS || n > X509_OCTETS - j->n)
		j->error = BR_ERR_X509_LIMIT_EXCEEDED;
	if (j->error)
		return;
	j->chain.cert[j->chain.n].s = j->s + j->n;
	j->chain.cert[j->chain.n++].n = 0;
}

static void
append(const br_x509_class **p, const unsigned char *s, size_t n)
{
	struct judge *j = judge_of(p);

	if (j->error)
		return;
	if (n > X509_OCTETS - j->n) {
		j->error = BR_ERR_X509_LIMIT_EXCEEDED;
		return;
	}
	memcpy(j->s + j->n, s, n);
	j->n += n;
	j->chain.cert[j->chain.n - 1].n += n;
	if (j->chain.n == 1)
		br_x509_decoder_push(&j->leaf, s, n);
}

static void
end_cert(const br_x509_class **p)
{
}

static unsigned int
end_chain(const br_x509_class **p)
{
	struct judge *j = judge_of(p);
	struct engine *e = j->e;
	int ok = 0;

	if (!j->error && (!j->chain.n ||
	    !br_x509_decoder_get_pkey(&j->leaf)))
		j->error = j->chain.n ? BR_ERR_X509_UNSUPPORTED :
		    BR_ERR_X509_EMPTY_CHAIN;
	if (j->error)
		x509_why(j->got.why, bearssl_error(j->error),
		    &j->chain);
	else
		ok = x509_judge(&j->got, &j->ask, &j->chain, e->all->anchors,
		    j->now);
	free(j->s);
	j->s = 0;
	if (ok)
		return 0;
	snprintf(e->error, sizeof e->error, "%s", j->got.why);
	return j->error ? (unsigned int)j->error : BR_ERR_X509_NOT_TRUSTED;
}

/* Whatever the certificate says of its use: it is the server's key. */
static const br_x509_pkey *
get_pkey(const br_x509_class *const *p, unsigned int *usages)
{
	struct judge *j = (struct judge *)(size_t)p;

	if (usages)
		*usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
	return br_x509_decoder_get_pkey(&j->leaf);
}

const br_x509_class judge_class = {
	sizeof(struct judge), start_chain, start_cert, append, end_cert,
	end_chain, get_pkey
};

int
judge_init(struct engine *e, const struct tls_ask *a, int64_t now)
{
	SHA256Schedule h = SHA256_INIT();
	struct judge *j = calloc(1, sizeof *j);

	if (!j)
		return 0;
	e->judge = j;
	j->vtable = &judge_class;
	j->e = e;
	j->now = now;
	/* a text of our own, and what points into it */
	if (!tls_ask_put(&j->text, a) ||
	    tls_ask_scan(&j->ask, j->text.s, j->text.len) < 0)
		return 0;
	if (j->ask.session) {
		sha256_update(&h, j->ask.session, strlen(j->ask.session));
		sha256_final(&h, (char *)j->key);
	}
	return 1;
}

void
judge_free(struct engine *e)
{
	if (!e->judge)
		return;
	free(e->judge->s);
	stralloc_free(&e->judge->text);
	tls_ask_free(&e->judge->ask);
	free(e->judge);
	e->judge = 0;
}

static struct kept *
find(struct engines *all, const unsigned char *key)
{
	size_t i;

	for (i = 0; i < ENGINE_SESSIONS; i++)
		if (all->kept[i].time && !memcmp(all->kept[i].key, key,
		    CERT_PRINT_OCTETS))
			return &all->kept[i];
	return 0;
}

int
judge_resume(struct engine *e)
{
	struct judge *j = e->judge;
	struct kept *k = j->ask.session ? find(e->all, j->key) : 0;

	if (!k)
		return 0;
	if (j->now < k->time || j->now > k->time + ENGINE_SESSION_S) {
		k->time = 0;
		return 0;
	}
	br_ssl_engine_set_session_parameters(e->eng, &k->p);
	memcpy(j->id, k->p.session_id, sizeof j->id);
	j->idlen = k->p.session_id_len;
	j->got.trust = k->trust;
	return 1;
}

void
judge_keep(struct engine *e)
{
	struct judge *j = e->judge;
	br_ssl_session_parameters p;
	struct kept *k;

	br_ssl_engine_get_session_parameters(e->eng, &p);
	e->resumed = j->idlen && p.session_id_len == j->idlen &&
	    !memcmp(p.session_id, j->id, j->idlen);
	if (!j->ask.session || !p.session_id_len || e->resumed)
		return;
	k = find(e->all, j->key);
	if (!k) {
		k = &e->all->kept[e->all->nextkept];
		e->all->nextkept = (e->all->nextkept + 1) % ENGINE_SESSIONS;
	}
	memcpy(k->key, j->key, sizeof k->key);
	k->time = j->now;
	k->trust = j->got.trust;
	k->p = p;
}
