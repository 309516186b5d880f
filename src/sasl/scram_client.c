#include "sasl/scram.h"

#include <string.h>
#include <skalibs/types.h>

#include "sasl/base64.h"
#include "sasl/scram-internal.h"

#define GS2 "n,,"		/* no channel binding, nobody else's name */

int
scram_client_first(struct scram_client *x, const char *user,
    const char *nonce, stralloc *out)
{
	x->noncelen = strlen(nonce);
	if (!stralloc_copys(&x->first, "n="))
		return 0;
	for (; *user; user++)
		if (!(*user == ',' ? stralloc_cats(&x->first, "=2C") :
		    *user == '=' ? stralloc_cats(&x->first, "=3D") :
		    stralloc_append(&x->first, *user)))
			return 0;
	return stralloc_cats(&x->first, ",r=") &&
	    stralloc_cats(&x->first, nonce) && stralloc_cats(out, GS2) &&
	    stralloc_catb(out, x->first.s, x->first.len);
}

/* "r=NONCE,s=SALT,i=COUNT", extensions behind it passed over. */
static int
split(const struct scram_client *x, const char *s, size_t n,
    struct span *nonce, stralloc *salt, uint32_t *iterations)
{
	const char *ours = x->first.s + x->first.len - x->noncelen;
	struct span in = { s, n }, salted, count;
	char number[16];
	int r;

	if (n > SCRAM_MESSAGE_OCTETS || scram_attr(&in, 'r', nonce) < 0 ||
	    !scram_isnonce(nonce, SCRAM_CNONCE_OCTETS) ||
	    nonce->n <= x->noncelen || memcmp(nonce->s, ours, x->noncelen) ||
	    scram_attr(&in, 's', &salted) < 0 ||
	    scram_attr(&in, 'i', &count) < 0 || count.n >= sizeof number)
		return -1;
	memcpy(number, count.s, count.n);
	number[count.n] = 0;
	if (!uint320_scan(number, iterations) ||
	    *iterations < SCRAM_ITERATIONS_MIN ||
	    *iterations > SCRAM_ITERATIONS_MAX)
		return -1;
	r = base64_scan(salt, salted.s, salted.n);
	return r > 0 && (!salt->len || salt->len > VERIFIER_SALT_OCTETS) ?
	    -1 : r;
}

/* Both proofs of RFC 5802 section 3. */
static int
prove(struct scram_client *x, const struct pbkdf2 *p, const stralloc *auth,
    char proof[HASH_OCTETS])
{
	char client[HASH_OCTETS], stored[HASH_OCTETS], server[HASH_OCTETS];
	const char zero[HASH_OCTETS] = "";
	struct hmac salted;

	hmac_key(&salted, p->t, sizeof p->t);
	hmac_of(&salted, client, "Client Key", 10);
	hmac_of(&salted, server, "Server Key", 10);
	hash_of(stored, client, sizeof client);
	scram_xor(proof, client, stored, auth);
	scram_xor(x->server, zero, server, auth);
	hash_wipe(&salted, sizeof salted);
	hash_wipe(client, sizeof client);
	return 1;
}

static int
final(struct scram_client *x, const char *pass, const struct span *nonce,
    const stralloc *salt, uint32_t iterations, stralloc *out)
{
	stralloc auth = STRALLOC_ZERO;
	char proof[HASH_OCTETS];
	size_t at = out->len;
	struct span last;
	struct pbkdf2 p;
	int r;

	if (!stralloc_cats(out, "c=") ||
	    !base64_put(out, GS2, sizeof GS2 - 1) ||
	    !stralloc_cats(out, ",r=") ||
	    !stralloc_catb(out, nonce->s, nonce->n))
		return 0;
	last.s = out->s + at;
	last.n = out->len - at;
	r = scram_auth(&auth, &x->first, &x->reply, &last);
	if (r) {
		pbkdf2_init(&p, pass, strlen(pass), salt->s, salt->len,
		    iterations);
		pbkdf2_run(&p, UINT32_MAX);
		prove(x, &p, &auth, proof);
		hash_wipe(&p, sizeof p);
		r = stralloc_cats(out, ",p=") &&
		    base64_put(out, proof, sizeof proof);
	}
	stralloc_free(&auth);
	return r;
}

int
scram_client_final(struct scram_client *x, const char *pass, const char *s,
    size_t n, stralloc *out)
{
	stralloc salt = STRALLOC_ZERO;
	struct span nonce;
	uint32_t iterations;
	int r = split(x, s, n, &nonce, &salt, &iterations);

	if (r > 0)
		r = stralloc_copyb(&x->reply, s, n) &&
		    final(x, pass, &nonce, &salt, iterations, out);
	stralloc_free(&salt);
	return r;
}

int
scram_client_check(const struct scram_client *x, const char *s, size_t n)
{
	stralloc sa = STRALLOC_ZERO;
	struct span in = { s, n }, v;
	int r;

	if (n > SCRAM_MESSAGE_OCTETS || scram_attr(&in, 'v', &v) < 0)
		return -1;
	r = base64_scan(&sa, v.s, v.n) > 0 && sa.len == HASH_OCTETS &&
	    hash_same(sa.s, x->server, HASH_OCTETS);
	stralloc_free(&sa);
	return r ? 1 : -1;
}

void
scram_client_free(struct scram_client *x)
{
	hash_wipe(x->server, sizeof x->server);
	stralloc_free(&x->first);
	stralloc_free(&x->reply);
}
