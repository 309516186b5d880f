#include "pneu-sendmail/flags.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ENVID_OCTETS 100	/* RFC 3461 section 4.4 */

enum arg {
	NONE,			/* -x */
	NEEDED,			/* -xvalue or -x value */
	ATTACHED		/* -xvalue or -x */
};

struct flag {
	char c;
	enum arg arg;
	int (*take)(struct flags *, char c, const char *arg);	/* 0: ignored */
};

static int
wrong(struct flags *f, const char *fmt, char c, const char *arg)
{
	snprintf(f->error, sizeof f->error, fmt, c, arg);
	return 0;
}

static int
take_type(struct flags *f, char c, const char *arg)
{
	if (strcasecmp(arg, "8BITMIME") && strcasecmp(arg, "7BIT"))
		return wrong(f, "-%c option needs 8BITMIME or 7BIT%s", c, "");
	f->type = strcasecmp(arg, "7BIT") ? "8BITMIME" : "7BIT";
	return 1;
}

static int
take_mode(struct flags *f, char c, const char *arg)
{
	static const struct {
		char c;
		enum mode mode;
	} modes[] = {
		{ 'm', MODE_DELIVER }, { 'p', MODE_MAILQ },
		{ 'i', MODE_NEWALIASES }, { 'h', MODE_NOTHING },
		{ 'H', MODE_NOTHING },
	};
	size_t i;

	for (i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (arg[0] == modes[i].c) {
			f->mode = modes[i].mode;
			return 1;
		}
	if (arg[0] == 'd' || arg[0] == 'D' || arg[0] == 'l')
		return wrong(f, "unsupported: -%c%s: the supervisor starts "
		    "the mail system", c, arg);
	return wrong(f, "unsupported: -%c%s", c, arg);
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

/* "failure,delay" or "never" to RFC 3461's words in one order. */
static int
take_notify(struct flags *f, char c, const char *arg)
{
	static const char *const words[] = { "NEVER", "SUCCESS", "FAILURE",
		"DELAY" };
	unsigned int mask = 0, i;
	size_t n;

	for (; *arg; arg += n + (arg[n] != 0)) {
		n = strcspn(arg, ",");
		for (i = 0; i < 4; i++)
			if (strlen(words[i]) == n &&
			    !strncasecmp(arg, words[i], n))
				break;
		mask = i == 4 || (mask | 1u << i) > 15 ? 16 : mask | 1u << i;
		if (mask & 16)
			break;
	}
	if (!mask || (mask & 16) || ((mask & 1) && mask != 1)) {
		f->warning = "bad -N option value -- ignored";
		return 1;
	}
	f->notifies[0] = 0;
	for (i = 0; i < 4; i++)
		if (mask & 1u << i) {
			if (f->notifies[0])
				strcat(f->notifies, ",");
			strcat(f->notifies, words[i]);
		}
	f->notify = f->notifies;
	return 1;
}

static int
take_option(struct flags *f, char c, const char *arg)
{
	if (arg[0] == 'i')
		f->nodot = 1;
	if (arg[0] == 'A' && !arg[1])
		return wrong(f, "-%cA requires pathname%s", c, "");
	return 1;
}

static int
take_queue(struct flags *f, char c, const char *arg)
{
	if (arg[0] >= '0' && arg[0] <= '9') {
		f->mode = MODE_NOTHING;
		return 1;
	}
	if (arg[0] == 'I')
		f->id = arg + 1;
	else if (arg[0] == 'R')
		f->site = arg + 1;
	else if (arg[0])
		return wrong(f, "-%c%.1s is not implemented", c, arg);
	if (arg[0] && !arg[1])
		return wrong(f, arg[0] == 'I' ? "specify: -%cIqueueid%s" :
		    "specify: -%cRsitename%s", c, "");
	f->mode = MODE_FLUSH;
	return 1;
}

static int
take_return(struct flags *f, char c, const char *arg)
{
	if (!strcasecmp(arg, "hdrs"))
		f->ret = "HDRS";
	else if (!strcasecmp(arg, "full"))
		f->ret = "FULL";
	else
		f->warning = "bad -R option value -- ignored";
	return 1;
}

static int
take_collect(struct flags *f, char c, const char *arg)
{
	f->collect = 1;
	return 1;
}

static int
take_envid(struct flags *f, char c, const char *arg)
{
	size_t i;

	for (i = 0; arg[i] > 32 && arg[i] < 127 && arg[i] != '+' &&
	    arg[i] != '='; i++)
		;
	if (arg[i])
		f->warning = "bad syntax in -V option value -- ignored";
	else if (i > ENVID_OCTETS)
		f->warning = "too long -V option value -- ignored";
	else
		f->envid = arg;
	return 1;
}

static int
take_log(struct flags *f, char c, const char *arg)
{
	if (arg[0] == 'V')	/* Postfix: VERP; it changes every sender */
		return wrong(f, "unsupported: -%c%s", c, arg);
	return 1;
}

static const struct flag flags[] = {
	{ 'A', NEEDED, 0 },		/* -Ac, -Am: which settings */
	{ 'B', NEEDED, take_type },
	{ 'b', NEEDED, take_mode },
	{ 'C', NEEDED, 0 },		/* other settings */
	{ 'c', NONE, 0 },
	{ 'D', NEEDED, 0 },		/* file for debugging */
	{ 'd', ATTACHED, 0 },		/* debugging */
	{ 'e', NEEDED, 0 },		/* how to report errors */
	{ 'F', NEEDED, take_name },
	{ 'f', NEEDED, take_sender },
	{ 'G', NONE, take_keep },
	{ 'h', NEEDED, 0 },		/* hop count */
	{ 'I', NONE, take_newaliases },
	{ 'i', NONE, take_nodot },
	{ 'L', NEEDED, 0 },		/* label in the log */
	{ 'M', NEEDED, 0 },		/* macro */
	{ 'm', NONE, 0 },		/* me too */
	{ 'N', NEEDED, take_notify },
	{ 'n', NONE, 0 },		/* no aliases */
	{ 'O', NEEDED, 0 },		/* option=value */
	{ 'o', NEEDED, take_option },
	{ 'p', NEEDED, 0 },		/* protocol and host it came by */
	{ 'q', ATTACHED, take_queue },
	{ 'R', NEEDED, take_return },
	{ 'r', NEEDED, take_sender },
	{ 's', NONE, 0 },
	{ 'T', NONE, 0 },
	{ 't', NONE, take_collect },
	{ 'U', NONE, 0 },		/* initial submission */
	{ 'V', NEEDED, take_envid },
	{ 'v', NONE, 0 },		/* verbose */
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
			return wrong(f, "-%c: no such option%s", *s, "");
		if (flag->arg == ATTACHED || (flag->arg == NEEDED && s[1]))
			arg = s + 1;
		else if (flag->arg == NEEDED) {
			if (!(arg = argv[i + 1]))
				return wrong(f,
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
	if (f->collect && (f->mode == MODE_MAILQ || f->mode == MODE_FLUSH ||
	    f->mode == MODE_NEWALIASES))
		return "-t can be used only in delivery mode";
	if (!more)
		return 0;
	switch (f->mode) {
	case MODE_MAILQ:
		return "display queue mode requires no recipient";
	case MODE_NEWALIASES:
		return "alias initialization mode requires no recipient";
	case MODE_FLUSH:
		return f->site ? "flush site requires no recipient" :
		    f->id ? "flush queue_id requires no recipient" :
		    "flush queue mode requires no recipient";
	default:
		return 0;
	}
}

int
flags_scan(struct flags *f, int argc, char *const *argv)
{
	const char *slash = argv[0] ? strrchr(argv[0], '/') : 0;
	const char *name = slash ? slash + 1 : argv[0] ? argv[0] : "";
	const char *why;
	int i = 1, used;

	memset(f, 0, sizeof *f);
	if (!strcmp(name, "mailq"))
		f->mode = MODE_MAILQ;
	else if (!strcmp(name, "newaliases"))
		f->mode = MODE_NEWALIASES;
	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		if (!(used = take_group(f, argv, i)))
			return -1;
		i += used;
	}
	if ((why = conflict(f, i < argc))) {
		snprintf(f->error, sizeof f->error, "%s", why);
		return -1;
	}
	return i;
}
