/* libFuzzer entry: a message as sendmail reads it. The first octet says
 * whether a dot ends it, the second where the input is cut. What must hold:
 * the text is the same however it is cut; the header completed twice is as
 * completed once; no recipient could end a line of the envelope. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/header.h"
#include "submit/compose.h"
#include "submit/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
read_text(stralloc *sa, const char *s, size_t n, size_t cut, int dot)
{
	struct text t = TEXT_ZERO;
	size_t used, more;

	t.dot = dot;
	if (!text_take(&t, sa, s, cut, 0, &used) || used > cut)
		abort();
	if (!t.ended && (!text_take(&t, sa, s + used, n - used, 1, &more) ||
	    more != n - used))
		abort();
}

static void
check_rcpts(const struct rcpts *r)
{
	size_t i;
	const char *s;

	for (i = 0; i < rcpts_len(r); i++)
		for (s = rcpts_at(r, i); *s; s++)
			if ((unsigned char)*s < 32 || *s == 127)
				abort();
}

static void
compose(stralloc *out, const char *s, size_t n)
{
	struct compose c = COMPOSE_ZERO;

	c.origin = "o.test";
	c.collect = 1;
	if (!compose_fields(&c, s, n))
		abort();
	check_rcpts(&c.rcpts);
	check_rcpts(&c.resent_rcpts);
	if (!stralloc_copy(out, &c.head))
		abort();
	rcpts_free(&c.rcpts);
	rcpts_free(&c.resent_rcpts);
	stralloc_free(&c.head);
	stralloc_free(&c.bad);
	stralloc_free(&c.path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc whole = STRALLOC_ZERO, parts = STRALLOC_ZERO;
	stralloc once = STRALLOC_ZERO, twice = STRALLOC_ZERO;
	size_t len, body;
	char *s;

	if (n < 2)
		return 0;
	s = malloc(n - 2 ? n - 2 : 1);
	memcpy(s, data + 2, n - 2);
	read_text(&whole, s, n - 2, 0, data[0] & 1);
	read_text(&parts, s, n - 2, data[1] % (n - 1), data[0] & 1);
	if (whole.len != parts.len || (whole.len &&
	    memcmp(whole.s, parts.s, whole.len)))
		abort();
	if (header_end(whole.s, whole.len, 1, &len, &body) == 1) {
		compose(&once, whole.s, len);
		compose(&twice, once.s, once.len);
		if (once.len != twice.len || (once.len &&
		    memcmp(once.s, twice.s, once.len)))
			abort();
	}
	stralloc_free(&whole);
	stralloc_free(&parts);
	stralloc_free(&once);
	stralloc_free(&twice);
	free(s);
	return 0;
}
