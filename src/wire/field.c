#include "wire/field.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

static int
hexdigit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int
isname(const char *s, size_t n)
{
	size_t i;

	if (n < 1 || n > FIELD_NAME_OCTETS)
		return 0;
	for (i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
		    (s[i] >= '0' && s[i] <= '9') || s[i] == '-' || s[i] == '_'))
			return 0;
	return 1;
}

/* Undo %XX of s[0..n) in place. Returns the new length, -1 if malformed. */
static ssize_t
decode(char *s, size_t n)
{
	size_t r = 0, w = 0;

	while (r < n) {
		if (s[r] == '%') {
			int hi, lo;

			if (n - r < 3 || (hi = hexdigit(s[r + 1])) < 0 ||
			    (lo = hexdigit(s[r + 2])) < 0)
				return -1;
			s[w++] = (char)(hi << 4 | lo);
			r += 3;
		} else
			s[w++] = s[r++];
	}
	return (ssize_t)w;
}

int
field_scan(struct field *f, char *s, size_t n)
{
	char *nl = memchr(s, '\n', n);
	char *eq;
	ssize_t len;

	if (!nl)
		return 0;
	eq = memchr(s, '=', (size_t)(nl - s));
	if (!eq || !isname(s, (size_t)(eq - s)))
		return -1;
	len = decode(eq + 1, (size_t)(nl - eq - 1));
	if (len < 0)
		return -1;
	f->name = s;
	f->namelen = (size_t)(eq - s);
	f->value = eq + 1;
	f->valuelen = (size_t)len;
	f->value[len] = 0;
	return (int)(nl - s + 1);
}

int
field_is(const struct field *f, const char *name)
{
	return strlen(name) == f->namelen && !memcmp(name, f->name, f->namelen);
}

int
field_put(stralloc *sa, const char *name, const char *value, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, namelen = strlen(name);
	char *w;

	if (!stralloc_readyplus(sa, namelen + 2 + 3 * n))
		return 0;
	w = sa->s + sa->len;
	memcpy(w, name, namelen);
	w += namelen;
	*w++ = '=';
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c < 32 || c == 127 || c == '%') {
			*w++ = '%';
			*w++ = hex[c >> 4];
			*w++ = hex[c & 15];
		} else
			*w++ = (char)c;
	}
	*w++ = '\n';
	sa->len = (size_t)(w - sa->s);
	return 1;
}

int
field_puts(stralloc *sa, const char *name, const char *value)
{
	return field_put(sa, name, value, strlen(value));
}

int
field_putopt(stralloc *sa, const char *name, const char *value)
{
	return !value || field_puts(sa, name, value);
}

int
field_putu(stralloc *sa, const char *name, uint64_t value)
{
	char fmt[UINT64_FMT];

	return field_put(sa, name, fmt, uint64_fmt(fmt, value));
}

int
field_uint(const struct field *f, uint64_t *u)
{
	size_t n = uint64_scan(f->value, u);

	return n && n == f->valuelen;
}
