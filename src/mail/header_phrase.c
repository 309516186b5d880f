#include "mail/header.h"

#include <string.h>

#define WORD_OCTETS 75		/* of an encoded word: RFC 2047 section 2 */
#define WORD_BEGIN "=?utf-8?Q?"
#define WORD_END "?="

/* Octets of the UTF-8 character at s[0..n) (RFC 3629), 0 if it is none. */
static size_t
utf8_length(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 :
	    c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0, i;

	if (!len || len > n)
		return 0;
	for (i = 1; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static int
isutf8(const char *s, size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i += len)
		if (!(len = utf8_length(s + i, n - i)))
			return 0;
	return 1;
}

static int
isalnum_ascii(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static char
visible(char c)
{
	return (unsigned char)c < 32 || c == 127 ? ' ' : c;
}

/* RFC 2047 section 4.2, with the octets that 5 (3) allows in a phrase. A
 * character is never divided between two words. */
static int
put_encoded(stralloc *out, const char *s, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, j, len, word = 0;

	for (i = 0; i < n; i += len) {
		len = utf8_length(s + i, n - i);
		if (word && word + 3 * len > WORD_OCTETS - 2) {
			if (!stralloc_cats(out, WORD_END "\n "))
				return 0;
			word = 0;
		}
		if (!word) {
			if (!stralloc_cats(out, WORD_BEGIN))
				return 0;
			word = strlen(WORD_BEGIN);
		}
		for (j = i; j < i + len; j++) {
			char c = visible(s[j]), e[3];

			e[0] = '=';
			e[1] = hex[(unsigned char)c >> 4];
			e[2] = hex[(unsigned char)c & 15];
			if (isalnum_ascii(c) || (c && strchr("!*+-/", c)) ||
			    c == ' ') {
				e[0] = c == ' ' ? '_' : c;
				word += 1;
				if (!stralloc_catb(out, e, 1))
					return 0;
			} else {
				word += 3;
				if (!stralloc_catb(out, e, 3))
					return 0;
			}
		}
	}
	return stralloc_cats(out, WORD_END);
}

static int
put_quoted(stralloc *out, const char *s, size_t n)
{
	size_t i;

	if (!stralloc_append(out, '"'))
		return 0;
	for (i = 0; i < n; i++) {
		if ((s[i] == '"' || s[i] == '\\') &&
		    !stralloc_append(out, '\\'))
			return 0;
		if (!stralloc_append(out, visible(s[i])))
			return 0;
	}
	return stralloc_append(out, '"');
}

int
header_phrase(stralloc *out, const char *name, size_t n)
{
	int plain = 1, ascii = 1;
	size_t i;

	for (i = 0; i < n; i++) {
		char c = name[i];

		ascii &= (unsigned char)c < 128;
		plain &= isalnum_ascii(c) || (c == ' ' && i && i + 1 < n) ||
		    (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
	}
	/* what looks like an encoded word must not be read as one */
	plain = plain && n && !(n > 1 && memchr(name, '=', n - 1));
	if (plain)
		return stralloc_catb(out, name, n);
	return !ascii && isutf8(name, n) ? put_encoded(out, name, n) :
	    put_quoted(out, name, n);
}
