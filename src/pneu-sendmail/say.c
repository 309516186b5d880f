#include "pneu-sendmail/say.h"

#include <string.h>
#include <unistd.h>
#include <skalibs/types.h>

static const char *prog = "sendmail";
static int silent;

void
say_init(const char *argv0, int quiet)
{
	const char *slash = strrchr(argv0, '/');

	prog = slash ? slash + 1 : argv0;
	silent = quiet;
}

/* One line on descriptor 2, in one write. */
static void
say(const char *kind, const char *a, const char *b, const char *c)
{
	const char *parts[] = { prog, kind, a, b, c, "\n" };
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	if (silent)
		return;
	for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!stralloc_cats(&sa, parts[i]))
			return;
	if (write(2, sa.s, sa.len) < 0)
		return;		/* nobody is there to be told */
}

void
say_warning(const char *a, const char *b)
{
	say(": warning: ", a, b, "");
}

void
die(int code, const char *a, const char *b)
{
	say(": fatal: ", a, b, "");
	_exit(code);
}

void
die_letter(const struct submit *s, int code, const char *why)
{
	char uid[UID_FMT + 4] = "(";
	size_t n = 1 + uid_fmt(uid + 1, getuid());

	if (!s->sender.len)
		die(code, why, "");
	memcpy(uid + n, "): ", 4);
	say(": fatal: ", s->sender.s, uid, why);
	_exit(code);
}

void
die_verdict(const struct submit *s)
{
	die_letter(s, sysexit_verdict(s->verdict.kind, s->verdict.code),
	    s->verdict.text);
}
