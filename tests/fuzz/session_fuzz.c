/* libFuzzer entry: an SMTP session. The first two octets choose how it is
 * played. What must hold: cut anywhere, and answered at once or late, the
 * replies and the letters are the same; each reply is well-formed; frames
 * come in their order (host.h). */
#include <stdint.h>

#include "../unit/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
play(struct host *h, int flags, int late, const char *s, size_t n,
    size_t step)
{
	size_t i, k;

	host_init(h);
	h->late = late;
	h->c.forbid_lf = flags & 1;
	h->c.size = flags & 2 ? 50 : 0;
	h->c.utf8 = !(flags & 32);
	h->noalias = (flags & 4) != 0;
	h->kind = flags & 8 ? 'L' : 'D';
	h->breaks = flags >> 4 & 3;
	h->c.rcpts = flags & 64 ? 3 : 100;
	h->c.hops = 3;
	h->c.etrn = 1;
	host_begin_session(h, flags & 128 ? SESSION_LOCAL | SESSION_XCLIENT :
	    0);
	for (i = 0; i < n; i += k) {
		char *part;

		k = n - i < step ? n - i : step;
		part = malloc(k);
		memcpy(part, s + i, k);
		host_feed(h, part, k);
		free(part);
	}
	host_end(h);
}

static void
check_replies(const stralloc *sa)
{
	size_t i = 0, len;
	const char *nl;

	while (i < sa->len) {
		const char *s = sa->s + i;

		nl = memchr(s, '\n', sa->len - i);
		if (!nl)
			abort();
		len = (size_t)(nl - s) + 1;
		if (len < 6 || len > 512 || s[len - 2] != '\r' ||
		    memchr(s, '\r', len - 2) || s[0] < '2' || s[0] > '5' ||
		    (s[3] != ' ' && s[3] != '-'))
			abort();
		i += len;
	}
}

static int
same(const stralloc *a, const stralloc *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->s, b->s, a->len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct host a, b;
	const char *s = (const char *)data + 2;

	if (n < 3)
		return 0;
	n -= 2;
	play(&a, data[0], 0, s, n, n);
	check_replies(&a.out);
	play(&b, data[0], 1, s, n, data[1] % 13 + 1);
	if (!same(&a.out, &b.out) || !same(&a.letters, &b.letters))
		abort();
	/* late answers: more may have been asked when the last error came */
	if (a.asked.len > b.asked.len || (a.asked.len &&
	    memcmp(a.asked.s, b.asked.s, a.asked.len)))
		abort();
	host_free(&a);
	host_free(&b);
	return 0;
}
