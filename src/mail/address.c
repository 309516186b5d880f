#include "mail/address.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <arpa/inet.h>

#include "mail/utf8.h"

static int
isalnum_(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* RFC 5322 section 3.2.3, and RFC 6531 3.3. */
static int
isatext(char c)
{
	return isalnum_(c) || (unsigned char)c > 127 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static int
isdotstring(const char *s, size_t n)
{
	size_t i;

	if (!n || s[0] == '.' || s[n - 1] == '.')
		return 0;
	for (i = 0; i < n; i++)
		if (!isatext(s[i]) && (s[i] != '.' || s[i - 1] == '.'))
			return 0;
	return 1;
}

int
address_literal_scan(char ip[16], const char *s, size_t n)
{
	char text[64];
	size_t len;

	if (n < 3 || n - 2 >= sizeof text || memchr(s, 0, n) ||
	    s[0] != '[' || s[n - 1] != ']')
		return 0;
	memcpy(text, s + 1, n - 2);
	len = n - 2;
	text[len] = 0;
	if (len > 5 && !strncasecmp(text, "IPv6:", 5))
		return inet_pton(AF_INET6, text + 5, ip) == 1 ? 16 : 0;
	return inet_pton(AF_INET, text, ip) == 1 ? 4 : 0;
}

int
address_isdomain(const char *s, size_t n)
{
	char ip[16];
	size_t i, label = 0;

	if (!n || n > ADDRESS_DOMAIN_OCTETS)
		return 0;
	if (s[0] == '[')
		return address_literal_scan(ip, s, n) > 0;
	for (i = 0; i < n; i++) {
		if (s[i] == '.') {
			if (!label || s[i - 1] == '-')
				return 0;
			label = 0;
			continue;
		}
		if (!isalnum_(s[i]) && s[i] != '_' && (s[i] != '-' || !label))
			return 0;
		if (++label > ADDRESS_LABEL_OCTETS)
			return 0;
	}
	return label && s[n - 1] != '-';
}

size_t
address_at(const char *s, size_t n)
{
	size_t i;

	if (n && s[n - 1] == '"')
		return n;	/* a local part alone, which may hold an '@' */
	for (i = n; i; i--)
		if (s[i - 1] == '@')
			return i - 1;
	return n;
}

/* Write local[0..n) to w, quoted if it must be. Room: 2 * n + 2. */
static size_t
put_local(char *w, const char *local, size_t n)
{
	size_t i, len = 0;

	if (isdotstring(local, n)) {
		memcpy(w, local, n);
		return n;
	}
	w[len++] = '"';
	for (i = 0; i < n; i++) {
		if (local[i] == '"' || local[i] == '\\')
			w[len++] = '\\';
		w[len++] = local[i];
	}
	w[len++] = '"';
	return len;
}

int
address_put(stralloc *sa, const char *local, size_t n1, const char *domain,
    size_t n2)
{
	size_t i;

	for (i = 0; i < n1; i++)
		if ((unsigned char)local[i] < 32 || local[i] == 127)
			return -1;
	if (!stralloc_readyplus(sa, 2 * n1 + 3 + n2))
		return 0;
	sa->len += put_local(sa->s + sa->len, local, n1);
	if (n2) {
		sa->s[sa->len++] = '@';
		memcpy(sa->s + sa->len, domain, n2);
		sa->len += n2;
	}
	return 1;
}

int
address_local(stralloc *sa, const char *s, size_t at)
{
	size_t i;

	if (at < 2 || s[0] != '"' || s[at - 1] != '"')
		return stralloc_catb(sa, s, at);
	if (!stralloc_readyplus(sa, at))
		return 0;
	for (i = 1; i < at - 1; i++) {
		if (s[i] == '\\' && i + 1 < at - 1)
			i++;
		sa->s[sa->len++] = s[i];
	}
	return 1;
}

int
address_cat8(stralloc *sa, const char *s)
{
	size_t n = strlen(s), at = address_at(s, n), len = sa->len;
	int r;

	if (at >= n || !utf8_has(s + at, n - at))
		return stralloc_catb(sa, s, n);
	if (!stralloc_catb(sa, s, at + 1))
		return 0;
	r = utf8_domain(sa, s + at + 1, n - at - 1);
	if (r >= 0)
		return r;
	sa->len = len;
	return stralloc_catb(sa, s, n);
}

/* A quoted string (RFC 5321 4.1.2) at s[0..n), which begins with a quote:
 * its meaning goes to w. Returns octets used or an error. */
static int
scan_quoted(char *w, size_t *len, const char *s, size_t n)
{
	size_t i;

	*len = 0;
	for (i = 1; i < n && s[i] != '"'; i++) {
		if (s[i] == '\\' && ++i == n)
			return ADDRESS_SYNTAX;
		if ((unsigned char)s[i] < 32 || s[i] == 127)
			return ADDRESS_SYNTAX;
		w[(*len)++] = s[i];
	}
	return i < n ? (int)i + 1 : ADDRESS_SYNTAX;
}

/* The local part at s[0..n), as it will stand in a. */
static int
scan_local(struct address *a, const char *s, size_t n)
{
	char meant[ADDRESS_PATH_OCTETS];
	size_t i, len;
	int used;

	if (n && s[0] == '"') {
		used = scan_quoted(meant, &len, s, n);
		if (used > 0)
			a->len = put_local(a->s, meant, len);
		return used;
	}
	for (i = 0; i < n && (isatext(s[i]) || s[i] == '.'); i++)
		a->s[i] = s[i];
	a->len = i;
	return i ? (int)i : ADDRESS_SYNTAX;
}

/* The domain at s[0..n), which has U-labels. */
static int
scan_udomain(struct address *a, const char *s, size_t n)
{
	stralloc sa = STRALLOC_ZERO;
	int r = utf8_domain(&sa, s, n) > 0 && address_isdomain(sa.s, sa.len) ?
	    1 : ADDRESS_SYNTAX;

	if (r > 0 && a->len + 1 + sa.len >= sizeof a->s)
		r = ADDRESS_LONG;
	if (r > 0) {
		a->s[a->len++] = '@';
		memcpy(a->s + a->len, sa.s, sa.len);
		a->len += sa.len;
		a->s[a->len] = 0;
	}
	stralloc_free(&sa);
	return r;
}

/* A mailbox that is the whole of s[0..n), n at most ADDRESS_PATH_OCTETS.
 * The canonical spelling is never longer than what was written, unless the
 * domain has U-labels. */
static int
scan_mailbox(struct address *a, const char *s, size_t n, int utf8)
{
	int used;

	if (!utf8 && utf8_has(s, n))
		return ADDRESS_ASCII;
	if (utf8 && !utf8_is(s, n))
		return ADDRESS_SYNTAX;
	used = scan_local(a, s, n);
	if (used < 0)
		return used;
	s += used;
	n -= (size_t)used;
	a->at = a->len;
	if (n && *s == '@' && utf8_has(s, n))
		return scan_udomain(a, s + 1, n - 1);
	if (n) {
		if (*s != '@' || !address_isdomain(s + 1, n - 1))
			return ADDRESS_SYNTAX;
		memcpy(a->s + a->len, s, n);
		a->len += n;
	}
	a->s[a->len] = 0;
	return 1;
}

/* Length of a source route "@a,@b:" at s[0..n) (RFC 5321 appendix C: to be
 * taken and ignored); 0 if there is none, or an error. */
static int
scan_route(const char *s, size_t n)
{
	size_t i = 0, start;

	if (!n || s[0] != '@')
		return 0;
	for (;;) {
		if (i >= n || s[i++] != '@')
			return ADDRESS_SYNTAX;
		start = i;
		if (i < n && s[i] == '[')
			while (i < n && s[i] != ']')
				i++;
		while (i < n && s[i] != ',' && s[i] != ':')
			i++;
		if (i == n || !address_isdomain(s + start, i - start))
			return ADDRESS_SYNTAX;
		if (s[i++] == ':')
			return (int)i;
	}
}

/* Where the path that s[0..n) begins with ends: behind its '>', or at a
 * space or the end; quoted strings are passed over. */
static size_t
path_end(const char *s, size_t n)
{
	size_t i;
	int angle = n && s[0] == '<', quoted = 0;

	for (i = (size_t)angle; i < n; i++) {
		if (quoted && s[i] == '\\') {
			i++;
			continue;
		}
		if (s[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (angle && s[i] == '>')
			return i + 1;
		if (!angle && s[i] == ' ')
			return i;
	}
	return angle || quoted ? 0 : n;
}

static void
trim(const char **s, size_t *n)
{
	while (*n && **s == ' ')
		(*s)++, (*n)--;
	while (*n && (*s)[*n - 1] == ' ')
		(*n)--;
}

static int
path_scan(struct address *a, const char *s, size_t n, int utf8)
{
	size_t end = path_end(s, n), len = end;
	int r;

	a->len = a->at = 0;
	a->s[0] = 0;
	if (!end)
		return ADDRESS_SYNTAX;
	if (end > ADDRESS_PATH_OCTETS)
		return ADDRESS_LONG;
	if (s[0] == '<') {
		s++;
		len -= 2;
		trim(&s, &len);
		if (!len)
			return (int)end;
	}
	if ((r = scan_route(s, len)) < 0)
		return r;
	if (s[len - 1] == '.' && memchr(s, '@', len))
		len--;		/* of a domain: doc/VIOLATIONS 1 */
	r = scan_mailbox(a, s + r, len - (size_t)r, utf8);
	return r < 0 ? r : (int)end;
}

int
address_path_scan(struct address *a, const char *s, size_t n)
{
	return path_scan(a, s, n, 0);
}

int
address_path_scan8(struct address *a, const char *s, size_t n)
{
	return path_scan(a, s, n, 1);
}

static int
scan(struct address *a, const char *s, size_t n, int utf8)
{
	a->len = a->at = 0;
	if (n > ADDRESS_PATH_OCTETS)
		return ADDRESS_LONG;
	return scan_mailbox(a, s, n, utf8);
}

int
address_scan(struct address *a, const char *s, size_t n)
{
	return scan(a, s, n, 0);
}

int
address_scan8(struct address *a, const char *s, size_t n)
{
	return scan(a, s, n, 1);
}
