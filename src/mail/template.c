#include "mail/template.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

static const char *const names[TEMPLATE_VARS] = {
	"myhostname", "myorigin", "date", "these", "until",
	"bounce_size_limit", "delay_warning_time", "maximal_queue_lifetime"
};

static const struct {
	const char *name;
	unsigned int s;
} units[] = {
	{ "_seconds", 1 }, { "_minutes", 60 }, { "_hours", 3600 },
	{ "_days", 86400 }, { "_weeks", 604800 },
};
#define NUNITS (sizeof units / sizeof units[0])

int
template_var(const char *s, size_t n, unsigned int *unit)
{
	size_t i, len;
	int k;

	*unit = 1;
	for (k = 0; k < TEMPLATE_VARS; k++) {
		len = strlen(names[k]);
		if (n < len || memcmp(s, names[k], len))
			continue;
		if (k < TEMPLATE_delay_warning_time) {
			if (n == len)
				return k;
			continue;
		}
		for (i = 0; i < NUNITS; i++)
			if (n - len == strlen(units[i].name) &&
			    !memcmp(s + len, units[i].name, n - len)) {
				*unit = units[i].s;
				return k;
			}
	}
	return -1;
}

/* The name behind a dollar sign: *name and its length. Returns octets used. */
static size_t
name_scan(const char *s, size_t n, const char **name, size_t *len)
{
	size_t i = 0;
	int brace = n && *s == '{';

	*name = s + brace;
	for (i = (size_t)brace; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || s[i] == '_' ||
		    (s[i] >= 'A' && s[i] <= 'Z') ||
		    (s[i] >= '0' && s[i] <= '9')))
			break;
	*len = i - (size_t)brace;
	if (brace && (i == n || s[i++] != '}'))
		*len = 0;
	return i;
}

static int
put_value(stralloc *sa, const char *value, unsigned int unit)
{
	char fmt[UINT64_FMT];
	uint64_t u;

	if (unit == 1)
		return stralloc_cats(sa, value);
	if (!uint64_scan(value, &u))
		u = 0;
	return stralloc_catb(sa, fmt, uint64_fmt(fmt, u / unit));
}

int
template_expand(stralloc *sa, const char *s, size_t n,
    const char *const values[TEMPLATE_VARS], size_t *bad)
{
	const char *end = s + n, *p = s, *dollar, *name;
	unsigned int unit;
	size_t len;
	int k;

	for (; p < end; p = dollar) {
		dollar = memchr(p, '$', (size_t)(end - p));
		if (!dollar)
			dollar = end;
		if (sa && !stralloc_catb(sa, p, (size_t)(dollar - p)))
			return 0;
		if (dollar == end)
			break;
		*bad = (size_t)(dollar - s);
		dollar++;
		if (dollar < end && *dollar == '$') {
			if (sa && !stralloc_append(sa, '$'))
				return 0;
			dollar++;
			continue;
		}
		dollar += name_scan(dollar, (size_t)(end - dollar), &name,
		    &len);
		k = template_var(name, len, &unit);
		if (k < 0)
			return -1;
		if (sa && !put_value(sa, values[k], unit))
			return 0;
	}
	return 1;
}
