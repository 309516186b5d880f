/* libFuzzer entry: messages in an mbox. What must hold: however the message
 * is cut into parts the text is the same; no line in it begins with "From ";
 * taking one ">" from each line of ">"s and "From " gives the message back,
 * with a newline at its end, and an empty line. The first octet says how long
 * the parts are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/mboxtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
put(const uint8_t *data, size_t n, size_t part, stralloc *out)
{
	struct mboxtext m = { 0 };
	size_t at;

	for (at = 0; at < n; at += part) {
		size_t k = n - at < part ? n - at : part;
		char *s = malloc(k);	/* so that reading too far is seen */

		memcpy(s, data + at, k);
		mboxtext_part(&m, s, k, out);
		free(s);
	}
	mboxtext_end(&m, out);
}

static void
undo(const stralloc *in, stralloc *out)
{
	size_t i = 0, j;

	while (i < in->len) {
		for (j = i; j < in->len && in->s[j] == '>'; j++)
			;
		if (in->len - j >= 5 && !memcmp(in->s + j, "From ", 5)) {
			if (j == i)
				abort();
			i++;
		}
		for (j = i; j < in->len && in->s[j] != '\n'; j++)
			;
		stralloc_catb(out, in->s + i, j + 1 - i);
		i = j + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc a = STRALLOC_ZERO, b = STRALLOC_ZERO, back = STRALLOC_ZERO;
	size_t len = n ? n - 1 : 0, newline;

	if (!n)
		return 0;
	put(data + 1, len, n, &a);
	put(data + 1, len, 1 + data[0] % 40, &b);
	if (a.len != b.len || memcmp(a.s, b.s, a.len))
		abort();
	undo(&a, &back);
	newline = len && data[len] != '\n' ? 1 : 0;
	if (back.len != len + newline + 1 ||
	    memcmp(back.s, data + 1, len) || back.s[back.len - 1] != '\n')
		abort();
	stralloc_free(&a);
	stralloc_free(&b);
	stralloc_free(&back);
	return 0;
}
