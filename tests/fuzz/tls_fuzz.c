/* libFuzzer entry: what is asked of pneu-tls and pneu-key, and answered; the
 * first octet says which. What must hold: what parses can be written, and
 * what is written parses to the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "wire/key.h"
#include "wire/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Parse s[0..n), and append it as text: 1, or -1. */
static int
ask(stralloc *to, char *s, size_t n)
{
	struct tls_ask a = TLS_ASK_ZERO;
	int r = tls_ask_scan(&a, s, n);

	if (r == 1 && !tls_ask_put(to, &a))
		abort();
	tls_ask_free(&a);
	return r;
}

static int
answer(stralloc *to, char *s, size_t n)
{
	struct tls_answer a;
	int r = tls_answer_scan(&a, s, n);

	if (r == 1 && !tls_answer_put(to, &a))
		abort();
	return r;
}

static int
chain(stralloc *to, char *s, size_t n)
{
	struct key_chain c;
	int r = key_chain_scan(&c, s, n);

	if (r == 1 && !key_chain_put(to, &c))
		abort();
	return r;
}

static int
key(stralloc *to, char *s, size_t n)
{
	struct key_ask a;
	int r = key_ask_scan(&a, s, n);

	if (r == 1 && !key_ask_put(to, &a))
		abort();
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int (*const kinds[])(stralloc *, char *, size_t) = {
		ask, answer, chain, key
	};
	stralloc one = STRALLOC_ZERO, two = STRALLOC_ZERO, in = STRALLOC_ZERO;

	if (!n || !stralloc_copyb(&in, (const char *)data + 1, n - 1) ||
	    !stralloc_ready(&in, 1))
		return 0;
	if (kinds[*data & 3](&one, in.s, in.len) == 1) {
		if (!stralloc_copy(&in, &one) ||
		    kinds[*data & 3](&two, in.s, in.len) != 1 ||
		    one.len != two.len || memcmp(one.s, two.s, one.len))
			abort();
	}
	stralloc_free(&in);
	stralloc_free(&one);
	stralloc_free(&two);
	return 0;
}
