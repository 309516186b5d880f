#include "smtp/nexthop.h"

#include <string.h>
#include <strings.h>
#include <skalibs/bytestr.h>
#include <skalibs/types.h>

int
nexthop_ishost(const char *s, size_t n)
{
	size_t i, label = 0;

	if (!n || n > NEXTHOP_HOST_OCTETS)
		return 0;
	for (i = 0; i < n; i++) {
		char c = s[i];

		if (c == '.') {
			if (!label)
				return 0;
			label = 0;
			continue;
		}
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_') ||
		    ++label > 63)
			return 0;
	}
	return label > 0;
}

/* s[0..n) as an address: the whole of it, or none. */
static int
scan_ip(ip46 *ip, const char *s, size_t n)
{
	char t[IP6_FMT + 1];

	if (n >= 5 && !strncasecmp(s, "IPv6:", 5)) {
		s += 5;
		n -= 5;
		if (!memchr(s, ':', n))
			return 0;
	}
	if (!n || n >= sizeof t)
		return 0;
	memcpy(t, s, n);
	t[n] = 0;
	return ip46_scan(t, ip) == n;
}

/* s[0..n): ":port", or nothing. */
static int
scan_port(uint16_t *port, const char *s, size_t n)
{
	char t[UINT16_FMT + 1];

	if (!n)
		return 1;
	if (*s != ':' || n - 1 >= sizeof t)
		return -1;
	memcpy(t, s + 1, n - 1);
	t[n - 1] = 0;
	return uint160_scan(t, port) && *port ? 1 : -1;
}

static int
scan_host(struct nexthop *h, const char *s, size_t n)
{
	if (n && s[n - 1] == '.')
		n--;
	if (!nexthop_ishost(s, n))
		return -1;
	memcpy(h->host, s, n);
	h->host[n] = 0;
	case_lowers(h->host);
	return 1;
}

static int
scan_smtp(struct nexthop *h, const char *s, size_t n)
{
	const char *end = s + n, *p;

	h->mx = !n || *s != '[';
	if (!h->mx) {
		p = memchr(++s, ']', n - 1);
		if (!p || scan_port(&h->port, p + 1, (size_t)(end - p) - 1) < 0)
			return -1;
	} else {
		p = memchr(s, ':', n);
		if (!p || memchr(p + 1, ':', (size_t)(end - p) - 1))
			p = end;		/* a bare IPv6 address */
		if (scan_port(&h->port, p, (size_t)(end - p)) < 0)
			return -1;
	}
	n = (size_t)(p - s);
	if (scan_ip(&h->ip, s, n)) {
		h->isip = 1;
		h->mx = 0;
		h->host[ip46_fmt(h->host, &h->ip)] = 0;
		return 1;
	}
	return scan_host(h, s, n);
}

static int
starts(const char *s, size_t n, const char *word)
{
	return n >= strlen(word) && !strncasecmp(s, word, strlen(word));
}

/* An absolute path, of octets that a log line may have. */
static int
scan_path(struct nexthop *h, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] <= 32 || s[i] == 127)
			return -1;
	if (n < 2 || n > NEXTHOP_PATH_OCTETS || *s != '/')
		return -1;
	memcpy(h->path, s, n);
	return 1;
}

int
nexthop_scan(struct nexthop *h, const char *s, size_t n)
{
	memset(h, 0, sizeof *h);
	if (!starts(s, n, "lmtp:"))
		return scan_smtp(h, s, n);
	h->lmtp = 1;
	s += 5;
	n -= 5;
	if (starts(s, n, "unix:"))
		return scan_path(h, s + 5, n - 5);
	if (starts(s, n, "inet:")) {
		s += 5;
		n -= 5;
	}
	if (scan_smtp(h, s, n) < 0)
		return -1;
	h->mx = 0;
	if (!h->port)
		h->port = NEXTHOP_LMTP_PORT;
	return 1;
}
