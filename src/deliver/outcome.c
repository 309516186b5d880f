#include "deliver/outcome.h"

#include <string.h>
#include <sys/wait.h>
#include <skalibs/types.h>

#include "run/sysexits.h"

#define COMMAND_OCTETS 200	/* of the command in a verdict's text */

static const struct {
	int exit;
	const char *code, *text;
} sysexits[] = {
	{ EX_USAGE, "3.0", "command line usage error" },
	{ EX_DATAERR, "6.0", "data format error" },
	{ EX_NOINPUT, "3.0", "cannot open input" },
	{ EX_NOUSER, "1.1", "user unknown" },
	{ EX_NOHOST, "1.2", "host name unknown" },
	{ EX_UNAVAILABLE, "3.0", "service unavailable" },
	{ EX_SOFTWARE, "3.0", "internal software error" },
	{ EX_OSERR, "3.0", "system resource problem" },
	{ EX_OSFILE, "3.0", "critical OS file missing" },
	{ EX_CANTCREAT, "2.0", "can't create user output file" },
	{ EX_IOERR, "3.0", "input/output error" },
	{ EX_TEMPFAIL, "3.0", "temporary failure" },
	{ EX_PROTOCOL, "5.0", "remote error in protocol" },
	{ EX_NOPERM, "7.0", "permission denied" },
	{ EX_CONFIG, "3.5", "local configuration error" },
};
#define SYSEXITS_N (sizeof sysexits / sizeof sysexits[0])

static int
qmail_isnever(int code)
{
	static const unsigned char never[] =
	    { 100, 64, 65, 70, 76, 77, 78, 112, 0 };

	return code && strchr((const char *)never, code) != 0;
}

/* A code at the beginning of s[0..n), with a space or the end behind it:
 * its length, or 0. */
static size_t
code_scan(const char *s, size_t n)
{
	size_t i = 1, k;
	int part;

	if (n < 5 || (s[0] != '4' && s[0] != '5'))
		return 0;
	for (part = 0; part < 2; part++) {
		if (i >= n || s[i++] != '.')
			return 0;
		for (k = 0; i < n && s[i] >= '0' && s[i] <= '9'; k++)
			i++;
		if (k < 1 || k > 3)
			return 0;
	}
	return i == n || s[i] == ' ' || s[i] == '\n' ? i : 0;
}

static int
put_command(stralloc *sa, const struct outcome *o)
{
	size_t n = strlen(o->command);

	if (n > COMMAND_OCTETS)
		return stralloc_catb(sa, o->command, COMMAND_OCTETS) &&
		    stralloc_cats(sa, "...");
	return stralloc_catb(sa, o->command, n);
}

/* WHAT: "COMMAND". Command output: OUTPUT */
static int
put(stralloc *sa, const struct outcome *o, const char *what, int number,
    int withcommand)
{
	char fmt[INT_FMT];
	size_t n = o->n;

	fmt[int_fmt(fmt, number)] = 0;
	while (n && (o->out[n - 1] == '\n' || o->out[n - 1] == ' '))
		n--;
	return stralloc_cats(sa, what) &&
	    (number < 0 || stralloc_cats(sa, fmt)) &&
	    (!withcommand || (stralloc_cats(sa, ": \"") &&
	    put_command(sa, o) && stralloc_append(sa, '"'))) &&
	    (!n || (stralloc_cats(sa, ". Command output: ") &&
	    stralloc_catb(sa, o->out, n)));
}

static int
done(stralloc *sa, const struct outcome *o)
{
	sa->len = 0;
	return stralloc_cats(sa, "delivered to command: ") &&
	    put_command(sa, o);
}

/* How a command has failed: the code behind its class, and words. Returns
 * the kind, or 0 with ENOMEM. */
static char
failed(const struct outcome *o, const char **code, stralloc *text)
{
	int exit = WIFEXITED(o->status) ? WEXITSTATUS(o->status) : -1;
	size_t i;

	*code = "3.0";
	text->len = 0;
	if (o->late)
		return put(text, o, "Command time limit exceeded", -1, 1) ?
		    VERDICT_LATER : 0;
	if (exit < 0)
		return put(text, o, "Command died with signal ",
		    WTERMSIG(o->status), 1) ? VERDICT_LATER : 0;
	for (i = 0; !o->qmail && i < SYSEXITS_N; i++)
		if (sysexits[i].exit == exit) {
			*code = sysexits[i].code;
			return !put(text, o, sysexits[i].text, -1, 0) ? 0 :
			    sysexit_permanent(exit) ? VERDICT_NEVER :
			    VERDICT_LATER;
		}
	return !put(text, o, "Command died with status ", exit, 1) ? 0 :
	    !o->qmail || qmail_isnever(exit) ? VERDICT_NEVER : VERDICT_LATER;
}

int
outcome_verdict(const struct outcome *o, struct verdict *v, stralloc *text)
{
	char whole[VERDICT_CODE_OCTETS + 1], kind;
	const char *code;
	size_t n;

	if (!o->late && WIFEXITED(o->status) && (!WEXITSTATUS(o->status) ||
	    (o->qmail && WEXITSTATUS(o->status) == OUTCOME_STOP))) {
		if (!done(text, o) || !stralloc_0(text))
			return 0;
		verdict_set(v, VERDICT_DONE, "2.0.0", 0, text->s);
		return 1;
	}
	kind = failed(o, &code, text);
	if (!kind || !stralloc_0(text))
		return 0;
	whole[0] = kind == VERDICT_NEVER ? '5' : '4';
	whole[1] = '.';
	strcpy(whole + 2, code);
	n = o->qmail || o->late || !WIFEXITED(o->status) ? 0 :
	    code_scan(o->out, o->n);
	if (n) {
		memcpy(whole, o->out, n);
		whole[n] = 0;
		kind = *whole == '5' ? VERDICT_NEVER : VERDICT_LATER;
	}
	verdict_set(v, kind, whole, 0, text->s);
	return 1;
}
