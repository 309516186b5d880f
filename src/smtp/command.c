#include "smtp/command.h"

#include <string.h>
#include <strings.h>

#include "mail/hex.h"
#include "mail/utf8.h"

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

/* Printable ASCII (last 126), or octets above it too (last 255). */
static int
isxtext(const char *s, size_t n, size_t max, int last)
{
	size_t i;
	int c;

	if (!n || n > max)
		return 0;
	for (i = 0; i < n; i++) {
		if (s[i] < 33 || s[i] > 126 || s[i] == '=')
			return 0;
		if (s[i] != '+')
			continue;
		if (n - i < 3 || hex_upper(s[i + 1]) < 0 ||
		    hex_upper(s[i + 2]) < 0)
			return 0;
		c = hex_upper(s[i + 1]) << 4 | hex_upper(s[i + 2]);
		if (c < 32 || c == 127 || c > last)
			return 0;
		i += 2;
	}
	return 1;
}

int
smtp_xtext_is(const char *s, size_t n, size_t max)
{
	return isxtext(s, n, max, 126);
}

/* An atom: RFC 5321 4.1.2. */
static int
isatom(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < 33 || s[i] > 126 || strchr("()<>[]:;@\\,.\"", s[i]))
			return 0;
	return n > 0;
}

/* NEVER alone, or any of the others: RFC 3461 4.1. */
static int
scan_notify(struct smtp_path *p, const char *s, size_t n)
{
	static const char *const words[] = { "SUCCESS", "FAILURE", "DELAY" };
	const char *end = s + n, *comma;
	unsigned int mask = 0, i;

	if (p->notify[0])
		return SMTP_ARG_NOTIFY;
	if (is(s, n, "NEVER")) {
		memcpy(p->notify, "NEVER", sizeof "NEVER");
		return 1;
	}
	for (;; s = comma + 1) {
		comma = memchr(s, ',', (size_t)(end - s));
		for (i = 0; i < 3; i++)
			if (is(s, (size_t)((comma ? comma : end) - s),
			    words[i]))
				break;
		if (i == 3)
			return SMTP_ARG_NOTIFY;
		mask |= 1u << i;
		if (!comma)
			break;
	}
	for (i = 0; i < 3; i++)
		if (mask & 1u << i) {
			if (p->notify[0])
				strcat(p->notify, ",");
			strcat(p->notify, words[i]);
		}
	return 1;
}

/* utf-8-addr-unitext: RFC 6533 section 3. */
static int
isunitext(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] <= 32 || s[i] == 127 || s[i] == '+' ||
		    s[i] == '=')
			return 0;
	return n && utf8_is(s, n);
}

/* addr-type ";" xtext: RFC 3461 4.2. Postfix makes rfc822;j+C3+B6rg of an
 * address in UTF-8, which is none, and which is as if it were not said: the
 * mail is worth more. */
static int
scan_orcpt(struct smtp_path *p, const char *s, size_t n, int utf8)
{
	const char *semi = memchr(s, ';', n);
	size_t type = semi ? (size_t)(semi - s) : 0;

	if (p->orcpt || n > SMTP_ORCPT_OCTETS || !semi || !isatom(s, type))
		return SMTP_ARG_ORCPT;
	if (!(smtp_xtext_is(semi + 1, n - type - 1, n) || (utf8 &&
	    is(s, type, "utf-8") && isunitext(semi + 1, n - type - 1))))
		return utf8 && isxtext(semi + 1, n - type - 1, n, 255) ? 1 :
		    SMTP_ARG_ORCPT;
	p->orcpt = s;
	p->orcptlen = n;
	return 1;
}

/* A parameter of RFC 3461 with its value s[0..n); 0: it is none. */
static int
scan_dsn(struct smtp_path *p, int mail, int utf8, const char *key, size_t len,
    const char *s, size_t n)
{
	if (!mail && is(key, len, "NOTIFY"))
		return scan_notify(p, s, n);
	if (!mail && is(key, len, "ORCPT"))
		return scan_orcpt(p, s, n, utf8);
	if (mail && is(key, len, "RET")) {
		if (p->ret)
			return SMTP_ARG_RET;
		p->ret = is(s, n, "FULL") ? "FULL" : is(s, n, "HDRS") ?
		    "HDRS" : 0;
		return p->ret ? 1 : SMTP_ARG_RET;
	}
	if (mail && is(key, len, "ENVID")) {
		if (p->envid || !smtp_xtext_is(s, n, SMTP_ENVID_OCTETS))
			return SMTP_ARG_ENVID;
		p->envid = s;
		p->envidlen = n;
		return 1;
	}
	return 0;
}

/* AUTH=: who the client says has sent it first, or <>. */
static int
scan_auth(struct smtp_path *p, const char *s, size_t n)
{
	if (p->auth || (!is(s, n, "<>") &&
	    !smtp_xtext_is(s, n, SMTP_AUTH_OCTETS)))
		return SMTP_ARG_AUTH;
	p->auth = s;
	p->authlen = n;
	return 1;
}

static int
scan_option(struct smtp_path *p, int mail, int utf8, const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	size_t key = eq ? (size_t)(eq - s) : n;
	int r;

	keep_word(p, s, n);
	if (eq && (r = scan_dsn(p, mail, utf8, s, key, eq + 1, n - key - 1)))
		return r;
	if (mail && utf8 && is(s, n, "SMTPUTF8"))
		return p->utf8 = 1;
	if (mail && eq && is(s, key, "SIZE"))
		return scan_size(&p->size, eq + 1, n - key - 1);
	if (mail && eq && is(s, key, "AUTH"))
		return scan_auth(p, eq + 1, n - key - 1);
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

static int
path_scan(struct smtp_path *p, int mail, int utf8, const char *s, size_t n)
{
	const char *key = mail ? "FROM:" : "TO:";
	size_t i = strlen(key), end;
	int r, more;

	p->size = 0;
	p->body = p->ret = p->envid = p->orcpt = p->auth = 0;
	p->envidlen = p->orcptlen = p->authlen = 0;
	p->utf8 = 0;
	p->word[0] = p->notify[0] = 0;
	if (n < i || strncasecmp(s, key, i))
		return SMTP_ARG_SYNTAX;
	i = skip(s, n, i);
	if (i == n)
		return SMTP_ARG_SYNTAX;
	r = utf8 ? address_path_scan8(&p->addr, s + i, n - i) :
	    address_path_scan(&p->addr, s + i, n - i);
	if (r < 0)
		return r;
	more = utf8_has(s + i, (size_t)r);
	i += (size_t)r;
	if (i < n && s[i] != ' ')
		return ADDRESS_SYNTAX;
	while ((i = skip(s, n, i)) < n) {
		for (end = i; end < n && s[end] != ' '; end++)
			;
		r = scan_option(p, mail, utf8, s + i, end - i);
		if (r < 0)
			return r;
		i = end;
	}
	p->word[0] = 0;
	return mail && more && !p->utf8 ? ADDRESS_ASCII : 1;
}

int
smtp_path_scan(struct smtp_path *p, int mail, const char *s, size_t n)
{
	return path_scan(p, mail, 0, s, n);
}

int
smtp_path_scan8(struct smtp_path *p, int mail, const char *s, size_t n)
{
	return path_scan(p, mail, 1, s, n);
}

const char *
smtp_path_refusal(int e, int mail, unsigned int *code, const char **dsn)
{
	*code = 501;
	*dsn = "5.5.4";
	switch (e) {
	case ADDRESS_LONG:
	case ADDRESS_SYNTAX:
		*dsn = mail ? "5.1.7" : "5.1.3";
		return e == ADDRESS_LONG ? "Path too long" : mail ?
		    "Bad sender address syntax" :
		    "Bad recipient address syntax";
	case ADDRESS_ASCII:
		*code = 553;
		*dsn = "5.6.7";
		return "Address is not ASCII";
	case SMTP_ARG_OPTION:
	case SMTP_ARG_BODY:
		*code = 555;		/* RFC 5321 4.1.1.11 */
		return "Unsupported option: ";
	case SMTP_ARG_SIZE: return "Bad message size syntax";
	case SMTP_ARG_RET: return "Bad RET parameter syntax";
	case SMTP_ARG_ENVID: return "Bad ENVID parameter syntax";
	case SMTP_ARG_NOTIFY: return "Bad NOTIFY parameter syntax";
	case SMTP_ARG_AUTH: return "Bad AUTH parameter syntax";
	case SMTP_ARG_ORCPT: return "Bad ORCPT parameter syntax";
	}
	return mail ? "Syntax: MAIL FROM:<address>" :
	    "Syntax: RCPT TO:<address>";
}
