/* libFuzzer entry: what strangers say of MTA-STS. Octet 0 chooses: 'r' the TXT
 * record, 't' the policy, 'w' what pneu-sts has on disk and says of it, 'h' the
 * answer of a web server, in pieces as long as octet 1 says. What must hold: an
 * id is letters and digits; patterns are names of hosts, as many octets as may
 * be, and what was read can be written and read again; a body is no longer than
 * it may be, and the same whatever the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "smtp/nexthop.h"
#include "sts/http.h"
#include "sts/policy.h"

#define BODY_OCTETS 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int good)
{
	if (!good)
		abort();
}

static void
check_id(const char *id)
{
	must(*id && strlen(id) <= STS_ID_OCTETS && strspn(id,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
	    == strlen(id));
}

static void
record(const char *s, size_t n)
{
	char id[STS_ID_OCTETS + 1];
	int r = sts_record_scan(id, s, n);

	must(r >= -1 && r <= 1);
	if (r > 0)
		check_id(id);
}

static void
again(const struct sts_policy *p)
{
	struct sts_policy q = STS_POLICY_ZERO;
	stralloc sa = STRALLOC_ZERO;

	must(sts_policy_put(&sa, p) && sts_policy_get(&q, sa.s, sa.len) > 0 &&
	    q.mode == p->mode && q.mx.len == p->mx.len &&
	    !strcmp(q.id, p->id) &&
	    (!p->mx.len || !memcmp(q.mx.s, p->mx.s, q.mx.len)));
	stralloc_free(&sa);
	stralloc_free(&q.mx);
}

static void
text(const char *s, size_t n)
{
	struct sts_policy p = STS_POLICY_ZERO;
	const char *why, *mx;
	size_t i;
	int r = sts_text_scan(&p, s, n, &why);

	must(r == 1 || (r == -1 && why && *why));
	must(p.mx.len <= STS_MX_OCTETS && p.max_age <= STS_MAX_AGE_S);
	for (i = 0; r > 0 && i < p.mx.len; i += strlen(mx) + 1) {
		mx = p.mx.s + i;
		must(!sts_ismx(&p, "x..y"));
		if (!strncmp(mx, "*.", 2))
			mx += 2, i += 2;
		else
			must(sts_ismx(&p, mx));
		must(nexthop_ishost(mx, strlen(mx)));
	}
	must(r < 0 || p.mode == STS_NONE || p.mx.len);
	if (r > 0)
		again(&p);
	stralloc_free(&p.mx);
}

static void
kept(const char *s, size_t n)
{
	struct sts_policy p = STS_POLICY_ZERO;
	char *c = malloc(n ? n : 1);

	memcpy(c, s, n);
	if (sts_policy_get(&p, c, n) > 0)
		again(&p);
	sts_ismx(&p, "mx.a.test");
	stralloc_free(&p.mx);
	free(c);
}

static int
feed(struct http *h, const char *s, size_t n, size_t piece)
{
	size_t i, k;
	int r = 0;

	http_init(h, BODY_OCTETS);
	for (i = 0; i < n && !r; i += k) {
		k = n - i < piece ? n - i : piece;
		r = http_take(h, s + i, k);
	}
	must(r == (h->state == HTTP_DONE) - (h->state == HTTP_BAD));
	must(h->body.len <= BODY_OCTETS && (r >= 0 || h->why[0]));
	return r;
}

static void
http(const char *s, size_t n)
{
	static struct http a, b;
	int r;

	if (!n)
		return;
	r = feed(&a, s + 1, n - 1, n);
	must(feed(&b, s + 1, n - 1, (unsigned char)*s % 31 + 1) == r);
	must(r < 1 || (a.body.len == b.body.len && (!a.body.len ||
	    !memcmp(a.body.s, b.body.s, a.body.len))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data + 1;

	if (!n)
		return 0;
	switch (data[0]) {
	case 'r': record(s, n - 1); break;
	case 't': text(s, n - 1); break;
	case 'w': kept(s, n - 1); break;
	default: http(s, n - 1);
	}
	return 0;
}
