#include "mail/header.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* Length of the field name at s, and in *at where the body begins; 0 if no
 * field begins here. RFC 5322 2.2, and space before the colon: 4.5. */
static size_t
name_length(const char *s, size_t n, size_t *at)
{
	size_t i, len;

	for (len = 0; len < n && s[len] > 32 && s[len] < 127 &&
	    s[len] != ':'; len++)
		;
	for (i = len; i < n && (s[i] == ' ' || s[i] == '\t'); i++)
		;
	if (!len || i == n || s[i] != ':')
		return 0;
	*at = i + 1;
	return len;
}

/* The line at s with its newline; n if there is none. */
static size_t
line_length(const char *s, size_t n)
{
	const char *nl = memchr(s, '\n', n);

	return nl ? (size_t)(nl - s) + 1 : n;
}

int
header_end(const char *s, size_t n, int eof, size_t *len, size_t *body)
{
	size_t i = 0, field = 0, at, line;

	for (; i < n; i += line) {
		line = line_length(s + i, n - i);
		if (i + line > HEADER_OCTETS)
			return (errno = EMSGSIZE, -1);
		if (s[i + line - 1] != '\n' && !eof)
			break;
		if (s[i] == '\n') {
			*len = i;
			*body = i + 1;
			return 1;
		}
		if (i && (s[i] == ' ' || s[i] == '\t')) {
			if (i + line - field > HEADER_FIELD_OCTETS)
				return (errno = EMSGSIZE, -1);
			continue;
		}
		if (!name_length(s + i, line, &at)) {
			*len = *body = i;
			return 1;
		}
		if (line > HEADER_FIELD_OCTETS)
			return (errno = EMSGSIZE, -1);
		field = i;
	}
	if (!eof)
		return n > HEADER_OCTETS ? (errno = EMSGSIZE, -1) : 0;
	*len = *body = n;
	return 1;
}

int
header_scan(struct header_field *f, const char *s, size_t n)
{
	size_t i;

	if (!n)
		return 0;
	f->s = s;
	i = line_length(s, n);
	f->namelen = name_length(s, i, &f->at);
	if (!f->namelen)
		return -1;
	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i += line_length(s + i, n - i);
	f->n = i;
	return (int)i;
}

int
header_is(const struct header_field *f, const char *name)
{
	return f->namelen == strlen(name) &&
	    !strncasecmp(f->s, name, f->namelen);
}
