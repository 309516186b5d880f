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
	{ "TURN", SMTP_ABSENT }, { "ETRN", SMTP_ETRN },
	{ "SEND", SMTP_ABSENT }, { "SOML", SMTP_ABSENT },
	{ "SAML", SMTP_ABSENT }, { "AUTH", SMTP_AUTH },
	{ "BDAT", SMTP_BDAT }, { "STARTTLS", SMTP_STARTTLS },
	{ "XCLIENT", SMTP_XCLIENT }, { "XFORWARD", SMTP_XFORWARD },
	{ "GET", SMTP_FOREIGN }, { "POST", SMTP_FOREIGN },
	{ "CONNECT", SMTP_FOREIGN },
};
#define NVERBS (sizeof verbs / sizeof verbs[0])

void
smtp_untab(char *s, size_t n)
{
	size_t i;
	int quoted = 0;

	for (i = 0; i < n; i++)
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && s[i] == '\t')
			s[i] = ' ';
}

enum smtp_verb
smtp_verb_scan(const char *s, size_t n, size_t *arg)
{
	const char *sp = memchr(s, ' ', n);
	size_t len = sp ? (size_t)(sp - s) : n, i;

	for (*arg = len; *arg < n && s[*arg] == ' '; (*arg)++)
		;
	for (i = 0; i < NVERBS; i++)
		if (strlen(verbs[i].name) == len &&
		    !strncasecmp(s, verbs[i].name, len))
			return verbs[i].verb;
	return SMTP_UNKNOWN;
}
