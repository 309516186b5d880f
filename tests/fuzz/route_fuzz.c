/* libFuzzer entry: what pneu-alias is asked and answers. An answer that is
 * taken, put and taken again is the same; a question always gets an answer
 * that can be taken, and one for another domain never reaches a mailbox. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-alias/decide.h"
#include "wire/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
answer(const uint8_t *data, size_t n)
{
	char *s = malloc(n + 1), *again;
	stralloc once = STRALLOC_ZERO, twice = STRALLOC_ZERO;
	struct route r;

	memcpy(s, data, n);
	if (route_scan(&r, s, n) > 0) {
		if (!route_put(&once, &r))
			abort();
		again = malloc(once.len);
		memcpy(again, once.s, once.len);
		if (route_scan(&r, again, once.len) < 0 ||
		    !route_put(&twice, &r) || once.len != twice.len ||
		    memcmp(once.s, twice.s, once.len))
			abort();
		free(again);
	}
	stralloc_free(&once);
	stralloc_free(&twice);
	free(s);
}

static char
domain(void *x, const char *s, size_t n)
{
	switch (n ? s[0] : 0) {
	case 'l': return ROUTE_LOCAL;
	case 'v': return ROUTE_VIRTUAL;
	case 'r': return ROUTE_RELAY;
	}
	return ROUTE_OTHER;
}

static int
user(void *x, const char *name)
{
	return name[0] == 'u' ? 1 : name[0] == 'e' ? -1 : 0;
}

/* Every other key is there, with itself as its value. */
static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	*v = key;
	*n = keylen;
	return keylen % 2;
}

static void
question(const uint8_t *data, size_t n)
{
	static const struct setup setup = {
		{ "l.test", "+-", domain, user, lookup, 0 }, "", "root",
		"nobody", "", ""
	};
	static struct decision d;
	stralloc sa = STRALLOC_ZERO;
	struct route r;

	decide(&d, (const char *)data, n, &setup);
	if (!route_put(&sa, &d.route) || route_scan(&r, sa.s, sa.len) < 0)
		abort();
	if (r.class != ROUTE_LOCAL && r.class != ROUTE_VIRTUAL && !r.addr &&
	    !r.target && (r.kind == ROUTE_USER || r.kind == ROUTE_MAILBOX))
		abort();
	if (r.kind == ROUTE_MAILBOX && (r.mailbox[0] == '/' ||
	    !strcmp(r.mailbox, "..") || strstr(r.mailbox, "../") ==
	    r.mailbox || strstr(r.mailbox, "/../")))
		abort();
	stralloc_free(&sa);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	answer(data, n);
	question(data, n);
	return 0;
}
