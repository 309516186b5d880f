#include "pneu-tls/bearssl-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	struct wish *w = &e->wish;
	int ok = 0;

	if (!j->error && (!j->chain.n ||
	    !br_x509_decoder_get_pkey(&j->leaf)))
		j->error = j->chain.n ? BR_ERR_X509_UNSUPPORTED :
		    BR_ERR_X509_EMPTY_CHAIN;
	if (j->error)
		x509_why(w->got.why, bearssl_error(j->error), &j->chain);
	else
		ok = x509_judge(&w->got, &w->ask, &j->chain, e->all->anchors,
		    w->now);
	free(j->s);
	j->s = 0;
	if (ok)
		return 0;
	snprintf(e->error, sizeof e->error, "%s", w->got.why);
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
judge_new(struct engine *e)
{
	struct judge *j = e->judge = calloc(1, sizeof *j);

	if (!j)
		return 0;
	j->vtable = &judge_class;
	j->e = e;
	return 1;
}

void
judge_free(struct engine *e)
{
	if (!e->judge)
		return;
	free(e->judge->s);
	free(e->judge);
	e->judge = 0;
}

int
judge_resume(struct engine *e)
{
	ssize_t i = kept_find(&e->all->kept, &e->wish);
	const br_ssl_session_parameters *p;

	if (i < 0)
		return 0;
	p = &e->all->session[i];
	br_ssl_engine_set_session_parameters(e->eng, p);
	memcpy(e->judge->id, p->session_id, sizeof e->judge->id);
	e->judge->idlen = p->session_id_len;
	return 1;
}

void
judge_keep(struct engine *e)
{
	struct judge *j = e->judge;
	br_ssl_session_parameters p;
	ssize_t i;

	br_ssl_engine_get_session_parameters(e->eng, &p);
	e->resumed = j->idlen && p.session_id_len == j->idlen &&
	    !memcmp(p.session_id, j->id, j->idlen);
	if (p.session_id_len && !e->resumed &&
	    (i = kept_put(&e->all->kept, &e->wish)) >= 0)
		e->all->session[i] = p;
}
