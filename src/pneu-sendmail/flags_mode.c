#include "pneu-sendmail/flags-internal.h"

#include <string.h>
#include <strings.h>

/* -b, -q, -o, -O, -e */

int
flags_mode(struct flags *f, char c, const char *arg)
{
	static const struct {
		char c;
		enum mode mode;
	} modes[] = {
		{ 'm', MODE_DELIVER }, { 'a', MODE_DELIVER },
		{ 's', MODE_SMTP }, { 'v', MODE_VERIFY }, { 't', MODE_TEST },
		{ 'p', MODE_MAILQ }, { 'P', MODE_COUNT },
		{ 'i', MODE_NEWALIASES }, { 'C', MODE_CHECK },
		{ 'd', MODE_DAEMON }, { 'D', MODE_DAEMON },
		{ 'l', MODE_DAEMON }, { 'h', MODE_NOTHING },
		{ 'H', MODE_NOTHING },
	};
	size_t i;

	for (i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (arg[0] == modes[i].c) {
			f->mode = modes[i].mode;
			return 1;
		}
	return flags_wrong(f, "unsupported: -%c%.60s", c, arg);
}

static int
select_queue(struct flags *f, char c, const char *arg, char no)
{
	struct flags_queue *q = f->queue + f->nqueue;

	if (!arg[1])
		return flags_wrong(f, arg[0] == 'I' ? "specify: -%cIqueueid%s" :
		    arg[0] == 'R' ? "specify: -%cRsitename%s" :
		    "specify: -%cSsender%s", c, "");
	if (f->nqueue == FLAGS_QUEUE)
		return flags_wrong(f, "too many -%c options%s", c, "");
	q->what = arg[0];
	q->no = no;
	q->text = arg + 1;
	f->nqueue++;
	f->mode = MODE_FLUSH;
	return 1;
}

/* The queue is run all the time: an interval (-q30m, -qp5s) has been seen
 * to. Queue groups there are none, so that one of them is the whole. */
int
flags_queued(struct flags *f, char c, const char *arg)
{
	char no = arg[0] == '!';

	if (arg[0] && strchr("0123456789p", arg[0])) {
		f->interval = 1;
		return 1;
	}
	arg += no;
	if (arg[0] && strchr("IRS", arg[0]))
		return select_queue(f, c, arg, no);
	if (no || (arg[0] && !strchr("fG", arg[0])))
		return flags_wrong(f, "-%c%.60s is not implemented", c,
		    arg - no);
	if (f->mode == MODE_DAEMON)
		f->interval = 1;
	else
		f->mode = MODE_FLUSH;
	return 1;
}

int
flags_errors(struct flags *f, char c, const char *arg)
{
	f->quiet = arg[0] == 'q';
	return 1;
}

/* Sendmail's atobool, for options that are there to be set. */
static int
istrue(const char *s)
{
	return !*s || !strchr("nNfF0", *s);
}

int
flags_option(struct flags *f, char c, const char *arg)
{
	switch (arg[0]) {
	case 'i':
		f->nodot = istrue(arg + 1);
		break;
	case 'v':
		f->verbose = istrue(arg + 1);
		break;
	case 'e':
		return flags_errors(f, c, arg + 1);
	case 'A':
		if (!arg[1])
			return flags_wrong(f, "-%cA requires pathname%s", c,
			    "");
		f->aliases = arg + 1;
		break;
	}
	return 1;
}

/* -O LongName=value, of which these mean something here. */
int
flags_longoption(struct flags *f, char c, const char *arg)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {
		{ "IgnoreDots", 'i' }, { "Verbose", 'v' },
		{ "ErrorMode", 'e' }, { "AliasFile", 'A' },
	};
	size_t n = strcspn(arg, "="), i;
	char option[2] = "";

	if (!n || !arg[n])
		return flags_wrong(f, "-%c option needs name=value, not "
		    "\"%.60s\"", c, arg);
	while (n && arg[n - 1] == ' ')
		n--;
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i].name) == n &&
		    !strncasecmp(arg, names[i].name, n))
			option[0] = names[i].c;
	arg = strchr(arg, '=') + 1;
	while (*arg == ' ')
		arg++;
	switch (option[0]) {
	case 'i': f->nodot = istrue(arg); break;
	case 'v': f->verbose = istrue(arg); break;
	case 'e': return flags_errors(f, c, arg);
	case 'A': f->aliases = arg; break;
	}
	return 1;
}
