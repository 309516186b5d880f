/* libFuzzer entry: a message through the recoder and the folder. Bit 0 of
 * octet 0: all. What must hold: the same comes out however it is divided;
 * what comes out of the recoder has no octet over 127, and out of the folder
 * no line over 998. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-remote/fold.h"
#include "pneu-remote/recode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
recode(stralloc *out, const char *s, size_t n, int all, size_t part)
{
	static struct recode r;
	size_t i;

	recode_init(&r, all);
	for (i = 0; i < n; i += part)
		if (recode_feed(&r, out, s + i, n - i < part ? n - i :
		    part) < 0)
			return -1;
	return recode_end(&r, out);
}

static void
fold(stralloc *out, const char *s, size_t n, size_t part)
{
	static struct fold f;
	size_t i;

	fold_init(&f);
	for (i = 0; i < n; i += part)
		fold_feed(&f, out, s + i, n - i < part ? n - i : part);
	fold_end(&f, out);
}

static void
same(const stralloc *a, const stralloc *b)
{
	if (a->len != b->len || (a->len && memcmp(a->s, b->s, a->len)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc a = STRALLOC_ZERO, b = STRALLOC_ZERO;
	const char *s = (const char *)data + 1;
	size_t i, len, part;
	int ra, rb;

	if (!n--)
		return 0;
	part = 1 + (data[0] >> 1);
	ra = recode(&a, s, n, data[0] & 1, n ? n : 1);
	rb = recode(&b, s, n, data[0] & 1, part);
	if (ra != rb)
		abort();
	if (ra > 0) {
		same(&a, &b);
		for (i = 0; i < a.len; i++)
			if ((unsigned char)a.s[i] > 127)
				abort();
	}
	a.len = b.len = 0;
	fold(&a, s, n, n ? n : 1);
	fold(&b, s, n, part);
	same(&a, &b);
	for (i = len = 0; i < a.len; i++)
		if ((len = a.s[i] == '\n' ? 0 : len + 1) > SCAN_LINE_OCTETS)
			abort();
	stralloc_free(&a);
	stralloc_free(&b);
	return 0;
}
