#include "smtp/command.h"

#include <string.h>

#include "tap.h"

#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10

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
	{ "STARTTLS", SMTP_STARTTLS, 8 }, { "GET / HTTP/1.1", SMTP_FOREIGN, 4 },
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
	{ 1, "FROM:<> NOTIFY=NEVER", SMTP_ARG_OPTION, 0, 0, "NOTIFY=NEVER",
	  0 },
	{ 0, "TO:<a@b> RET=FULL", SMTP_ARG_OPTION, 0, 0, "RET=FULL", 0 },
	{ 1, "FROM:<> RET=NONE", SMTP_ARG_RET, 0, 0, "RET=NONE", 0 },
	{ 1, "FROM:<> RET", SMTP_ARG_OPTION, 0, 0, "RET", 0 },
	{ 1, "FROM:<> ENVID=a=b", SMTP_ARG_ENVID, 0, 0, "ENVID=a=b", 0 },
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

/* RFC 3461 section 4. mail 2: RCPT behind SMTPUTF8. want: "ret envid notify
 * orcpt", "-" for none. */
static const struct {
	int mail;
	const char *arg;
	int want;
	const char *got;
} dsns[] = {
	{ 1, "FROM:<a@b> RET=full", 1, "FULL - - -" },
	{ 1, "FROM:<a@b> ENVID=A+2Bb+7E RET=HDRS", 1, "HDRS A+2Bb+7E - -" },
	{ 1, "FROM:<a@b> ENVID=a ENVID=a", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> RET=FULL RET=HDRS", SMTP_ARG_RET, 0 },
	{ 1, "FROM:<a@b> ENVID=", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> ENVID=a+2", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> ENVID=a+2b", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> ENVID=a+0A", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> ENVID=a+80", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> ENVID=a\x80", SMTP_ARG_ENVID, 0 },
	{ 1, "FROM:<a@b> ENVID=" X100, 1, "- " X100 " - -" },
	{ 1, "FROM:<a@b> ENVID=" X100 "x", SMTP_ARG_ENVID, 0 },
	{ 0, "TO:<a@b> NOTIFY=NEVER", 1, "- - NEVER -" },
	{ 0, "TO:<a@b> notify=failure", 1, "- - FAILURE -" },
	{ 0, "TO:<a@b> NOTIFY=DELAY,SUCCESS,FAILURE,DELAY", 1,
	  "- - SUCCESS,FAILURE,DELAY -" },
	{ 0, "TO:<a@b> NOTIFY=NEVER,FAILURE", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> NOTIFY=FAILURE,NEVER", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> NOTIFY=FAILURE,", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> NOTIFY=,FAILURE", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> NOTIFY=", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> NOTIFY=FAILURES", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> NOTIFY=DELAY NOTIFY=DELAY", SMTP_ARG_NOTIFY, 0 },
	{ 0, "TO:<a@b> ORCPT=rfc822;a+2Bc@b NOTIFY=DELAY", 1,
	  "- - DELAY rfc822;a+2Bc@b" },
	{ 0, "TO:<a@b> ORCPT=x400;/C=us", SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=x400;/C+3Dus", 1, "- - - x400;/C+3Dus" },
	{ 0, "TO:<a@b> ORCPT=a@b", SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=;a@b", SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=rfc822;", SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=rfc.822;a", SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=a;b ORCPT=a;b", SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=rfc822;" X100 X100 X100 X100 X100,
	  SMTP_ARG_ORCPT, 0 },
	{ 0, "TO:<a@b> ORCPT=rfc822;j+C3+B6rg@b", SMTP_ARG_ORCPT, 0 },
	{ 2, "TO:<a@b> ORCPT=rfc822;j+C3+B6rg@b", 1, "- - - -" },
	{ 2, "TO:<a@b> ORCPT=rfc822;j+0Arg@b", SMTP_ARG_ORCPT, 0 },
	{ 2, "TO:<a@b> ORCPT=rfc822;j+7Frg@b", SMTP_ARG_ORCPT, 0 },
	{ 2, "TO:<a@b> ORCPT=rfc822;j+C3=rg@b", SMTP_ARG_ORCPT, 0 },
	{ 2, "TO:<a@b> ORCPT=utf-8;j\303\266rg@b", 1,
	  "- - - utf-8;j\303\266rg@b" },
};

static void
test_dsn(void)
{
	char got[1000];
	struct smtp_path p;
	size_t i;

	for (i = 0; i < sizeof dsns / sizeof dsns[0]; i++) {
		int r = dsns[i].mail == 2 ?
		    smtp_path_scan8(&p, 0, dsns[i].arg, strlen(dsns[i].arg)) :
		    smtp_path_scan(&p, dsns[i].mail, dsns[i].arg,
		    strlen(dsns[i].arg));

		snprintf(got, sizeof got, "%s %.*s %s %.*s",
		    p.ret ? p.ret : "-", p.envid ? (int)p.envidlen : 1,
		    p.envid ? p.envid : "-", *p.notify ? p.notify : "-",
		    p.orcpt ? (int)p.orcptlen : 1, p.orcpt ? p.orcpt : "-");
		ok(r == dsns[i].want && (r < 0 || !strcmp(got, dsns[i].got)),
		    "%.60s: %d %s", dsns[i].arg, r, r < 0 ? "" : got);
	}
}

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
	test_dsn();
	return tap_end();
}
