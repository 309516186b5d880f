#include "pneu-sendmail/flags-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum arg {
	NONE,			/* -x */
	NEEDED,			/* -xvalue or -x value */
	ATTACHED		/* -xvalue or -x */
};

struct flag {
	char c;
	enum arg arg;
	flags_take *take;	/* 0: it is of no concern to us */
};

int
flags_wrong(struct flags *f, const char *fmt, char c, const char *arg)
{
	snprintf(f->error, sizeof f->error, fmt, c, arg);
	return 0;
}

static int
take_settings(struct flags *f, char c, const char *arg)
{
	return (arg[0] == 'c' || arg[0] == 'm') && !arg[1] ? 1 :
	    flags_wrong(f, "-%c option needs c or m%s", c, "");
}

static int
take_config(struct flags *f, char c, const char *arg)
{
	f->config = arg;
	return 1;
}

static int
take_name(struct flags *f, char c, const char *arg)
{
	f->name = arg;
	return 1;
}

static int
take_sender(struct flags *f, char c, const char *arg)
{
	f->sender = arg;
	return 1;
}

static int
take_keep(struct flags *f, char c, const char *arg)
{
	f->keep = 1;
	return 1;
}

static int
take_hops(struct flags *f, char c, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (arg[0] < '0' || arg[0] > '9' || *end || n > 100000)
		return flags_wrong(f, "bad hop count: -%c%.60s", c, arg);
	f->hops = (unsigned int)n;
	return 1;
}

static int
take_newaliases(struct flags *f, char c, const char *arg)
{
	f->mode = MODE_NEWALIASES;
	return 1;
}

static int
take_nodot(struct flags *f, char c, const char *arg)
{
	f->nodot = 1;
	return 1;
}

static int
take_collect(struct flags *f, char c, const char *arg)
{
	f->collect = 1;
	return 1;
}

static int
take_utf8(struct flags *f, char c, const char *arg)
{
	f->utf8 = 1;
	return 1;
}

static int
take_verbose(struct flags *f, char c, const char *arg)
{
	f->verbose = 1;
	return 1;
}

static int
take_log(struct flags *f, char c, const char *arg)
{
	if (arg[0] == 'V')	/* Postfix: VERP; it changes every sender */
		return flags_wrong(f, "unsupported: -%c%.60s", c, arg);
	return 1;
}

static int
take_quarantine(struct flags *f, char c, const char *arg)
{
	return flags_wrong(f, "-%c is not implemented%s", c, "");
}

static const struct flag flags[] = {
	{ 'A', NEEDED, take_settings },
	{ 'B', NEEDED, flags_type },
	{ 'b', NEEDED, flags_mode },
	{ 'C', NEEDED, take_config },
	{ 'c', NONE, 0 },
	{ 'D', NEEDED, 0 },		/* file for debugging */
	{ 'd', ATTACHED, 0 },		/* debugging */
	{ 'e', NEEDED, flags_errors },
	{ 'F', NEEDED, take_name },
	{ 'f', NEEDED, take_sender },
	{ 'G', NONE, take_keep },
	{ 'h', NEEDED, take_hops },
	{ 'I', NONE, take_newaliases },
	{ 'i', NONE, take_nodot },
	{ 'L', NEEDED, 0 },		/* label in the log */
	{ 'M', NEEDED, 0 },		/* macro */
	{ 'm', NONE, 0 },		/* me too */
	{ 'N', NEEDED, flags_notify },
	{ 'n', NONE, 0 },		/* no aliases */
	{ 'O', NEEDED, flags_longoption },
	{ 'o', NEEDED, flags_option },
	{ 'p', NEEDED, 0 },		/* protocol and host it came by */
	{ 'Q', ATTACHED, take_quarantine },
	{ 'q', ATTACHED, flags_queued },
	{ 'R', NEEDED, flags_return },
	{ 'r', NEEDED, take_sender },
	{ 's', NONE, 0 },
	{ 'T', NONE, 0 },
	{ 't', NONE, take_collect },
	{ 'U', NONE, take_utf8 },
	{ 'V', NEEDED, flags_envid },
	{ 'v', NONE, take_verbose },
	{ 'X', NEEDED, take_log },	/* log of the traffic */
	{ 'x', NONE, 0 },
};

static const struct flag *
lookup(char c)
{
	size_t i;

	for (i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (flags[i].c == c)
			return flags + i;
	return 0;
}

/* One argument of flags, "-tif" and the like, at argv[i]. Returns the number
 * of arguments used, or 0 with f->error. */
static int
take_group(struct flags *f, char *const *argv, int i)
{
	const char *s = argv[i] + 1;

	for (; *s; s++) {
		const struct flag *flag = lookup(*s);
		const char *arg = 0;
		int used = 1;

		if (!flag)
			return flags_wrong(f, "-%c: no such option%s", *s, "");
		if (flag->arg == ATTACHED || (flag->arg == NEEDED && s[1]))
			arg = s + 1;
		else if (flag->arg == NEEDED) {
			if (!(arg = argv[i + 1]))
				return flags_wrong(f,
				    "option requires an argument -- %c%s", *s,
				    "");
			used = 2;
		}
		if (flag->take && !flag->take(f, *s, arg))
			return 0;
		if (arg)
			return used;
	}
	return 1;
}

/* Flags and recipients that do not go together: Postfix's words. */
static const char *
conflict(const struct flags *f, int more)
{
	if (f->collect && f->mode == MODE_VERIFY)
		return "-t option cannot be used with -bv";
	if (f->collect && f->mode != MODE_DELIVER && f->mode != MODE_NOTHING)
		return "-t can be used only in delivery mode";
	if (!more)
		return 0;
	switch (f->mode) {
	case MODE_MAILQ:
	case MODE_COUNT:
		return "display queue mode requires no recipient";
	case MODE_NEWALIASES:
		return "alias initialization mode requires no recipient";
	case MODE_SMTP:
		return "stand-alone mode requires no recipient";
	case MODE_DAEMON:
		return "daemon mode requires no recipient";
	case MODE_FLUSH:
		return !f->nqueue ? "flush queue mode requires no recipient" :
		    f->queue[0].what == 'I' ?
		    "flush queue_id requires no recipient" :
		    "flush site requires no recipient";
	default:
		return 0;
	}
}

static enum mode
mode_of(const char *name)
{
	static const struct {
		const char *name;
		enum mode mode;
	} names[] = {
		{ "mailq", MODE_MAILQ }, { "newaliases", MODE_NEWALIASES },
		{ "runq", MODE_FLUSH }, { "smtpd", MODE_DAEMON },
		{ "hoststat", MODE_NOTHING }, { "purgestat", MODE_NOTHING },
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strcmp(name, names[i].name))
			return names[i].mode;
	return MODE_DELIVER;
}

int
flags_scan(struct flags *f, int argc, char *const *argv)
{
	const char *slash = argv[0] ? strrchr(argv[0], '/') : 0;
	const char *name = slash ? slash + 1 : argv[0] ? argv[0] : "";
	const char *why;
	int i = 1, used;

	memset(f, 0, sizeof *f);
	if (!strcmp(name, "postqueue"))
		return flags_postqueue(f, argc, argv);
	f->mode = mode_of(name);
	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		if (!(used = take_group(f, argv, i)))
			return -1;
		i += used;
	}
	if (f->interval && f->mode == MODE_DELIVER)
		f->mode = MODE_NOTHING;
	if ((why = conflict(f, i < argc))) {
		snprintf(f->error, sizeof f->error, "%s", why);
		return -1;
	}
	return i;
}
