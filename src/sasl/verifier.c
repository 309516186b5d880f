#include "sasl/verifier.h"

#include <string.h>
#include <skalibs/types.h>

#include "sasl/base64.h"

#define NONE_SALT_OCTETS 16	/* as pneu-passwd makes them */

/* Base 64 of s[0..*n) up to the next comma or the end, which is passed. */
static int
part(stralloc *sa, const char **s, size_t *n)
{
	const char *comma = memchr(*s, ',', *n);
	size_t len = comma ? (size_t)(comma - *s) : *n;
	int r;

	sa->len = 0;
	r = base64_scan(sa, *s, len);
	*n -= comma ? len + 1 : len;
	*s += comma ? len + 1 : len;
	return r;
}

static int
keys(struct verifier *v, stralloc *sa, const char *s, size_t n)
{
	int r = part(sa, &s, &n);

	if (r <= 0 || !sa->len || sa->len > sizeof v->salt)
		return r ? -1 : 0;
	memcpy(v->salt, sa->s, v->saltlen = sa->len);
	r = part(sa, &s, &n);
	if (r <= 0 || sa->len != HASH_OCTETS)
		return r ? -1 : 0;
	memcpy(v->stored, sa->s, HASH_OCTETS);
	if (memchr(s, ',', n))
		return -1;
	r = part(sa, &s, &n);
	if (r <= 0 || sa->len != HASH_OCTETS)
		return r ? -1 : 0;
	memcpy(v->server, sa->s, HASH_OCTETS);
	return 1;
}

int
verifier_scan(struct verifier *v, const char *s, size_t n)
{
	const size_t scheme = strlen(VERIFIER_SCHEME);
	stralloc sa = STRALLOC_ZERO;
	char number[16];
	const char *comma;
	size_t len;
	int r;

	if (n < scheme || memcmp(s, VERIFIER_SCHEME, scheme))
		return -1;
	s += scheme;
	n -= scheme;
	comma = memchr(s, ',', n);
	len = comma ? (size_t)(comma - s) : n;
	if (!comma || len >= sizeof number)
		return -1;
	memcpy(number, s, len);
	number[len] = 0;
	if (!uint320_scan(number, &v->iterations) || !v->iterations ||
	    v->iterations > VERIFIER_ITERATIONS_MAX)
		return -1;
	r = keys(v, &sa, comma + 1, n - len - 1);
	stralloc_free(&sa);
	return r;
}

int
verifier_put(stralloc *sa, const struct verifier *v)
{
	char number[UINT32_FMT];

	return stralloc_cats(sa, VERIFIER_SCHEME) &&
	    stralloc_catb(sa, number, uint32_fmt(number, v->iterations)) &&
	    stralloc_append(sa, ',') &&
	    base64_put(sa, v->salt, v->saltlen) && stralloc_append(sa, ',') &&
	    base64_put(sa, v->stored, HASH_OCTETS) &&
	    stralloc_append(sa, ',') && base64_put(sa, v->server, HASH_OCTETS);
}

void
verifier_hash(struct pbkdf2 *p, const struct verifier *v, const char *pass,
    size_t n)
{
	pbkdf2_init(p, pass, n, v->salt, v->saltlen, v->iterations);
}

/* RFC 5802 section 3. */
static void
stored_of(char out[HASH_OCTETS], const struct hmac *salted)
{
	char client[HASH_OCTETS];

	hmac_of(salted, client, "Client Key", 10);
	hash_of(out, client, sizeof client);
	hash_wipe(client, sizeof client);
}

void
verifier_set(struct verifier *v, const struct pbkdf2 *p)
{
	struct hmac salted;

	hmac_key(&salted, p->t, sizeof p->t);
	stored_of(v->stored, &salted);
	hmac_of(&salted, v->server, "Server Key", 10);
	hash_wipe(&salted, sizeof salted);
}

int
verifier_is(const struct verifier *v, const struct pbkdf2 *p)
{
	struct hmac salted;
	char stored[HASH_OCTETS];

	hmac_key(&salted, p->t, sizeof p->t);
	stored_of(stored, &salted);
	hash_wipe(&salted, sizeof salted);
	return hash_same(stored, v->stored, sizeof stored);
}

void
verifier_none(struct verifier *v, const struct hmac *secret,
    uint32_t iterations, const char *user, size_t n)
{
	char salt[HASH_OCTETS];

	v->iterations = iterations;
	hmac_of(secret, salt, user, n);
	memcpy(v->salt, salt, NONE_SALT_OCTETS);
	v->saltlen = NONE_SALT_OCTETS;
	/* what HMAC makes of the salt is nobody's hash */
	hmac_of(secret, v->stored, salt, sizeof salt);
	hmac_of(secret, v->server, v->stored, sizeof v->stored);
}
