/* pneu-sendmail: the face of sendmail(1), mailq(1) and newaliases(1). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/stralloc.h>

#include "pneu-sendmail/flags.h"
#include "pneu-sendmail/say.h"
#include "pneu-sendmail/tools.h"
#include "run/service.h"
#include "submit/submit.h"

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
	s.utf8 = f->utf8;
	s.hops = f->hops;
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

/* -C names settings: ours, or those where others have theirs. A caller who
 * wants yet others must not be given these. */
static void
check_config(const char *arg)
{
	static const char *const usual[] = { "/etc/mail/sendmail.cf",
		"/etc/mail/submit.cf", "/etc/sendmail.cf", "/etc/postfix",
		"/etc/postfix/main.cf" };
	size_t i;

	for (i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (!strcmp(arg, usual[i]))
			return;
	if (strcmp(arg, run_path("etc")) && strcmp(arg, run_path("etc/")) &&
	    strcmp(arg, run_path("etc/pneu.conf")))
		die(EX_USAGE, "-C: PNEU_HOME in the environment names another "
		    "instance; these are not its settings: ", arg);
}

int
main(int argc, char **argv)
{
	struct flags f;
	int first;

	first = argc ? flags_scan(&f, argc, argv) : (_exit(EX_USAGE), 0);
	say_init(argv[0], f.quiet);
	if (first < 0)
		die(EX_USAGE, f.error, "");
	if (f.warning)
		say_warning(f.warning, "");
	if (f.config)
		check_config(f.config);
	switch (f.mode) {
	case MODE_MAILQ:
	case MODE_COUNT:
	case MODE_FLUSH:
		tools_queue(&f);
	case MODE_NEWALIASES:
	case MODE_CHECK:
		tools_conf(&f);
	case MODE_DAEMON:
		tools_daemon();
	case MODE_SMTP:
	case MODE_VERIFY:
	case MODE_TEST:
		die(EX_USAGE, "not implemented", "");
	case MODE_NOTHING:
		break;
	case MODE_DELIVER:
		deliver(&f, argv + first);
	}
	_exit(0);
}
