#include "smtp/reply.h"

#include <string.h>

#define LAST_OCTETS 120			/* kept of the last line of many */
#define DOTS " ... "

static int
isdigit_(char c)
{
	return c >= '0' && c <= '9';
}

static char
printable(char c)
{
	if (c == '\t')
		return ' ';
	return (unsigned char)c < 32 || (unsigned char)c > 126 ? '?' : c;
}

void
smtp_reply_init(struct smtp_reply *r)
{
	memset(r, 0, sizeof *r);
}

size_t
smtp_dsn_scan(char dsn[SMTP_DSN_OCTETS + 1], unsigned int code,
    const char *text, size_t n)
{
	size_t i = 1, part, digits;

	dsn[0] = 0;
	if (n < 5 || (unsigned int)(text[0] - '0') != code / 100 ||
	    !(text[0] == '2' || text[0] == '4' || text[0] == '5'))
		return 0;
	for (part = 0; part < 2; part++) {
		if (i >= n || text[i++] != '.')
			return 0;
		for (digits = 0; i < n && isdigit_(text[i]); i++)
			digits++;
		if (digits < 1 || digits > 3)
			return 0;
	}
	if (i < n && text[i] != ' ')
		return 0;
	memcpy(dsn, text, i);
	dsn[i] = 0;
	return i;
}

/* Add the line to the text. Once it does not fit the text is full for good,
 * and only the place behind it changes: there the last line goes. */
static void
join(struct smtp_reply *r)
{
	size_t room = SMTP_REPLY_TEXT_OCTETS - LAST_OCTETS - sizeof DOTS + 1;
	size_t need = r->linelen + (r->textlen > 0), n;

	if (!r->over && r->textlen + need <= SMTP_REPLY_TEXT_OCTETS) {
		if (r->textlen)
			r->text[r->textlen++] = ' ';
		memcpy(r->text + r->textlen, r->line, r->linelen);
		r->textlen += r->linelen;
	} else {
		n = r->linelen < LAST_OCTETS ? r->linelen : LAST_OCTETS;
		if (r->textlen > room)
			r->textlen = room;
		memcpy(r->text + r->textlen, DOTS, sizeof DOTS - 1);
		memcpy(r->text + r->textlen + sizeof DOTS - 1, r->line, n);
		r->text[r->textlen + sizeof DOTS - 1 + n] = 0;
		r->over = 1;
		return;
	}
	r->text[r->textlen] = 0;
}

static enum smtp_reply_event
line_end(struct smtp_reply *r)
{
	if (r->seen < 3)
		return SMTP_REPLY_BAD;
	r->line[r->linelen] = 0;
	if (!r->dsn[0] || r->sep != '-')
		smtp_dsn_scan(r->dsn, r->code, r->line, r->linelen);
	join(r);
	r->ended = 1;
	if (r->sep == '-')
		return SMTP_REPLY_LINE;
	if (r->over)
		r->textlen += strlen(r->text + r->textlen);
	return SMTP_REPLY_END;
}

/* One octet of a line. 0 if it cannot be part of a reply. */
static int
octet(struct smtp_reply *r, char c)
{
	switch (r->seen++) {
	case 0:
		r->code = (unsigned int)(c - '0') * 100;
		return c >= '2' && c <= '5';
	case 1:
		r->code += (unsigned int)(c - '0') * 10;
		return isdigit_(c);
	case 2:
		r->code += (unsigned int)(c - '0');
		r->sep = 0;
		return isdigit_(c);
	case 3:
		r->sep = c;
		return c == ' ' || c == '-' || c == '\t';
	}
	if (r->linelen < SMTP_REPLY_TEXT_OCTETS)
		r->line[r->linelen++] = printable(c);
	return 1;
}

/* The line at s[0..n) is none of a reply: what it is, for whoever looks. */
static enum smtp_reply_event
bad(struct smtp_reply *r, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < SMTP_REPLY_TEXT_OCTETS && s[i] != '\r' &&
	    s[i] != '\n'; i++)
		r->line[i] = printable(s[i]);
	r->line[i] = 0;
	r->linelen = i;
	return SMTP_REPLY_BAD;
}

enum smtp_reply_event
smtp_reply_feed(struct smtp_reply *r, const char *s, size_t n, size_t *used)
{
	enum smtp_reply_event e;
	size_t i;

	if (r->ended)
		r->ended = r->cr = 0, r->linelen = r->seen = 0;
	for (i = 0; i < n; i++) {
		if (++r->total > SMTP_REPLY_OCTETS)
			return (*used = i, bad(r, s, n));
		if (s[i] == '\n') {
			e = line_end(r);
			return (*used = i + 1, e < 0 ? bad(r, s, n) : e);
		}
		/* a CR belongs to the line only if no LF follows it */
		if (r->cr && !octet(r, '\r'))
			return (*used = i, bad(r, s, n));
		r->cr = s[i] == '\r';
		if (!r->cr && !octet(r, s[i]))
			return (*used = i, bad(r, s, n));
	}
	*used = n;
	return SMTP_REPLY_MORE;
}

int
smtp_reply_put(stralloc *sa, unsigned int code, const char *dsn,
    const char *text, size_t n)
{
	size_t dsnlen = dsn ? strlen(dsn) : 0, at, i;
	char digits[3];

	digits[0] = (char)('0' + code / 100 % 10);
	digits[1] = (char)('0' + code / 10 % 10);
	digits[2] = (char)('0' + code % 10);
	for (;;) {
		const char *nl = n ? memchr(text, '\n', n) : 0;
		size_t len = nl ? (size_t)(nl - text) : n;

		if (!stralloc_readyplus(sa, len + dsnlen + 7))
			return 0;
		at = sa->len;
		memcpy(sa->s + sa->len, digits, 3);
		sa->len += 3;
		sa->s[sa->len++] = nl ? '-' : ' ';
		if (dsnlen) {
			memcpy(sa->s + sa->len, dsn, dsnlen);
			sa->len += dsnlen;
			sa->s[sa->len++] = ' ';
		}
		for (i = 0; i < len; i++)
			sa->s[sa->len++] = printable(text[i]);
		if (sa->len - at > SMTP_LINE_OUT_OCTETS - 2)
			sa->len = at + SMTP_LINE_OUT_OCTETS - 2;
		sa->s[sa->len++] = '\r';
		sa->s[sa->len++] = '\n';
		if (!nl)
			return 1;
		text += len + 1;
		n -= len + 1;
	}
}
