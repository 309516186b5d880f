#include "sasl/passwd.h"

#include <string.h>

#include "sasl/server.h"

int
passwd_isuser(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] < 32 || s[i] == 127 || s[i] == ':')
			return 0;
	return n && n <= SASL_NAME_OCTETS && *s != '#' && *s != ' ';
}

enum passwd_kind
passwd_next(struct passwd_line *l, const char *s, size_t n, size_t *at)
{
	const char *p, *nl, *colon, *end;
	size_t len;

	if (*at >= n)		/* s may be 0 */
		return PASSWD_END;
	p = s + *at;
	nl = memchr(p, '\n', n - *at);
	len = nl ? (size_t)(nl - p) : n - *at;
	*at += len + (nl != 0);
	if (!len || *p == '#')
		return PASSWD_EMPTY;
	colon = memchr(p, ':', len);
	if (!colon || len > PASSWD_LINE_OCTETS ||
	    !passwd_isuser(p, (size_t)(colon - p)))
		return PASSWD_BAD;
	l->user = p;
	l->userlen = (size_t)(colon - p);
	l->word = colon + 1;
	l->wordlen = len - l->userlen - 1;
	end = memchr(l->word, ':', l->wordlen);
	if (end)
		l->wordlen = (size_t)(end - l->word);
	return PASSWD_LINE;
}
