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
	{ "sendmail|-bm|-oem|-odb|-oQ/q|-v|-m|-n|a", 8, MODE_DELIVER, "" },
	{ "sendmail|-Ac|-C|/x|-h|3|-L|y|-O|a=b|-U|-t", 12, MODE_DELIVER, "t" },
	{ "sendmail|-d0-99.1|-d|-t|a", 4, MODE_DELIVER, "t" },
	{ "sendmail|-p|ESMTP:h|-M|{x}y|-X|/log|a", 7, MODE_DELIVER, "" },
	{ "sendmail|-B8BITMIME|-Nnever|-Rhdrs|-Vxyz|a", 5, MODE_DELIVER,
	    "BNRV" },
	{ "sendmail|-N|delay,success|a", 3, MODE_DELIVER, "N" },
	{ "sendmail|-N|never,delay|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-N|x|a", 3, MODE_DELIVER, "!" },
	{ "sendmail|-R|x|-V|a b|a", 5, MODE_DELIVER, "!" },
	{ "sendmail|-G|a", 2, MODE_DELIVER, "G" },
	{ "sendmail|-bp", 2, MODE_MAILQ, "" },
	{ "/usr/bin/mailq", 1, MODE_MAILQ, "" },
	{ "mailq|-bm|a", 2, MODE_DELIVER, "" },
	{ "mailq|a", -1, MODE_MAILQ, "" },
	{ "newaliases", 1, MODE_NEWALIASES, "" },
	{ "sendmail|-I", 2, MODE_NEWALIASES, "" },
	{ "sendmail|-bi|-oA/x", 3, MODE_NEWALIASES, "" },
	{ "sendmail|-q", 2, MODE_FLUSH, "" },
	{ "sendmail|-qIABC", 2, MODE_FLUSH, "I" },
	{ "sendmail|-qRx.test", 2, MODE_FLUSH, "S" },
	{ "sendmail|-q|x", -1, MODE_FLUSH, "" },
	{ "sendmail|-q30m", 2, MODE_NOTHING, "" },
	{ "sendmail|-qR", -1, MODE_DELIVER, "" },
	{ "sendmail|-qSx", -1, MODE_DELIVER, "" },
	{ "sendmail|-bh", 2, MODE_NOTHING, "" },
	{ "sendmail|-bp|-t", -1, MODE_MAILQ, "" },
	{ "sendmail|-bd", -1, MODE_DELIVER, "" },
	{ "sendmail|-bs", -1, MODE_DELIVER, "" },
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
	set(what, f.id != 0, 'I');
	set(what, f.site != 0, 'S');
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
	char *argv[] = { prog, n, when, 0 };
	struct flags f;
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		test_line(i);
	flags_scan(&f, 3, argv);
	ok(!strcmp(f.notify, "FAILURE,DELAY"), "notify in RFC 3461's words");
	return tap_end();
}
