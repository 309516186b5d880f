#include "tlspolicy/tlspolicy.h"

#include <string.h>
#include <strings.h>

#include "smtp/nexthop.h"
#include "wire/tls.h"

static const char *const names[] = {
	"none", "may", "encrypt", "dane", "dane-only", "fingerprint",
	"verify", "secure"
};
#define LENGTH(a) (sizeof (a) / sizeof (a)[0])

#define PRINT_TEXT_OCTETS (3 * TLS_PRINT_OCTETS)

const char *
tlspolicy_name(enum tlspolicy_level l)
{
	return names[l];
}

int
tlspolicy_level(enum tlspolicy_level *l, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		if (strlen(names[i]) == n && !strncasecmp(names[i], s, n)) {
			*l = (enum tlspolicy_level)i;
			return 1;
		}
	return 0;
}

int
tlspolicy_must(enum tlspolicy_level l)
{
	return l != TLSPOLICY_NONE && l != TLSPOLICY_MAY &&
	    l != TLSPOLICY_DANE;
}

static const char *
check_name(const char *s, size_t n)
{
	if (n && s[0] == '.') {
		s++;
		n--;
	}
	return nexthop_ishost(s, n) ? 0 : "expected a host name, .domain, "
	    "hostname, nexthop or dot-nexthop";
}

static const char *
check_print(const char *s, size_t n)
{
	unsigned char print[TLS_PRINT_OCTETS];
	char text[PRINT_TEXT_OCTETS];

	if (n < sizeof text) {
		memcpy(text, s, n);
		text[n] = 0;
		if (tls_print_scan(print, text) > 0)
			return 0;
	}
	return "expected a SHA-256 fingerprint: 64 hexadecimal digits, a "
	    "colon between two pairs or not";
}

/* Take apart the value of match= or fingerprint=. Returns 0, or what is
 * wrong at offset *at of s. */
static const char *
take_match(struct tlspolicy *p, const char *s, size_t n, size_t *at)
{
	int print = p->level == TLSPOLICY_FINGERPRINT;
	const char *why;
	size_t i, from;

	for (i = from = 0; i <= n; i++) {
		if (i < n && s[i] != (print ? '|' : ':'))
			continue;
		*at = from;
		if ((why = (print ? check_print : check_name)(s + from,
		    i - from)))
			return why;
		if (p->n == TLSPOLICY_MATCHES)
			return "more than 16 to match";
		p->match[p->n].s = s + from;
		p->match[p->n++].n = i - from;
		from = i + 1;
	}
	return 0;
}

static int
is(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && !strncasecmp(s, word, n);
}

static const char *
take(struct tlspolicy *p, const char *s, size_t n, size_t *at)
{
	const char *eq = memchr(s, '=', n), *why;
	size_t k = eq ? (size_t)(eq - s) : n, v = k + 1;

	*at = 0;
	if (!eq)
		return "expected attribute=value";
	if (is(s, k, "match") || is(s, k, "fingerprint")) {
		if (p->level < TLSPOLICY_FINGERPRINT)
			return "this level matches nothing: expected level "
			    "fingerprint, verify or secure with it";
		if (is(s, k, "fingerprint") &&
		    p->level != TLSPOLICY_FINGERPRINT)
			return "expected level fingerprint with it";
		why = take_match(p, s + v, n - v, at);
		*at += v;
		return why;
	}
	if (is(s, k, "servername")) {
		*at = v;
		p->servername.s = s + v;
		p->servername.n = n - v;
		return nexthop_ishost(s + v, n - v) ? 0 :
		    "expected a host name";
	}
	if (is(s, k, "protocols") || is(s, k, "ciphers") ||
	    is(s, k, "exclude"))
		return "pneu-tls speaks TLS 1.2 and later with ciphers of "
		    "today only, which are not chosen by destination";
	if (is(s, k, "tafile"))
		return "trust anchors by destination are not supported: see "
		    "fingerprint";
	return "expected match=, fingerprint= or servername=";
}

static int
isspace_(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

int
tlspolicy_scan(struct tlspolicy *p, const char *s, size_t n,
    const char **why, size_t *at)
{
	size_t i = 0, from, off;

	p->n = p->servername.n = 0;
	while (i < n && isspace_(s[i]))
		i++;
	for (from = i; i < n && !isspace_(s[i]); i++)
		;
	*at = from;
	if (!tlspolicy_level(&p->level, s + from, i - from)) {
		*why = "expected none, may, encrypt, dane, dane-only, "
		    "fingerprint, verify or secure";
		return -1;
	}
	for (;;) {
		while (i < n && isspace_(s[i]))
			i++;
		if (i == n)
			break;
		for (from = i; i < n && !isspace_(s[i]); i++)
			;
		if ((*why = take(p, s + from, i - from, &off))) {
			*at = from + off;
			return -1;
		}
	}
	if (p->level == TLSPOLICY_FINGERPRINT && !p->n) {
		*why = "expected match= and a fingerprint";
		return -1;
	}
	return 1;
}

const char *
tlspolicy_key(const char *dest, const char *key)
{
	if (!key)
		return dest;
	if (!nexthop_ishost(dest, strlen(dest)))
		return 0;
	return strchr(key + 1, '.');
}

int
tlspolicy_iskey(const char *s, size_t n)
{
	struct nexthop h;

	if (n && *s == '.')
		return nexthop_ishost(s + 1, n - 1);
	return nexthop_scan(&h, s, n) > 0 && !h.lmtp;
}
