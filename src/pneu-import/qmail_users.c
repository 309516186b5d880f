#include "pneu-import/qmail.h"

#include <string.h>
#include <skalibs/stralloc.h>

#define FIELDS 7	/* name:user:uid:gid:home:dash:ext */

static int
fields(char *f[FIELDS], const char *s)
{
	int i;

	for (i = 0; i < FIELDS; i++) {
		size_t n = strcspn(s, ":");

		f[i] = str_keepb(s, n);
		if (!s[n])
			return i + 1;
		s += n + 1;
	}
	return FIELDS;
}

/* "=name:...": that address is the user's, or that of his extension. */
static void
simple(struct qmail *q, char *f[FIELDS], const struct origin *at)
{
	const char *to = *f[6] ? str_cat(f[1], "-", f[6]) : f[1];

	if (!strcmp(f[0], to))
		return;
	plan_row(q->plan, PLAN_ALIASES, f[0], qmail_address(q, to), at, 0);
}

/* "+pre:...": all addresses that begin so. "+user-:user:...:-::" is what we
 * do for every user by ourselves, "+:alias:...:-::" what aliases are. */
static void
wildcard(struct qmail *q, char *f[FIELDS], const struct origin *at)
{
	if (!*f[6] && (!*f[0] ? !strcmp(f[1], "alias") :
	    !strcmp(f[0], str_cat(f[1], "-"))))
		return;
	plan_lost(q->plan, at, 0, "addresses by their beginning: pneu has "
	    "user-extension for users of the system, and aliases by name");
}

void
qmail_users(struct qmail *q)
{
	const char *path = source_path(q->src, "users/assign");
	stralloc sa = STRALLOC_ZERO;
	struct lines x;
	struct line l;
	char *f[FIELDS];

	if (source_read(&sa, path) <= 0)
		return;
	lines_open(&x, sa.s, sa.len);
	while (lines_next(&x, &l, 0)) {
		struct origin at = { path, l.number, l.s };

		if (!strcmp(l.s, "."))
			break;
		if (fields(f, l.s + 1) < FIELDS)
			plan_lost(q->plan, &at, 0,
			    "not a line of qmail-users(5)");
		else if (*l.s == '=')
			simple(q, f, &at);
		else if (*l.s == '+')
			wildcard(q, f, &at);
	}
}
