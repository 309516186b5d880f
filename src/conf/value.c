#include "conf/value.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

const struct conf_setting conf_settings[CONF_N] = {
#define X(name, type, def, min, max, unit, prose) \
	{ #name, CONF_##type, def, min, max, unit, prose },
#include "conf/settings.h"
#undef X
};

static const struct unit {
	char letter;
	uint64_t factor;
} times[] = {
	{ 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 },
	{ 's', 1 }, { 0, 0 }
}, sizes[] = {
	{ 't', (uint64_t)1 << 40 }, { 'g', 1 << 30 }, { 'm', 1 << 20 },
	{ 'k', 1 << 10 }, { 0, 0 }
}, none[] = {
	{ 0, 0 }
};

static const struct unit *
units(enum conf_type type)
{
	return type == CONF_TIME ? times : type == CONF_SIZE ? sizes : none;
}

int
conf_find(const char *s, size_t n)
{
	int k;

	for (k = 0; k < CONF_N; k++)
		if (strlen(conf_settings[k].name) == n &&
		    !memcmp(conf_settings[k].name, s, n))
			return k;
	return -1;
}

static int
refuse(int e, size_t at, size_t *bad)
{
	*bad = at;
	errno = e;
	return -1;
}

/* Digits and at most one letter of the type's units. */
static int
scan_number(const struct conf_setting *x, const char *s, size_t n,
    uint64_t *num, size_t *bad)
{
	const struct unit *u = units(x->type);
	uint64_t v = 0, f = 1;
	size_t i;

	for (i = 0; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
		if (v > UINT64_MAX / 10 - 1)
			return refuse(ERANGE, 0, bad);
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (!i)
		return refuse(EINVAL, 0, bad);
	if (i < n) {
		while (u->letter && u->letter != (s[i] | 32))
			u++;
		if (!u->letter || i + 1 < n)
			return refuse(EINVAL, u->letter ? i + 1 : i, bad);
		f = u->factor;
	}
	if (v > UINT64_MAX / f || v * f < x->min || v * f > x->max)
		return refuse(ERANGE, 0, bad);
	*num = v * f;
	return 1;
}

/* The place of s in "a|b|c". */
static int
scan_word(const char *words, const char *s, size_t n, uint64_t *num,
    size_t *bad)
{
	uint64_t place = 0;

	for (;;) {
		size_t m = strcspn(words, "|");

		if (m == n && !strncasecmp(words, s, n)) {
			*num = place;
			return 1;
		}
		if (!words[m])
			return refuse(EINVAL, 0, bad);
		words += m + 1;
		place++;
	}
}

static int
put_word(const char *words, uint64_t place, stralloc *sa)
{
	for (; place; place--)
		words += strcspn(words, "|") + 1;
	return stralloc_catb(sa, words, strcspn(words, "|"));
}

static int
isdivider(char c)
{
	return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
}

static int
isnamechar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static int
scan_list(const struct conf_setting *x, const char *s, size_t n, stralloc *sa,
    size_t *bad)
{
	size_t i = 0, from;
	uint64_t items = 0;

	for (;;) {
		while (i < n && isdivider(s[i]))
			i++;
		if (i == n)
			break;
		for (from = i; i < n && !isdivider(s[i]); i++)
			if (!s[i])
				return refuse(EINVAL, i, bad);
		if (++items > x->max)
			return refuse(ERANGE, from, bad);
		if (!stralloc_catb(sa, s + from, i - from) ||
		    !stralloc_0(sa))
			return refuse(ENOMEM, 0, bad);
	}
	return items < x->min ? refuse(ERANGE, 0, bad) : 1;
}

static int
scan_string(const struct conf_setting *x, const char *s, size_t n,
    stralloc *sa, size_t *bad)
{
	const char *nul = memchr(s, 0, n);

	if (nul)
		return refuse(EINVAL, (size_t)(nul - s), bad);
	if (n < x->min || n > x->max)
		return refuse(ERANGE, n < x->min ? 0 : x->max, bad);
	if (!stralloc_catb(sa, s, n) || !stralloc_0(sa))
		return refuse(ENOMEM, 0, bad);
	return 1;
}

int
conf_value(enum conf_key k, const char *s, size_t n, uint64_t *num,
    stralloc *sa, size_t *bad)
{
	const struct conf_setting *x = conf_settings + k;
	const char *words = x->type == CONF_BOOL ? "no|yes" : x->unit;
	char fmt[UINT64_FMT];
	int r;

	*num = 0;
	switch (x->type) {
	case CONF_STRING:
	case CONF_TEXT:
		return scan_string(x, s, n, sa, bad);
	case CONF_LIST:
		return scan_list(x, s, n, sa, bad);
	case CONF_BOOL:
	case CONF_WORD:
		if (scan_word(words, s, n, num, bad) < 0)
			return -1;
		r = put_word(words, *num, sa);
		break;
	default:
		if (scan_number(x, s, n, num, bad) < 0)
			return -1;
		r = stralloc_catb(sa, fmt, uint64_fmt(fmt, *num));
	}
	return r && stralloc_0(sa) ? 1 : refuse(ENOMEM, 0, bad);
}

int
conf_expand(stralloc *sa, const char *s, size_t n, const char *myhostname,
    size_t *bad)
{
	static const char *const names[] = { "$myhostname", "${myhostname}" };
	size_t i, k, m;

	if (!stralloc_ready(sa, n + 1))
		return refuse(ENOMEM, 0, bad);
	for (i = 0; i < n; ) {
		if (s[i] != '$') {
			if (!stralloc_append(sa, s[i++]))
				return refuse(ENOMEM, 0, bad);
			continue;
		}
		for (k = 0; k < 2; k++) {
			m = strlen(names[k]);
			if (n - i >= m && !memcmp(s + i, names[k], m) &&
			    (k || n - i == m || !isnamechar(s[i + m])))
				break;
		}
		if (k == 2)
			return refuse(EINVAL, i, bad);
		if (!stralloc_cats(sa, myhostname))
			return refuse(ENOMEM, 0, bad);
		i += m;
	}
	return 1;
}

int
conf_expand_for(enum conf_key k, stralloc *sa, const char *s, size_t n,
    const char *myhostname, size_t *bad)
{
	if (conf_settings[k].type != CONF_TEXT)
		return conf_expand(sa, s, n, myhostname, bad);
	return stralloc_catb(sa, s, n) ? 1 : refuse(ENOMEM, 0, bad);
}

int
conf_write(enum conf_type type, uint64_t u, stralloc *sa)
{
	const struct unit *x = units(type);
	char fmt[UINT64_FMT];

	if (type == CONF_BOOL)
		return stralloc_cats(sa, u ? "yes" : "no");
	/* a size in k says less than the number of octets does */
	while (x->letter && (!u || u % x->factor || x->letter == 'k'))
		x++;
	if (x->letter)
		u /= x->factor;
	return stralloc_catb(sa, fmt, uint64_fmt(fmt, u)) &&
	    (!x->letter || stralloc_append(sa, x->letter));
}

static int
put_range(const struct conf_setting *x, const char *what, stralloc *sa)
{
	return stralloc_cats(sa, what) && stralloc_cats(sa, " from ") &&
	    conf_write(x->type, x->min, sa) && stralloc_cats(sa, " to ") &&
	    conf_write(x->type, x->max, sa);
}

static int
put_count(const struct conf_setting *x, const char *what, const char *of,
    stralloc *sa)
{
	return stralloc_cats(sa, what) &&
	    (x->min ? conf_write(x->type, x->min, sa) &&
	    stralloc_cats(sa, " to ") : stralloc_cats(sa, "at most ")) &&
	    conf_write(x->type, x->max, sa) && stralloc_cats(sa, of);
}

int
conf_expected(enum conf_key k, stralloc *sa)
{
	const struct conf_setting *x = conf_settings + k;
	const char *s;

	switch (x->type) {
	case CONF_NUMBER:
		return put_range(x, "a number", sa);
	case CONF_TIME:
		return put_range(x, "a time", sa);
	case CONF_SIZE:
		return put_range(x, "a size", sa);
	case CONF_BOOL:
		return stralloc_cats(sa, "yes or no");
	case CONF_WORD:
		for (s = x->unit; *s; s++)
			if (!(*s == '|' ? stralloc_cats(sa, " or ") :
			    stralloc_append(sa, *s)))
				return 0;
		return 1;
	case CONF_STRING:
	case CONF_TEXT:
		return put_count(x, "text of ", " octets", sa);
	default:
		return put_count(x, "a list of ", " items", sa);
	}
}
