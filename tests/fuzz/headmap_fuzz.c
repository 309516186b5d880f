/* libFuzzer entry: a message whose addresses are mapped. What must hold: the
 * parts in which it comes do not matter; where nothing is mapped every octet
 * stays; a mapped header has as many fields, and no line more. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/headmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
map(void *x, stralloc *to, const struct header_addr *a, enum headmap_kind k)
{
	if (k == HEADMAP_NONE || a->begin > a->end)
		abort();
	return x && a->kind == HEADER_FULL ? stralloc_cats(to, "n@x.test") : 0;
}

static void
run(stralloc *out, const char *s, size_t n, size_t part, void *x)
{
	struct headmap m = HEADMAP_ZERO;
	size_t i;

	out->len = 0;
	headmap_init(&m, map, x);
	for (i = 0; i < n; i += part)
		if (headmap_feed(&m, out, s + i, n - i < part ? n - i :
		    part) < 0)
			abort();
	if (headmap_end(&m, out) < 0)
		abort();
	headmap_free(&m);
}

static size_t
count(const char *s, size_t n, size_t *fields)
{
	struct header_field f;
	size_t len, body, i, lines = 0;
	int used;

	*fields = 0;
	if (header_end(s, n, 1, &len, &body) != 1)
		abort();
	for (i = 0; i < len; i += (size_t)used, ++*fields)
		if ((used = header_scan(&f, s + i, len - i)) <= 0)
			abort();
	for (i = 0; i < len; i++)
		lines += s[i] == '\n';
	return lines;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc a = STRALLOC_ZERO, b = STRALLOC_ZERO;
	char *s = malloc(n ? n : 1);
	size_t was, is, lines;

	memcpy(s, data, n);
	run(&a, s, n, n ? n : 1, 0);
	if (a.len != n || (n && memcmp(a.s, s, n)))
		abort();
	run(&a, s, n, n ? n : 1, s);
	run(&b, s, n, 1 + n % 7, s);
	if (a.len != b.len || (a.len && memcmp(a.s, b.s, a.len)))
		abort();
	lines = count(s, n, &was);
	if (count(a.s ? a.s : "", a.len, &is) > lines || is != was)
		abort();
	stralloc_free(&a);
	stralloc_free(&b);
	free(s);
	return 0;
}
