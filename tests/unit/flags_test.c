#include "pneu-sendmail/flags.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

#define WORDS 12

/* A command line, its words divided by '|', and what it means. */
static const struct {
	const char *line;
	int first;			/* -1: refused */
	enum mode mode;
	const char *what;		/* letters of what is set */
} lines[] = {
	{ "sendmail", 1, MODE_DELIVER, "" },
	{ "sendmail|-t|-i", 3, MODE_DELIVER, "ti" },
	{ "sendmail|-ti", 2, MODE_DELIVER, "ti" },
	{ "sendmail|-oi|-t", 3, MODE_DELIVER, "ti" },
	{ "sendmail|-o|i|-t", 4, MODE_DELIVER, "ti" },
	{ "sendmail|-tfa@b|c", 2, MODE_DELIVER, "tf" },
	{ "sendmail|-f||c", 3, MODE_DELIVER, "f" },
	{ "sendmail|-f|-t|c", 3, MODE_DELIVER, "f" },
	{ "sendmail|-F|Joe P|-r|a@b|c", 5, MODE_DELIVER, "fF" },
	{ "sendmail|-i|--|-t|c", 3, MODE_DELIVER, "i" },
	{ "sendmail|a|-t", 1, MODE_DELIVER, "" },
	{ "sendmail|-|-t", 1, MODE_DELIVER, "" },
	{ "sendmail|-bm|-oem|-odb|-oQ/q|-v|-m|-n|a", 8, MODE_DELIVER, "v" },
	{ "sendmail|-Ac|-C|/x|-h|3|-L|y|-O|a=b|-U|-t", 12, MODE_DELIVER,
	    "tuCh" },
	{ "sendmail|-Am|-ba|-D|/log|-s|-T|-x|-c|a", 9, MODE_DELIVER, "" },
	{ "sendmail|-Ax|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-oiTrue|-ov|-oeq|a", 4, MODE_DELIVER, "ivq" },
	{ "sendmail|-eq|-oifalse|-i|a", 4, MODE_DELIVER, "iq" },
	{ "sendmail|-O|IgnoreDots|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-O|IgnoreDots=True|-OErrorMode=q|a", 4, MODE_DELIVER,
	    "iq" },
	{ "sendmail|-O|ignoredots = n|-O|Timeout.queuereturn=1d|a", 5,
	    MODE_DELIVER, "" },
	{ "sendmail|-oA/x|-O|AliasFile=/y|a", 4, MODE_DELIVER, "A" },
	{ "sendmail|-h|x|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-h-1|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-QReason|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-d0-99.1|-d|-t|a", 4, MODE_DELIVER, "t" },
	{ "sendmail|-p|ESMTP:h|-M|{x}y|-X|/log|a", 7, MODE_DELIVER, "" },
	{ "sendmail|-B8BITMIME|-Nnever|-Rhdrs|-Vxyz|a", 5, MODE_DELIVER,
	    "BNRV" },
	{ "sendmail|-N|delay,success|a", 3, MODE_DELIVER, "N" },
	{ "sendmail|-N|never,delay|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-N|success,never|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-N|delay, failure|a", 3, MODE_DELIVER, "N" },
	{ "sendmail|-N|delay,|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-N||a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-N|x|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-R|x|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-V|a\nb|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-V||a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-V|a b|a", 3, MODE_DELIVER, "V" },
	{ "sendmail|-G|a", 2, MODE_DELIVER, "G" },
	{ "sendmail|-bp", 2, MODE_MAILQ, "" },
	{ "/usr/bin/mailq", 1, MODE_MAILQ, "" },
	{ "mailq|-bm|a", 2, MODE_DELIVER, "" },
	{ "mailq|a", -1, MODE_MAILQ, "" },
	{ "newaliases", 1, MODE_NEWALIASES, "" },
	{ "sendmail|-I", 2, MODE_NEWALIASES, "" },
	{ "sendmail|-bi|-oA/x", 3, MODE_NEWALIASES, "A" },
	{ "newaliases|a", -1, MODE_NEWALIASES, "" },
	{ "sendmail|-q", 2, MODE_FLUSH, "" },
	{ "sendmail|-qIABC", 2, MODE_FLUSH, "I" },
	{ "sendmail|-qRx.test", 2, MODE_FLUSH, "R" },
	{ "sendmail|-qSx@y|-q!Rx", 3, MODE_FLUSH, "S!R" },
	{ "sendmail|-qf", 2, MODE_FLUSH, "" },
	{ "sendmail|-qGgroup", 2, MODE_FLUSH, "" },
	{ "sendmail|-q|x", -1, MODE_FLUSH, "" },
	{ "sendmail|-q30m", 2, MODE_NOTHING, "" },
	{ "sendmail|-qp5s", 2, MODE_NOTHING, "" },
	{ "sendmail|-qR", -1, MODE_DELIVER, "" },
	{ "sendmail|-qS", -1, MODE_DELIVER, "" },
	{ "sendmail|-q!", -1, MODE_DELIVER, "" },
	{ "sendmail|-qQx", -1, MODE_DELIVER, "" },
	{ "runq", 1, MODE_FLUSH, "" },
	{ "sendmail|-bh", 2, MODE_NOTHING, "" },
	{ "hoststat", 1, MODE_NOTHING, "" },
	{ "/usr/sbin/purgestat", 1, MODE_NOTHING, "" },
	{ "postqueue|-p", 2, MODE_MAILQ, "" },
	{ "postqueue|-j", 2, MODE_MAILQ, "j" },
	{ "postqueue|-vf", 2, MODE_FLUSH, "" },
	{ "postqueue|-c|/etc/postfix|-i|AB", 5, MODE_FLUSH, "I" },
	{ "postqueue|-sx.test", 2, MODE_FLUSH, "R" },
	{ "postqueue|-i", -1, MODE_FLUSH, "" },
	{ "postqueue", -1, MODE_NOTHING, "" },
	{ "postqueue|-p|x", -1, MODE_MAILQ, "" },
	{ "sendmail|-bp|-t", -1, MODE_MAILQ, "" },
	{ "sendmail|-bd|-q15m", 3, MODE_DAEMON, "" },
	{ "sendmail|-bD|-q", 3, MODE_DAEMON, "" },
	{ "smtpd", 1, MODE_DAEMON, "" },
	{ "sendmail|-bd|a", -1, MODE_DAEMON, "" },
	{ "sendmail|-bs", 2, MODE_SMTP, "" },
	{ "sendmail|-bs|a", -1, MODE_SMTP, "" },
	{ "sendmail|-bs|-t", -1, MODE_SMTP, "t" },
	{ "sendmail|-bv|a|b", 2, MODE_VERIFY, "" },
	{ "sendmail|-bv|-t|b", -1, MODE_VERIFY, "t" },
	{ "sendmail|-bt", 2, MODE_TEST, "" },
	{ "sendmail|-bC", 2, MODE_CHECK, "" },
	{ "sendmail|-bP", 2, MODE_COUNT, "" },
	{ "sendmail|-bz", -1, MODE_DELIVER, "" },
	{ "sendmail|-XV|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-B|16BIT|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-oA|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-f", -1, MODE_DELIVER, "" },
	{ "sendmail|-y|a", -1, MODE_DELIVER, "" },
	{ "sendmail|-ty", -1, MODE_DELIVER, "t" },
	{ "sendmail|--help", -1, MODE_DELIVER, "" },
};

static void
set(char *what, int is, char c)
{
	size_t n = strlen(what);

	if (is) {
		what[n] = c;
		what[n + 1] = 0;
	}
}

static void
test_line(size_t i)
{
	char buf[200], *argv[WORDS + 2], *s = buf, what[16] = "";
	struct flags f;
	int argc = 0, first;
	unsigned int k;

	strcpy(buf, lines[i].line);
	for (;;) {
		argv[argc++] = s;
		if (!(s = strchr(s, '|')))
			break;
		*s++ = 0;
	}
	argv[argc] = 0;
	first = flags_scan(&f, argc, argv);
	set(what, f.collect, 't');
	set(what, f.nodot, 'i');
	set(what, f.sender != 0, 'f');
	set(what, f.name != 0, 'F');
	set(what, f.type != 0, 'B');
	set(what, f.notify != 0, 'N');
	set(what, f.ret != 0, 'R');
	set(what, f.envid != 0, 'V');
	set(what, f.keep, 'G');
	set(what, f.utf8, 'u');
	set(what, f.config != 0, 'C');
	set(what, f.hops != 0, 'h');
	set(what, f.verbose, 'v');
	set(what, f.quiet, 'q');
	set(what, f.json, 'j');
	set(what, f.aliases != 0, 'A');
	for (k = 0; k < f.nqueue; k++) {
		set(what, f.queue[k].no, '!');
		set(what, 1, f.queue[k].what);
	}
	set(what, f.warning != 0, '!');
	ok(first == lines[i].first && (first < 0 ? f.error[0] != 0 :
	    f.mode == lines[i].mode && !strcmp(what, lines[i].what)),
	    "%s: %d, mode %d [%s] %s", lines[i].line, first, (int)f.mode,
	    what, first < 0 ? f.error : "");
}

int
main(void)
{
	char prog[] = "sendmail", n[] = "-N", when[] = "delay,FAILURE";
	char *argv[] = { prog, n, when, 0 }, big[102];
	struct flags f;
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		test_line(i);
	flags_scan(&f, 3, argv);
	ok(!strcmp(f.notify, "FAILURE,DELAY"), "notify in RFC 3461's words");
	strcpy(n, "-V");
	strcpy(when, "a+b =~");
	flags_scan(&f, 3, argv);
	ok(!strcmp(f.envid, "a+2Bb+20+3D~"), "envid as xtext");
	for (i = 99; i <= 101; i++) {
		memset(big, 'x', i);
		big[i] = 0;
		argv[2] = big;
		flags_scan(&f, 3, argv);
		ok(!f.envid == (i > 100), "envid of %zu octets", i);
	}
	return tap_end();
}
