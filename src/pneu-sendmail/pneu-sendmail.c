/* pneu-sendmail: the face of sendmail(1), mailq(1) and newaliases(1). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include "pneu-sendmail/flags.h"
#include "run/service.h"
#include "run/sysexits.h"
#include "submit/submit.h"

static const char *prog = "sendmail";

/* One line on descriptor 2, in one write. */
static void
say(const char *kind, const char *a, const char *b, const char *c)
{
	const char *parts[] = { prog, kind, a, b, c, "\n" };
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!stralloc_cats(&sa, parts[i]))
			return;
	if (write(2, sa.s, sa.len) < 0)
		return;		/* nobody is there to be told */
}

static void
die(int code, const char *a, const char *b)
{
	say(": fatal: ", a, b, "");
	_exit(code);
}

/* "user@host(1000): why", as Postfix says it. */
static void
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

static void
die_verdict(const struct submit *s)
{
	die_letter(s, sysexit_verdict(s->verdict.kind, s->verdict.code),
	    s->verdict.text);
}

/* The admin's tools do the rest, under the caller's own uid. */
static void
run_tool(const char *const *argv)
{
	stralloc path = STRALLOC_ZERO;

	if (!stralloc_cats(&path, run_path("bin/")) ||
	    !stralloc_cats(&path, argv[0]) || !stralloc_0(&path))
		die(EX_TEMPFAIL, "out of memory", "");
	execv(path.s, (char *const *)argv);
	die(EX_UNAVAILABLE, "unable to run ", path.s);
}

/* Recipients of the command line, and with -t of the header too. */
static void
take_rcpts(struct submit *s, const struct flags *f, char *const *args)
{
	int r = 1;

	for (; r > 0 && *args; args++)
		if ((r = compose_arg(&s->rcpts, *args, s->head.origin)) < 0)
			die(EX_USAGE, "bad recipient address: ", *args);
	if (r && f->collect) {
		if (s->head.bad.len)
			die(EX_DATAERR, "bad recipient address in message "
			    "header: ", s->head.bad.s);
		r = rcpts_addall(&s->rcpts, compose_rcpts(&s->head));
	}
	if (!r)
		die_letter(s, errno == E2BIG ? EX_DATAERR : EX_TEMPFAIL,
		    errno == E2BIG ? "too many recipients" : "out of memory");
	if (!rcpts_len(&s->rcpts))
		die_letter(s, EX_USAGE, f->collect ?
		    "No recipient addresses found in message header" :
		    "Recipient addresses must be specified on"
		    " the command line or via the -t option");
}

static void
take_sender(struct submit *s, const struct flags *f)
{
	int r = f->sender ? compose_sender(&s->sender, f->sender,
	    s->head.origin) : submit_sender(s);

	if (r < 0)
		die(EX_USAGE, "bad sender address: ", f->sender);
	if (!r)
		die(EX_TEMPFAIL, "out of memory", "");
}

/* From is the sender's; of the null sender, as Postfix has it. */
static int
finish(struct submit *s)
{
	stralloc from = STRALLOC_ZERO;

	if (s->sender.s[0])
		return submit_finish(s, s->sender.s,
		    conf_str(&s->conf, myhostname));
	if (!stralloc_cats(&from, "MAILER-DAEMON@") ||
	    !stralloc_cats(&from, s->head.origin) || !stralloc_0(&from))
		die(EX_TEMPFAIL, "out of memory", "");
	return submit_finish(s, from.s, conf_str(&s->conf, myhostname));
}

static void
deliver(const struct flags *f, char *const *args)
{
	static struct submit s = SUBMIT_ZERO;
	const char *env = getenv("NAME");

	if (!submit_open(&s))
		die_verdict(&s);
	s.in.text.dot = !f->nodot;
	s.head.collect = f->collect;
	s.head.keep = f->keep;
	s.name = f->name ? f->name : env && *env ? env : 0;
	s.type = f->type;
	s.notify = f->notify;
	s.ret = f->ret;
	s.envid = f->envid;
	take_sender(&s, f);
	if (!f->collect)
		take_rcpts(&s, f, args);
	if (!submit_header(&s))
		die_verdict(&s);
	if (f->collect)
		take_rcpts(&s, f, args);
	if (!finish(&s) || !submit_post(&s))
		die_verdict(&s);
}

int
main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : 0;
	struct flags f;
	int first;

	if (argc)
		prog = slash ? slash + 1 : argv[0];
	first = flags_scan(&f, argc, argv);
	if (first < 0)
		die(EX_USAGE, f.error, "");
	if (f.warning)
		say(": warning: ", f.warning, "", "");
	switch (f.mode) {
	case MODE_MAILQ:
		run_tool((const char *const[]){ "pneu-q", "-S", "list", 0 });
		break;
	case MODE_FLUSH:
		run_tool((const char *const[]){ "pneu-q", "-S", "retry",
		    f.site ? "site" : f.id, f.site, 0 });
		break;
	case MODE_NEWALIASES:
		run_tool((const char *const[]){ "pneu-conf", "compile", 0 });
		break;
	case MODE_NOTHING:
		break;
	case MODE_DELIVER:
		deliver(&f, argv + first);
	}
	_exit(0);
}
