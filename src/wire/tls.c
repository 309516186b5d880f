#include "wire/tls.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"

static const char *const levels[] = {
	"may", "encrypt", "verify", "secure", "dane", "fingerprint"
}, *const trusts[] = {
	"anonymous", "untrusted", "trusted", "verified", "dane"
};
#define LENGTH(a) (sizeof (a) / sizeof (a)[0])

const char *
tls_level_word(enum tls_level l)
{
	return levels[l];
}

const char *
tls_trust_word(enum tls_trust t)
{
	return trusts[t];
}

/* The place of the word s[0..n) in words, or -1. */
static int
find(const char *const *words, size_t nwords, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < nwords; i++)
		if (strlen(words[i]) == n && !memcmp(words[i], s, n))
			return (int)i;
	return -1;
}

int
tls_level_scan(enum tls_level *l, const char *s, size_t n)
{
	int i = find(levels, LENGTH(levels), s, n);

	if (i < 0)
		return 0;
	*l = (enum tls_level)i;
	return 1;
}

void
tls_ask_clear(struct tls_ask *a)
{
	a->peer = a->host = a->session = 0;
	a->level = TLS_MAY;
	genalloc_setlen(const char *, &a->match, 0);
	genalloc_setlen(const char *, &a->tlsa, 0);
	genalloc_setlen(const char *, &a->print, 0);
}

void
tls_ask_free(struct tls_ask *a)
{
	genalloc_free(const char *, &a->match);
	genalloc_free(const char *, &a->tlsa);
	genalloc_free(const char *, &a->print);
}

static int
add(genalloc *to, const char *s, size_t max)
{
	if (genalloc_len(const char *, to) >= max)
		return (errno = EINVAL, -1);
	return genalloc_append(const char *, to, &s) ? 1 : -1;
}

static int
take(struct tls_ask *a, const struct field *f)
{
	struct tls_tlsa t;
	unsigned char print[TLS_PRINT_OCTETS];

	if (memchr(f->value, 0, f->valuelen))
		return (errno = EINVAL, -1);
	if (field_is(f, "peer")) a->peer = f->value;
	else if (field_is(f, "host")) a->host = f->value;
	else if (field_is(f, "session")) a->session = f->value;
	else if (field_is(f, "match")) return add(&a->match, f->value,
	    TLS_MATCHES);
	else if (field_is(f, "level")) {
		if (!tls_level_scan(&a->level, f->value, f->valuelen))
			return (errno = EINVAL, -1);
	} else if (field_is(f, "tlsa")) {
		if (tls_tlsa_scan(&t, f->value) < 0)
			return (errno = EINVAL, -1);
		return add(&a->tlsa, f->value, TLS_TLSA);
	} else if (field_is(f, "fingerprint")) {
		if (tls_print_scan(print, f->value) < 0)
			return (errno = EINVAL, -1);
		return add(&a->print, f->value, TLS_PRINTS);
	}
	return 1;
}

int
tls_ask_scan(struct tls_ask *a, char *s, size_t n)
{
	struct field f;
	int used;

	tls_ask_clear(a);
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		if (used <= 0)
			return (errno = EINVAL, -1);
		if (take(a, &f) < 0)
			return -1;
	}
	return a->peer ? 1 : (errno = EINVAL, -1);
}

static int
put_all(stralloc *sa, const char *name, const genalloc *list)
{
	size_t i;

	for (i = 0; i < genalloc_len(const char *, list); i++)
		if (!field_puts(sa, name, genalloc_s(const char *, list)[i]))
			return 0;
	return 1;
}

int
tls_ask_put(stralloc *sa, const struct tls_ask *a)
{
	return field_puts(sa, "peer", a->peer) &&
	    field_putopt(sa, "host", a->host) &&
	    field_puts(sa, "level", levels[a->level]) &&
	    put_all(sa, "match", &a->match) &&
	    put_all(sa, "tlsa", &a->tlsa) &&
	    put_all(sa, "fingerprint", &a->print) &&
	    field_putopt(sa, "session", a->session);
}

static int
take_answer(struct tls_answer *a, const struct field *f)
{
	uint64_t u;
	int i;

	if (memchr(f->value, 0, f->valuelen))
		return -1;
	if (field_is(f, "version")) a->version = f->value;
	else if (field_is(f, "cipher")) a->cipher = f->value;
	else if (field_is(f, "more")) a->more = f->value;
	else if (field_is(f, "sni")) a->sni = f->value;
	else if (field_is(f, "resumed")) a->resumed = 1;
	else if (field_is(f, "bits") || field_is(f, "of")) {
		if (!field_uint(f, &u) || u > UINT32_MAX)
			return -1;
		*(f->name[0] == 'b' ? &a->bits : &a->of) = (uint32_t)u;
	} else if (field_is(f, "trust")) {
		i = find(trusts, LENGTH(trusts), f->value, f->valuelen);
		if (i < 0)
			return -1;
		a->trust = (enum tls_trust)i;
		return 2;
	}
	return 1;
}

int
tls_answer_scan(struct tls_answer *a, char *s, size_t n)
{
	struct field f;
	int used, r, trust = 0;

	memset(a, 0, sizeof *a);
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		r = used <= 0 ? -1 : take_answer(a, &f);
		if (r < 0)
			return (errno = EINVAL, -1);
		trust |= r == 2;
	}
	return a->version && a->cipher && trust ? 1 : (errno = EINVAL, -1);
}

int
tls_answer_put(stralloc *sa, const struct tls_answer *a)
{
	return field_puts(sa, "version", a->version) &&
	    field_puts(sa, "cipher", a->cipher) &&
	    field_putu(sa, "bits", a->bits) && field_putu(sa, "of", a->of) &&
	    field_putopt(sa, "more", a->more) &&
	    field_putopt(sa, "sni", a->sni) &&
	    field_puts(sa, "trust", trusts[a->trust]) &&
	    field_putopt(sa, "resumed", a->resumed ? "1" : 0);
}
