#include "pneu-passwd/passwd.h"

#include <string.h>

#include "sasl/passwd.h"

int
edit_text(stralloc *out, enum edit_verb verb, const char *s, size_t n,
    const char *user, const stralloc *line)
{
	size_t len = strlen(user), at = 0, from;
	struct passwd_line l;
	enum passwd_kind k;
	int found = 0;

	for (from = 0; (k = passwd_next(&l, s, n, &at)); from = at) {
		if (k == PASSWD_LINE && l.userlen == len &&
		    !memcmp(l.user, user, len)) {
			if (verb == EDIT_ADD)
				return -1;
			/* of several the first one counts */
			if (verb == EDIT_CHANGE && !found &&
			    (!stralloc_catb(out, line->s, line->len) ||
			    !stralloc_append(out, '\n')))
				return 0;
			found = 1;
			continue;
		}
		if (!stralloc_catb(out, s + from, at - from) ||
		    (s[at - 1] != '\n' && !stralloc_append(out, '\n')))
			return 0;
	}
	if (verb != EDIT_ADD)
		return found ? 1 : -1;
	return stralloc_catb(out, line->s, line->len) &&
	    stralloc_append(out, '\n');
}
