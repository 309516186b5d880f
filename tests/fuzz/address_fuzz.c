/* libFuzzer entry: paths and the arguments of MAIL and RCPT. What must hold:
 * the canonical spelling is one (scanned again it is itself), its last '@'
 * divides it, and it is never longer than what was written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/address.h"
#include "smtp/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(const struct address *a, size_t written)
{
	stralloc path = STRALLOC_ZERO, local = STRALLOC_ZERO;
	struct address b;

	if (strlen(a->s) != a->len || a->len > written ||
	    a->len > ADDRESS_PATH_OCTETS || a->at > a->len ||
	    address_at(a->s, a->len) != a->at ||
	    (a->at < a->len && a->s[a->at] != '@'))
		abort();
	if (!a->len)
		return;
	if (address_scan(&b, a->s, a->len) != 1 || b.at != a->at ||
	    strcmp(a->s, b.s))
		abort();
	/* without quotes and back; odd dots are kept as they were */
	if (!address_local(&local, a->s, a->at) ||
	    address_put(&path, local.s, local.len, a->s + a->at + 1,
	    a->at < a->len ? a->len - a->at - 1 : 0) != 1)
		abort();
	if (a->s[0] == '"' && (path.len != a->len ||
	    memcmp(path.s, a->s, a->len)))
		abort();
	stralloc_free(&path);
	stralloc_free(&local);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *s = malloc(n ? n : 1);
	struct smtp_path p;
	struct address a;
	size_t at;
	int r, mail;

	memcpy(s, data, n);
	r = address_path_scan(&a, s, n);
	if (r > 0) {
		if ((size_t)r > n)
			abort();
		check(&a, (size_t)r);
	}
	if (address_scan(&a, s, n) == 1)
		check(&a, n);
	smtp_verb_scan(s, n, &at);
	if (at > n)
		abort();
	for (mail = 0; mail < 2; mail++) {
		r = smtp_path_scan(&p, mail, s + at, n - at);
		if (r > 0)
			check(&p.addr, n);
		if (strlen(p.word) > SMTP_WORD_OCTETS)
			abort();
	}
	free(s);
	return 0;
}
