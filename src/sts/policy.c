#include "sts/policy.h"

#include <string.h>
#include <strings.h>
#include <skalibs/bytestr.h>

#include "smtp/nexthop.h"

#define VERSION "STSv1"
#define NAME_OCTETS 32			/* of a key */

static int
isblank_(char c)
{
	return c == ' ' || c == '\t';
}

static int
isalnum_(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9');
}

static int
isdigit_(char c)
{
	return c >= '0' && c <= '9';
}

/* A letter or digit, then those and "_-.", 32 in all. */
static int
iskey(const char *s, size_t n)
{
	size_t i;

	if (!n || n > NAME_OCTETS || !isalnum_(*s))
		return 0;
	for (i = 1; i < n; i++)
		if (!isalnum_(s[i]) && !memchr("_-.", s[i], 3))
			return 0;
	return 1;
}

static int
is(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && !memcmp(s, word, n);
}

/* The value of an extension of the record: visible, but no '=' and ';'. */
static int
isvalue(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < 0x21 || s[i] > 0x7e || s[i] == '=')
			return 0;
	return n > 0;
}

static int
take_id(char *id, const char *s, size_t n)
{
	size_t i;

	if (!n || n > STS_ID_OCTETS)
		return 0;
	for (i = 0; i < n; i++)
		if (!isalnum_(s[i]))
			return 0;
	if (!*id) {
		memcpy(id, s, n);
		id[n] = 0;
	}
	return 1;
}

/* One field, "name=value", without the blanks around it. */
static int
take_field(char *id, const char *s, size_t n)
{
	const char *v = memchr(s, '=', n);
	size_t k = v ? (size_t)(v - s) : 0;

	if (!v)
		return 0;
	if (is(s, k, "id"))
		return take_id(id, v + 1, n - k - 1);
	return iskey(s, k) && isvalue(v + 1, n - k - 1);
}

int
sts_record_scan(char id[STS_ID_OCTETS + 1], const char *s, size_t n)
{
	size_t v = strlen("v=" VERSION), i, k;

	id[0] = 0;
	if (n < v || memcmp(s, "v=" VERSION, v))
		return 0;
	for (i = v; i < n && isblank_(s[i]); i++)
		;
	if (i == n || s[i] != ';')
		return 0;
	for (i++; i < n; i += k + 1) {
		const char *p = memchr(s + i, ';', n - i), *q;

		k = p ? (size_t)(p - s) - i : n - i;
		p = s + i;
		q = p + k;
		while (p < q && isblank_(*p))
			p++;
		while (q > p && isblank_(q[-1]))
			q--;
		if (p == q && i + k == n)
			break;		/* a ';' at the end */
		if (p == q || !take_field(id, p, (size_t)(q - p)))
			return -1;
	}
	return id[0] ? 1 : -1;
}

/* What was seen of a policy. */
struct seen {
	int version, mode, age;
};

static int
take_age(struct sts_policy *p, const char *s, size_t n)
{
	uint64_t u = 0;
	size_t i;

	if (!n || n > 10)
		return 0;
	for (i = 0; i < n; i++) {
		if (!isdigit_(s[i]))
			return 0;
		u = 10 * u + (uint64_t)(s[i] - '0');
	}
	p->max_age = u > STS_MAX_AGE_S ? STS_MAX_AGE_S : (uint32_t)u;
	return 1;
}

static const char *
take_mx(struct sts_policy *p, const char *s, size_t n)
{
	size_t star = n > 2 && s[0] == '*' && s[1] == '.' ? 2 : 0, at;

	if (!nexthop_ishost(s + star, n - star))
		return "an mx is no host name";
	if (p->mx.len + n + 1 > STS_MX_OCTETS)
		return "too many mx";
	at = p->mx.len;
	if (!stralloc_catb(&p->mx, s, n) || !stralloc_0(&p->mx))
		return "out of memory";
	case_lowerb(p->mx.s + at, n);
	return 0;
}

/* One line, without its end. Returns what is wrong, or 0. */
static const char *
take_line(struct sts_policy *p, struct seen *seen, const char *s, size_t n)
{
	const char *v = memchr(s, ':', n);
	size_t k = v ? (size_t)(v - s) : 0;

	if (!v || !iskey(s, k))
		return "a line is not \"key: value\"";
	for (n -= k + 1, v++; n && isblank_(*v); n--)
		v++;
	if (is(s, k, "mx"))
		return take_mx(p, v, n);
	if (is(s, k, "version") && !seen->version++ && !is(v, n, VERSION))
		return "its version is not " VERSION;
	if (is(s, k, "mode") && !seen->mode++ &&
	    !sts_mode_scan(&p->mode, v, n))
		return "its mode is not none, testing or enforce";
	if (is(s, k, "max_age") && !seen->age++ && !take_age(p, v, n))
		return "its max_age is no number of seconds";
	return 0;
}

int
sts_text_scan(struct sts_policy *p, const char *s, size_t n,
    const char **why)
{
	struct seen seen = { 0, 0, 0 };
	size_t i, k;

	p->mode = STS_NONE;
	p->max_age = 0;
	p->mx.len = 0;
	*why = 0;
	for (i = 0; i < n && !*why; i += k + 1) {
		const char *end = memchr(s + i, '\n', n - i);
		size_t len;

		len = k = end ? (size_t)(end - s) - i : n - i;
		if (end && len && s[i + len - 1] == '\r')
			len--;
		while (len && isblank_(s[i + len - 1]))
			len--;
		if (len)
			*why = take_line(p, &seen, s + i, len);
	}
	if (!*why && !seen.version)
		*why = "it has no version";
	if (!*why && !seen.mode)
		*why = "it has no mode";
	if (!*why && !seen.age)
		*why = "it has no max_age";
	if (!*why && p->mode != STS_NONE && !p->mx.len)
		*why = "it has no mx";
	return *why ? -1 : 1;
}

int
sts_ismx(const struct sts_policy *p, const char *host)
{
	const char *dot = strchr(host, '.'), *s;
	size_t i;

	for (i = 0; i < p->mx.len; i += strlen(s) + 1) {
		s = p->mx.s + i;
		if (s[0] == '*' && s[1] == '.' ? dot && dot != host &&
		    !strcasecmp(s + 2, dot + 1) : !strcasecmp(s, host))
			return 1;
	}
	return 0;
}
