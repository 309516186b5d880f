/* libFuzzer entry: lists of targets, of aliases and .forward. What must hold:
 * the walk ends, each target is what its first octet says and within its
 * limits, and written down again it is read as itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alias/target.h"
#include "mail/address.h"
#include "wire/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* As people write it: special ones in quotes. */
static void
again(const struct target *t, int how)
{
	stralloc sa = STRALLOC_ZERO;
	struct target_walk w;
	struct target u;
	size_t i;
	int quote = t->kind == TARGET_COMMAND || t->kind == TARGET_FILE ||
	    t->kind == TARGET_INCLUDE;

	if (quote && !stralloc_append(&sa, '"'))
		abort();
	for (i = 0; i < t->n; i++)
		if ((quote && strchr("\"\\", t->s[i]) &&
		    !stralloc_append(&sa, '\\')) ||
		    !stralloc_append(&sa, t->s[i]))
			abort();
	if (quote && !stralloc_append(&sa, '"'))
		abort();
	w = (struct target_walk)TARGET_WALK(sa.s, sa.len, how);
	if (target_next(&w, &u) != 1 || u.kind != t->kind || u.n != t->n ||
	    memcmp(u.s, t->s, t->n) || target_next(&w, &u))
		abort();
	target_walk_free(&w);
	stralloc_free(&sa);
}

static void
walk(const char *s, size_t n, int how)
{
	struct target_walk w = TARGET_WALK(s, n, how);
	struct address a;
	struct target t;
	size_t steps = 0;
	int r;

	while ((r = target_next(&w, &t))) {
		if (steps++ > n + 1)
			abort();
		if (r < 0) {
			if (!w.error || w.errat > n)
				abort();
			continue;
		}
		if (!t.n || t.n > TARGET_OCTETS || strlen(t.s) != t.n ||
		    t.at > n || strchr(t.s, '\n') ||
		    target_kind(t.s, t.n) != t.kind)
			abort();
		if (t.kind == TARGET_ADDRESS &&
		    address_scan8(&a, t.s, t.n) != 1)
			abort();
		if (t.kind == TARGET_USER || t.kind == TARGET_REFUSED)
			abort();	/* nobody may write these */
		again(&t, how & TARGET_HOME);
	}
	target_walk_free(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *s = malloc(n ? n : 1);
	int how;

	memcpy(s, data, n);
	for (how = 0; how < 8; how++)
		walk(s, n, how);
	free(s);
	return 0;
}
