/* A line of AUTH may be longer than others, for its initial response may be a
 * token: RFC 4954 section 4. */
#include "pneu-smtpd/session-internal.h"

#include <string.h>
#include <strings.h>

void
session_wipe(stralloc *sa)
{
	if (sa->s)
		memset(sa->s, 0, sa->len);
	stralloc_free(sa);
}

static int
isauth(const stralloc *sa)
{
	return sa->len > 4 && !strncasecmp(sa->s, "AUTH", 4) &&
	    (sa->s[4] == ' ' || sa->s[4] == '\t');
}

int
session_longline(struct session *s, const char *buf, size_t n)
{
	stralloc *sa = &s->authline;

	if (!sa->len && s->linelen && !stralloc_catb(sa, s->line, s->linelen))
		return 0;
	if (sa->len + n <= SESSION_AUTH_OCTETS && stralloc_catb(sa, buf, n) &&
	    isauth(sa) && session_offersauth(s))
		return 1;
	session_wipe(sa);
	return 0;
}
