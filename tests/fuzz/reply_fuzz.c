/* libFuzzer entry: replies of a server. What must hold: parts of any size
 * give the same; what is kept is printable and within its limits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Parse the replies of s[0..n) in parts of step; every end is written to
 * out. */
static void
parse(stralloc *out, const char *s, size_t n, size_t step)
{
	struct smtp_reply r;
	size_t i = 0, k, used;
	int e;

	smtp_reply_init(&r);
	while (i < n) {
		char *part;

		k = n - i < step ? n - i : step;
		part = malloc(k);
		memcpy(part, s + i, k);
		e = smtp_reply_feed(&r, part, k, &used);
		free(part);
		if (used > k || (e == SMTP_REPLY_MORE && used != k) ||
		    (used == 0 && e != SMTP_REPLY_BAD))
			abort();
		i += used;
		if (e == SMTP_REPLY_BAD)
			break;
		if (e == SMTP_REPLY_MORE)
			continue;
		if (strlen(r.line) != r.linelen)
			abort();
		stralloc_append(out, e == SMTP_REPLY_END ? 'E' : 'L');
		stralloc_catb(out, r.line, r.linelen);
		if (e != SMTP_REPLY_END)
			continue;
		if (r.code < 200 || r.code > 599 ||
		    strlen(r.text) != r.textlen ||
		    r.textlen > SMTP_REPLY_TEXT_OCTETS)
			abort();
		stralloc_catb(out, r.text, r.textlen);
		stralloc_cats(out, r.dsn);
		smtp_reply_init(&r);
	}
	for (i = 0; i < out->len; i++)
		if (out->s[i] < 32 || out->s[i] > 126)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc a = STRALLOC_ZERO, b = STRALLOC_ZERO;

	if (!n)
		return 0;
	parse(&a, (const char *)data + 1, n - 1, n);
	parse(&b, (const char *)data + 1, n - 1, data[0] % 9 + 1);
	if (a.len != b.len || (a.len && memcmp(a.s, b.s, a.len)))
		abort();
	a.len = 0;
	if (!smtp_reply_put(&a, 250, "2.0.0", (const char *)data, n))
		abort();
	b.len = 0;
	parse(&b, a.s, a.len, n);
	if (!b.len)
		abort();
	stralloc_free(&a);
	stralloc_free(&b);
	return 0;
}
