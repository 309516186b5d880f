#include "smtp/xattr.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <arpa/inet.h>

#include "mail/address.h"
#include "mail/hex.h"

#define BOTH 3
#define CLIENT 1
#define FORWARD 2

static const struct {
	const char *word;
	int of;
} names[XATTRS] = {
	{ "NAME", BOTH }, { "ADDR", BOTH }, { "PORT", BOTH },
	{ "PROTO", BOTH }, { "HELO", BOTH }, { "LOGIN", CLIENT },
	{ "DESTADDR", CLIENT }, { "DESTPORT", CLIENT },
	{ "IDENT", FORWARD }, { "SOURCE", FORWARD }
};

const char *
xattr_word(enum xattr_name name)
{
	return names[name].word;
}

/* Undo xtext (RFC 3461 section 4). 0: it is none. */
static int
unquote(char *out, const char *s, size_t n)
{
	size_t i;
	int c;

	for (i = 0; i < n; i++) {
		c = s[i];
		if (c == '+') {
			if (n - i < 3 || hex_upper(s[i + 1]) < 0 ||
			    hex_upper(s[i + 2]) < 0)
				return 0;
			c = hex_upper(s[i + 1]) << 4 | hex_upper(s[i + 2]);
			i += 2;
		} else if (c < 33 || c > 126 || c == '=')
			return 0;
		*out++ = (char)c;
	}
	*out = 0;
	return 1;
}

/* The value, made printable. Returns 1 if it had been so. */
static int
keep(struct xattr *a, const char *s, size_t n)
{
	char *p = a->value;
	int was = 1;

	if (!unquote(p, s, n)) {
		memcpy(p, s, n);
		p[n] = 0;
		n = strlen(p);
	}
	for (; *p; p++)
		if (*p < 33 || *p > 126) {
			*p = '?';
			was = 0;
		}
	return was;
}

/* A host's name, which is no number. */
static int
ishost(const char *s)
{
	return *s != '[' && address_isdomain(s, strlen(s)) &&
	    s[strspn(s, "0123456789.")];
}

/* "192.0.2.1" or "IPv6:2001:db8::1"; written anew. */
static int
address(char *s)
{
	static const char map[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'
	};
	char text[XATTR_OCTETS + 3] = "[", ip[16];
	int n;

	strcat(strcat(text, s), "]");
	n = address_literal_scan(ip, text, strlen(text));
	if (n == 16 && !memcmp(ip, map, sizeof map)) {
		memmove(ip, ip + 12, 4);
		n = 4;
	}
	return n > 0 && inet_ntop(n == 4 ? AF_INET : AF_INET6, ip, s,
	    XATTR_OCTETS + 1) != 0;
}

static int
isport(const char *s)
{
	size_t n = strspn(s, "0123456789"), i;
	unsigned int port = 0;

	if (!n || n > 5 || s[n])
		return 0;
	for (i = 0; i < n; i++)
		port = port * 10 + (unsigned int)(s[i] - '0');
	return port < 65536;
}

static int
isone(const char *s, const char *a, const char *b)
{
	return !strcasecmp(s, a) || !strcasecmp(s, b);
}

/* 1 if the value is one of this attribute; was: it was printable. */
static int
fits(struct xattr *a, int forward, int was)
{
	switch (a->name) {
	case XATTR_NAME:
		return ishost(a->value);
	case XATTR_ADDR: case XATTR_DESTADDR:
		return address(a->value);
	case XATTR_PORT: case XATTR_DESTPORT:
		return isport(a->value);
	case XATTR_PROTO:
		return forward ? a->value[0] &&
		    strlen(a->value) <= XATTR_PROTO_OCTETS :
		    isone(a->value, "SMTP", "ESMTP");
	case XATTR_LOGIN:	/* who is not quite he is nobody */
		return was && a->value[0];
	case XATTR_SOURCE:
		return isone(a->value, "LOCAL", "REMOTE");
	default:
		return a->value[0] != 0;
	}
}

static int
isunknown(const struct xattr *a, int forward)
{
	/* PROTO of XCLIENT is SMTP or ESMTP */
	if (a->name == XATTR_PROTO && !forward)
		return 0;
	return !strcasecmp(a->value, "[UNAVAILABLE]") || (!forward &&
	    a->name == XATTR_NAME && !strcasecmp(a->value, "[TEMPUNAVAIL]"));
}

/* The attribute called s[0..n), or XATTRS; its name is kept as value. */
static enum xattr_name
find(struct xattr *a, int forward, const char *s, size_t n)
{
	unsigned int i;

	for (i = 0; i < XATTRS; i++)
		if (names[i].of & (forward ? FORWARD : CLIENT) &&
		    strlen(names[i].word) == n &&
		    !strncasecmp(names[i].word, s, n))
			return (enum xattr_name)i;
	keep(a, s, n < XATTR_OCTETS ? n : XATTR_OCTETS);
	return XATTRS;
}

int
xattr_scan(struct xattr *a, int forward, const char *s, size_t n)
{
	size_t len = 0, key;
	const char *eq;
	int was;

	while (len < n && s[len] != ' ')
		len++;
	eq = memchr(s, '=', len);
	if (!eq || eq == s)
		return XATTR_SYNTAX;
	key = (size_t)(eq - s) + 1;
	if (len - key > XATTR_OCTETS)
		return XATTR_LONG;
	a->name = find(a, forward, s, key - 1);
	if (a->name == XATTRS)
		return XATTR_FOREIGN;
	was = keep(a, s + key, len - key);
	a->known = !isunknown(a, forward);
	if (a->known && !fits(a, forward, was))
		return XATTR_BAD;
	while (len < n && s[len] == ' ')
		len++;
	return (int)len;
}
