/* pneu-inject: a letter from a pipeline; the header completed, handed in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/sgetopt.h>

#include "submit/submit.h"
#include "wire/envelope.h"

#define USAGE "pneu-inject [-nN] [-aAhH] [-f sender] [recipient ...]"

/* Whose addresses receive the letter. */
enum whom {
	ARGS = 'a',		/* the arguments' */
	HEADER = 'h',		/* the header's */
	EITHER = 'A',		/* the arguments' if there are any, else the
				 * header's */
	BOTH = 'H'
};

static void
die_nomem(void)
{
	strerr_dief(111, "out of memory");
}

static void
die_verdict(const struct submit *s)
{
	strerr_dief(s->verdict.kind == VERDICT_NEVER ? 100 : 111,
	    s->verdict.text, " (#", s->verdict.code, ")");
}

/* The first of the variables that is set and not empty, or 0. */
static const char *
env(const char *const *names)
{
	const char *s;

	for (; *names; names++)
		if ((s = getenv(*names)) && *s)
			return s;
	return 0;
}

/* qmail-inject's, for its users, then those that others know. */
static const char *const sender_users[] = { "QMAILSUSER", "QMAILUSER",
	"MAILUSER", "USER", "LOGNAME", 0 };
static const char *const sender_hosts[] = { "QMAILSHOST", "QMAILHOST",
	"MAILHOST", 0 };
static const char *const *const from_users = sender_users + 1;
static const char *const *const from_hosts = sender_hosts + 1;
static const char *const names[] = { "QMAILNAME", "MAILNAME", "NAME", 0 };

/* A user of the environment or of the system, and his host, as an address:
 * checked as any other, for the environment may hold anything. */
static void
address_of(stralloc *sa, struct submit *s, const char *user, const char *host)
{
	stralloc arg = STRALLOC_ZERO;

	if (!user) {
		submit_caller(s);
		user = s->caller.login;
	}
	if (!host)
		host = s->head.origin;
	if (!stralloc_cats(&arg, user) ||
	    (!strchr(user, '@') && (!stralloc_append(&arg, '@') ||
	    !stralloc_cats(&arg, host))) || !stralloc_0(&arg))
		die_nomem();
	switch (compose_sender(sa, arg.s, s->head.origin)) {
	case 0:
		die_nomem();
		break;
	case -1:
		strerr_dief(100, "not an address, from the environment: ",
		    arg.s);
	}
	stralloc_free(&arg);
}

/* -f, else Return-Path, else what the environment says. */
static void
take_sender(struct submit *s, const char *arg)
{
	int r = 1;

	if (arg)
		r = compose_sender(&s->sender, arg, s->head.origin);
	else if (s->head.path.len)
		r = stralloc_copy(&s->sender, &s->head.path);
	else
		address_of(&s->sender, s, env(sender_users), env(sender_hosts));
	if (r < 0)
		strerr_dief(100, "not an address: -f ", arg);
	if (!r)
		die_nomem();
}

static void
take_rcpts(struct submit *s, enum whom whom, char *const *args)
{
	int r = 1, header = whom == HEADER || whom == BOTH ||
	    (whom == EITHER && !*args);

	for (; r > 0 && whom != HEADER && *args; args++)
		if ((r = compose_arg(&s->rcpts, *args, s->head.origin)) < 0)
			strerr_dief(100, "not an address: ", *args);
	if (r && header) {
		if (s->head.bad.len)
			strerr_dief(100, "not an address, in the header: ",
			    s->head.bad.s);
		r = rcpts_addall(&s->rcpts, compose_rcpts(&s->head));
	}
	if (!r && errno == E2BIG)
		strerr_dief(100, "too many recipients");
	if (!r)
		die_nomem();
	if (!rcpts_len(&s->rcpts))
		strerr_dief(100, "no recipients in the ",
		    header ? "header" : "arguments");
}

/* From: the user of the environment, not the envelope's sender. */
static void
finish(struct submit *s)
{
	stralloc from = STRALLOC_ZERO;

	address_of(&from, s, env(from_users), env(from_hosts));
	s->name = env(names);
	if (!submit_finish(s, from.s, conf_str(&s->conf, myhostname)))
		die_verdict(s);
}

int
main(int argc, char *const *argv)
{
	static struct submit s = SUBMIT_ZERO;
	subgetopt l = SUBGETOPT_ZERO;
	enum whom whom = EITHER;
	const char *sender = 0;
	int print = 0, c;

	PROG = "pneu-inject";
	while ((c = subgetopt_r(argc, (char const *const *)argv, "aAhHnNf:",
	    &l)) != -1)
		switch (c) {
		case 'a': case 'A': case 'h': case 'H':
			whom = (enum whom)c;
			break;
		case 'n': print = 1; break;
		case 'N': print = 0; break;
		case 'f': sender = l.arg; break;
		default: strerr_dieusage(100, USAGE);
		}
	if (!submit_open(&s))
		die_verdict(&s);
	s.head.collect = whom != ARGS;
	if (!submit_header(&s))
		die_verdict(&s);
	take_sender(&s, sender);
	take_rcpts(&s, whom, argv + l.ind);
	finish(&s);
	if (!(print ? submit_print(&s, 1) : submit_post(&s)))
		die_verdict(&s);
	_exit(0);
}
