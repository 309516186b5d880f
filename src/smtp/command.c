#include "smtp/command.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	enum smtp_verb verb;
} verbs[] = {
	{ "HELO", SMTP_HELO }, { "EHLO", SMTP_EHLO }, { "MAIL", SMTP_MAIL },
	{ "RCPT", SMTP_RCPT }, { "DATA", SMTP_DATA }, { "RSET", SMTP_RSET },
	{ "NOOP", SMTP_NOOP }, { "VRFY", SMTP_VRFY }, { "QUIT", SMTP_QUIT },
	{ "HELP", SMTP_HELP }, { "EXPN", SMTP_ABSENT },
	{ "TURN", SMTP_ABSENT }, { "ETRN", SMTP_ABSENT },
	{ "SEND", SMTP_ABSENT }, { "SOML", SMTP_ABSENT },
	{ "SAML", SMTP_ABSENT }, { "AUTH", SMTP_ABSENT },
	{ "BDAT", SMTP_ABSENT }, { "STARTTLS", SMTP_ABSENT },
	{ "GET", SMTP_FOREIGN }, { "POST", SMTP_FOREIGN },
	{ "CONNECT", SMTP_FOREIGN },
};
#define NVERBS (sizeof verbs / sizeof verbs[0])

static int
is(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && !strncasecmp(s, word, n);
}

static size_t
skip(const char *s, size_t n, size_t i)
{
	while (i < n && s[i] == ' ')
		i++;
	return i;
}

enum smtp_verb
smtp_verb_scan(const char *s, size_t n, size_t *arg)
{
	const char *sp = memchr(s, ' ', n);
	size_t len = sp ? (size_t)(sp - s) : n, i;

	*arg = skip(s, n, len);
	for (i = 0; i < NVERBS; i++)
		if (is(s, len, verbs[i].name))
			return verbs[i].verb;
	return SMTP_UNKNOWN;
}

static void
keep_word(struct smtp_path *p, const char *s, size_t n)
{
	size_t i;

	if (n > SMTP_WORD_OCTETS)
		n = SMTP_WORD_OCTETS;
	for (i = 0; i < n; i++)
		p->word[i] = s[i] > 32 && s[i] < 127 ? s[i] : '?';
	p->word[n] = 0;
}

/* RFC 1870 section 4: 1*20DIGIT. More than a number of ours holds is as
 * much as it holds. */
static int
scan_size(uint64_t *u, const char *s, size_t n)
{
	size_t i;

	if (!n || n > 20)
		return SMTP_ARG_SIZE;
	for (*u = 0, i = 0; i < n; i++) {
		unsigned int digit = (unsigned int)(s[i] - '0');

		if (digit > 9)
			return SMTP_ARG_SIZE;
		if (*u > (UINT64_MAX - digit) / 10)
			*u = UINT64_MAX;
		else
			*u = *u * 10 + digit;
	}
	return 1;
}

/* One parameter of MAIL. RCPT has none that we offer. */
static int
scan_option(struct smtp_path *p, int mail, const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	size_t key = eq ? (size_t)(eq - s) : n;

	keep_word(p, s, n);
	if (mail && eq && is(s, key, "SIZE"))
		return scan_size(&p->size, eq + 1, n - key - 1);
	if (mail && eq && is(s, key, "BODY")) {
		if (is(eq + 1, n - key - 1, "7BIT"))
			p->body = "7BIT";
		else if (is(eq + 1, n - key - 1, "8BITMIME"))
			p->body = "8BITMIME";
		else
			return SMTP_ARG_BODY;
		return 1;
	}
	return SMTP_ARG_OPTION;
}

int
smtp_path_scan(struct smtp_path *p, int mail, const char *s, size_t n)
{
	const char *key = mail ? "FROM:" : "TO:";
	size_t i = strlen(key), end;
	int r;

	p->size = 0;
	p->body = 0;
	p->word[0] = 0;
	if (n < i || strncasecmp(s, key, i))
		return SMTP_ARG_SYNTAX;
	i = skip(s, n, i);
	if (i == n)
		return SMTP_ARG_SYNTAX;
	r = address_path_scan(&p->addr, s + i, n - i);
	if (r < 0)
		return r;
	i += (size_t)r;
	if (i < n && s[i] != ' ')
		return ADDRESS_SYNTAX;
	while ((i = skip(s, n, i)) < n) {
		for (end = i; end < n && s[end] != ' '; end++)
			;
		r = scan_option(p, mail, s + i, end - i);
		if (r < 0)
			return r;
		i = end;
	}
	p->word[0] = 0;
	return 1;
}
