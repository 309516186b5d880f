#include "pneu-sendmail/deliver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pneu-sendmail/say.h"
#include "pneu-sendmail/watch.h"

/* Recipients of the command line, and with -t of the header too. A script's
 * "$MORE" that is empty is nobody. */
static void
take_rcpts(struct submit *s, const struct flags *f, char *const *args)
{
	int r = 1;

	for (; r > 0 && *args; args++)
		if ((*args)[strspn(*args, " \t")] && (r = compose_arg(&s->rcpts, *args, s->head.origin)) < 0)
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

int
deliver_finish(struct submit *s)
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

void
deliver(const struct flags *f, char *const *args)
{
	static struct submit s = SUBMIT_ZERO;
	static struct watch w = WATCH_ZERO;
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
	if (f->verbose)
		watch_begin_of(&w, s.sender.s);
	if (!deliver_finish(&s) || !submit_post(&s))
		die_verdict(&s);
	if (f->verbose)
		watch_end(&w, s.verdict.text, rcpts_len(&s.rcpts));
}
