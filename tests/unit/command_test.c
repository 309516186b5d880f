#include "smtp/command.h"

#include <string.h>

#include "tap.h"

static const struct {
	const char *line;
	enum smtp_verb verb;
	size_t arg;
} verbs[] = {
	{ "EHLO x", SMTP_EHLO, 5 }, { "ehlo  x", SMTP_EHLO, 6 },
	{ "HELO", SMTP_HELO, 4 }, { "MaiL FROM:<>", SMTP_MAIL, 5 },
	{ "RCPT", SMTP_RCPT, 4 }, { "DATA ", SMTP_DATA, 5 },
	{ "RSET", SMTP_RSET, 4 }, { "NOOP", SMTP_NOOP, 4 },
	{ "VRFY", SMTP_VRFY, 4 }, { "QUIT", SMTP_QUIT, 4 },
	{ "HELP", SMTP_HELP, 4 }, { "EXPN a", SMTP_ABSENT, 5 },
	{ "STARTTLS", SMTP_ABSENT, 8 }, { "GET / HTTP/1.1", SMTP_FOREIGN, 4 },
	{ "", SMTP_UNKNOWN, 0 }, { " EHLO x", SMTP_UNKNOWN, 1 },
	{ "EHLOx", SMTP_UNKNOWN, 5 }, { "EHL", SMTP_UNKNOWN, 3 },
};

static const struct {
	int mail;
	const char *arg;
	int want;
	const char *addr, *body, *word;
	uint64_t size;
} args[] = {
	{ 1, "FROM:<a@b>", 1, "a@b", 0, "", 0 },
	{ 1, "from: <a@b>", 1, "a@b", 0, "", 0 },
	{ 1, "FROM:a@b", 1, "a@b", 0, "", 0 },
	{ 1, "FROM:<>", 1, "", 0, "", 0 },
	{ 1, "FROM:<> SIZE=10 BODY=8BITMIME", 1, "", "8BITMIME", "", 10 },
	{ 1, "FROM:<>  body=7bit  ", 1, "", "7BIT", "", 0 },
	{ 1, "FROM:<> SIZE=99999999999999999999", 1, "", 0, "", UINT64_MAX },
	{ 1, "FROM:<> SIZE=999999999999999999999", SMTP_ARG_SIZE, 0, 0,
	  "SIZE=999999999999999999999", 0 },
	{ 1, "FROM:<> SIZE=", SMTP_ARG_SIZE, 0, 0, "SIZE=", 0 },
	{ 1, "FROM:<> SIZE", SMTP_ARG_OPTION, 0, 0, "SIZE", 0 },
	{ 1, "FROM:<> SIZE=-1", SMTP_ARG_SIZE, 0, 0, "SIZE=-1", 0 },
	{ 1, "FROM:<> BODY=9BIT", SMTP_ARG_BODY, 0, 0, "BODY=9BIT", 0 },
	{ 1, "FROM:<> RET=FULL", SMTP_ARG_OPTION, 0, 0, "RET=FULL", 0 },
	{ 1, "FROM:<> SMTPUTF8", SMTP_ARG_OPTION, 0, 0, "SMTPUTF8", 0 },
	{ 1, "FROM:<a>b", ADDRESS_SYNTAX, 0, 0, "", 0 },
	{ 1, "FROM:", SMTP_ARG_SYNTAX, 0, 0, "", 0 },
	{ 1, "FROM :<a@b>", SMTP_ARG_SYNTAX, 0, 0, "", 0 },
	{ 1, "TO:<a@b>", SMTP_ARG_SYNTAX, 0, 0, "", 0 },
	{ 1, "", SMTP_ARG_SYNTAX, 0, 0, "", 0 },
	{ 0, "TO:<a@b>", 1, "a@b", 0, "", 0 },
	{ 0, "TO:<a@b> SIZE=1", SMTP_ARG_OPTION, 0, 0, "SIZE=1", 0 },
	{ 0, "FROM:<a@b>", SMTP_ARG_SYNTAX, 0, 0, "", 0 },
};

int
main(void)
{
	struct smtp_path p;
	size_t i, at;

	for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		ok(smtp_verb_scan(verbs[i].line, strlen(verbs[i].line), &at) ==
		    verbs[i].verb && at == verbs[i].arg, "\"%s\"",
		    verbs[i].line);
	for (i = 0; i < sizeof args / sizeof args[0]; i++) {
		int r = smtp_path_scan(&p, args[i].mail, args[i].arg,
		    strlen(args[i].arg));

		ok(r == args[i].want && !strcmp(p.word, args[i].word) &&
		    (r < 0 || (!strcmp(p.addr.s, args[i].addr) &&
		    p.size == args[i].size && (p.body ? args[i].body &&
		    !strcmp(p.body, args[i].body) : !args[i].body))),
		    "%s: %d", args[i].arg, r);
	}
	return tap_end();
}
