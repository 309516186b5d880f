#include "logins/logins.h"

#include <string.h>

#include "mail/address.h"
#include "smtp/nexthop.h"

static int
isblank_(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
iskey(const char *s, size_t n)
{
	struct nexthop h;
	struct address a;

	if (*s == '@')
		return address_isdomain(s + 1, n - 1);
	if (memchr(s, '@', n))
		return address_scan8(&a, s, n) > 0 && a.at && a.at < a.len;
	return nexthop_scan(&h, s, n) > 0 && !h.lmtp;
}

/* White space at i, and lines of comment. */
static size_t
skip(const char *s, size_t n, size_t i)
{
	int begun = 0;

	for (; i < n; i++)
		if (s[i] == '\n')
			begun = 1;
		else if (begun && s[i] == '#')
			while (i + 1 < n && s[i + 1] != '\n')
				i++;
		else if (!isblank_(s[i]))
			break;
	return i;
}

/* The first octet of s[from..to) that no login may have; else to. */
static size_t
odd(const char *s, size_t from, size_t to)
{
	while (from < to && (unsigned char)s[from] >= 32 && s[from] != 127)
		from++;
	return from;
}

/* USER:PASSWORD */
static const char *
login(struct logins_words *w, const char *s, size_t n, size_t *at)
{
	const char *nl = memchr(s + w->user, '\n', n - w->user);
	const char *colon = memchr(s + w->user, ':', nl ?
	    (size_t)(nl - s) - w->user : n - w->user);

	*at = w->user;
	if (!colon || w->user == n)
		return "expected USER:PASSWORD";
	w->userlen = (size_t)(colon - s) - w->user;
	w->pass = w->user + w->userlen + 1;
	w->passlen = n - w->pass;
	if (!w->userlen)
		return "expected a user before the colon";
	if (w->userlen > LOGINS_USER_OCTETS)
		return "this user's name is too long";
	*at = w->pass;
	if (!w->passlen)
		return "expected a password behind the colon";
	if (w->passlen > LOGINS_PASS_OCTETS)
		return "this password is too long";
	*at = odd(s, w->user, n);
	return *at < n ? s[*at] == '\n' || s[*at] == '\r' ?
	    "a line that goes on with the one before, which has a password "
	    "already" : "a control character" : 0;
}

const char *
logins_words(struct logins_words *w, const char *s, size_t n, size_t *at)
{
	size_t i = 0;

	memset(w, 0, sizeof *w);
	*at = 0;
	while (n && isblank_(s[n - 1]))
		n--;
	if (n && isblank_(*s))
		return "a line that goes on with the one before, and there is "
		    "none";
	while (i < n && !isblank_(s[i]))
		i++;
	w->keylen = i;
	if (!iskey(s, i))
		return "expected a sender, the @domain of senders, a host, or "
		    "a next hop: host, [host] or [address], with :port or "
		    "not";
	w->user = skip(s, n, i);
	return login(w, s, n, at);
}
