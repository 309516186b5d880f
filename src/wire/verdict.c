#include "wire/verdict.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint32.h>

static char
class_of(char kind)
{
	switch (kind) {
	case VERDICT_DONE: return '2';
	case VERDICT_LATER: return '4';
	case VERDICT_NEVER: return '5';
	}
	return 0;
}

/* RFC 3463 section 2: class "." 1*3digit "." 1*3digit. */
static int
iscode(const char *s, size_t n, char class)
{
	size_t i = 2, part, digits;

	if (n < 5 || n > VERDICT_CODE_OCTETS || s[0] != class || s[1] != '.')
		return 0;
	for (part = 0; part < 2; part++) {
		for (digits = 0; i < n && s[i] >= '0' && s[i] <= '9'; i++)
			digits++;
		if (digits < 1 || digits > 3)
			return 0;
		if (part == 0 && (i >= n || s[i++] != '.'))
			return 0;
	}
	return i == n;
}

int
verdict_scan(struct verdict *v, const char *s, size_t n)
{
	const char *end = s + n, *sp;
	uint32_t u = 0;

	if (n < 2 || !class_of(s[0]) || s[1] != ' ')
		return -1;
	v->kind = s[0];
	s += 2;
	sp = memchr(s, ' ', (size_t)(end - s));
	if (!sp || !iscode(s, (size_t)(sp - s), class_of(v->kind)))
		return -1;
	memcpy(v->code, s, (size_t)(sp - s));
	v->code[sp - s] = 0;
	s = sp + 1;
	sp = memchr(s, ' ', (size_t)(end - s));
	if (!sp || sp == s || sp - s > 9)
		return -1;
	for (; s < sp; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		u = u * 10 + (uint32_t)(*s - '0');
	}
	v->seconds = u;
	v->text = sp + 1;
	v->textlen = (size_t)(end - v->text);
	return v->textlen > VERDICT_TEXT_OCTETS ? -1 : 1;
}

int
verdict_put(stralloc *sa, const struct verdict *v)
{
	char fmt[UINT32_FMT];
	size_t codelen = strlen(v->code), n = v->textlen, i, fmtlen;

	if (n > VERDICT_TEXT_OCTETS)
		n = VERDICT_TEXT_OCTETS;
	fmtlen = uint32_fmt(fmt, v->seconds > 999999999 ? 999999999 :
	    v->seconds);
	if (!stralloc_readyplus(sa, 4 + codelen + fmtlen + n))
		return 0;
	stralloc_append(sa, v->kind);
	stralloc_append(sa, ' ');
	stralloc_catb(sa, v->code, codelen);
	stralloc_append(sa, ' ');
	stralloc_catb(sa, fmt, fmtlen);
	stralloc_append(sa, ' ');
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)v->text[i];

		if (c == '\n' || c == '\t' || c == '\r')
			c = ' ';
		else if (c < 32 || c > 126)
			c = '?';
		stralloc_append(sa, (char)c);
	}
	return 1;
}

void
verdict_set(struct verdict *v, char kind, const char *code,
    uint32_t seconds, const char *text)
{
	v->kind = kind;
	strncpy(v->code, code, VERDICT_CODE_OCTETS);
	v->code[VERDICT_CODE_OCTETS] = 0;
	v->seconds = seconds;
	v->text = text;
	v->textlen = strlen(text);
}
