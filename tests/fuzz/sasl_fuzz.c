/* libFuzzer entry: what both sides of SASL are sent. The first octet says
 * which; messages are divided by 0xff. What must hold: base 64 and verifiers
 * come back as they were; no machine says yes that was not shown a right
 * password; names and passwords have their NUL and their limits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sasl/base64.h"
#include "sasl/client.h"
#include "sasl/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int yes)
{
	if (!yes)
		abort();
}

static void
fuzz_base64(const char *s, size_t n)
{
	stralloc a = STRALLOC_ZERO, b = STRALLOC_ZERO;
	int r = base64_scan(&a, s, n);

	must(r != 0);
	if (r > 0) {
		must(base64_put(&b, a.s, a.len) && b.len == n &&
		    (!n || !memcmp(b.s, s, n)));
		b.len = 0;
	}
	must(base64_put(&b, s, n) == 1);
	a.len = 0;
	must(base64_scan(&a, b.s, b.len) == 1 && a.len == n &&
	    (!n || !memcmp(a.s, s, n)));
	stralloc_free(&a);
	stralloc_free(&b);
}

static void
fuzz_verifier(const char *s, size_t n)
{
	stralloc a = STRALLOC_ZERO;
	struct verifier v, w;

	if (verifier_scan(&v, s, n) == 1) {
		must(verifier_put(&a, &v) == 1);
		must(verifier_scan(&w, a.s, a.len) == 1 &&
		    v.iterations == w.iterations && v.saltlen == w.saltlen &&
		    !memcmp(v.salt, w.salt, v.saltlen) &&
		    !memcmp(v.stored, w.stored, HASH_OCTETS));
	}
	stralloc_free(&a);
}

/* The next message, in storage of its own size. */
static char *
message(const char **s, size_t *n, size_t *len)
{
	const char *end = memchr(*s, 0xff, *n);
	char *copy;

	*len = end ? (size_t)(end - *s) : *n;
	copy = malloc(*len ? *len : 1);
	memcpy(copy, *s, *len);
	*s += *len + (end != 0);
	*n -= *len + (end != 0);
	return copy;
}

static void
fuzz_server(enum sasl_mechanism m, const char *s, size_t n)
{
	struct sasl_server x;
	struct verifier v;
	struct hmac secret;
	stralloc out = STRALLOC_ZERO;
	enum sasl_event e;
	size_t len;
	char *p;
	int i;

	hmac_key(&secret, "secret", 6);
	verifier_none(&v, &secret, 1, "user", 4);
	sasl_server_begin(&x, m);
	e = n && s[0] == 'i' ? SASL_CHALLENGE :
	    sasl_server_step(&x, 0, 0, &out);
	for (i = 0; i < 4 && e == SASL_CHALLENGE; i++) {
		p = message(&s, &n, &len);
		e = sasl_server_step(&x, p, len, &out);
		free(p);
		must(e != SASL_MEMORY && e != SASL_YES);
		if (e == SASL_PASSWORD || e == SASL_VERIFIER)
			must(x.user.len && strlen(x.user.s) ==
			    x.user.len - 1 &&
			    x.user.len <= SASL_NAME_OCTETS + 1);
		if (e == SASL_PASSWORD)
			must(strlen(x.pass.s) == x.pass.len - 1 &&
			    x.pass.len <= SASL_NAME_OCTETS + 1);
		if (e == SASL_VERIFIER)
			e = sasl_server_verifier(&x, &v, "0123", &out);
	}
	sasl_server_free(&x);
	stralloc_free(&out);
}

static void
fuzz_client(enum sasl_client_mechanism m, const char *s, size_t n)
{
	struct sasl_client c;
	stralloc out = STRALLOC_ZERO;
	size_t len;
	char *p;
	int i, r;

	sasl_client_offered(s, n);
	sasl_client_begin(&c, m, "u,=s", "pencil", "host", 25, "0123");
	r = sasl_client_initial(&c, &out);
	for (i = 0; i < 4 && r > 0; i++) {
		p = message(&s, &n, &len);
		r = sasl_client_step(&c, p, len, &out);
		free(p);
	}
	if (m == SASL_CLIENT_SCRAM_SHA_256)
		must(!sasl_client_isdone(&c));
	sasl_client_free(&c);
	stralloc_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data + 1;

	if (!n--)
		return 0;
	switch (data[0] % 10) {
	case 0: fuzz_base64(s, n); break;
	case 1: fuzz_verifier(s, n); break;
	case 2: fuzz_server(SASL_PLAIN, s, n); break;
	case 3: fuzz_server(SASL_LOGIN, s, n); break;
	case 4: fuzz_server(SASL_SCRAM_SHA_256, s, n); break;
	default:
		fuzz_client((enum sasl_client_mechanism)(data[0] % 10 - 5),
		    s, n);
	}
	return 0;
}
