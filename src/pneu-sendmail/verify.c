#include "pneu-sendmail/verify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/buffer.h>
#include <skalibs/skamisc.h>

#include "pneu-sendmail/say.h"
#include "pneu-sendmail/tools.h"
#include "submit/submit.h"

/* Ask about all recipients. Returns the exit status for sendmail's caller. */
static int
ask(const struct rcpts *r)
{
	size_t n = rcpts_len(r), i;
	const char **argv = calloc(n + 2, sizeof *argv);
	int status;

	if (!argv)
		die(EX_TEMPFAIL, "out of memory", "");
	argv[0] = "pneu-alias";
	for (i = 0; i < n; i++)
		argv[1 + i] = rcpts_at(r, i);
	status = tools_run(argv);
	free(argv);
	return status == 100 ? EX_NOUSER : status == 111 ? EX_TEMPFAIL :
	    status;
}

void
verify(char *const *args)
{
	static struct submit s = SUBMIT_ZERO;
	int r = 1;

	if (!submit_open(&s))
		die_verdict(&s);
	if (!*args)
		die(EX_USAGE, "Recipient addresses must be specified on the "
		    "command line", "");
	for (; r > 0 && *args; args++)
		if ((r = compose_arg(&s.rcpts, *args, s.head.origin)) < 0)
			die(EX_USAGE, "bad recipient address: ", *args);
	if (!r)
		die(EX_TEMPFAIL, "out of memory", "");
	_exit(ask(&s.rcpts));
}

/* Behind the word, and the space after it. */
static char *
behind(char *s)
{
	s += strcspn(s, " \t");
	return s + strspn(s, " \t");
}

/* The address of a line of Sendmail's test mode; "" if there is none, 0 at
 * "/quit". */
static char *
address_of(char *s)
{
	s += strspn(s, " \t");
	if (!strncmp(s, "/quit", 5))
		return 0;
	if (!strncmp(s, "/parse", 6))
		return behind(s);
	if (!strncmp(s, "/try ", 5))
		return behind(behind(s));
	if (*s >= '0' && *s <= '9' && s[strspn(s, "0123456789, ")])
		return s[strspn(s, "0123456789,")] == ' ' ? behind(s) : s;
	return strchr("/=$.#-?", *s) ? s + strlen(s) : s;
}

void
verify_test(void)
{
	static struct submit s = SUBMIT_ZERO;
	stralloc line = STRALLOC_ZERO;
	char *addr;

	if (!submit_open(&s))
		die_verdict(&s);
	buffer_putsflush(buffer_1small, "Enter an address, or /quit\n");
	for (;;) {
		buffer_putsflush(buffer_1small, "> ");
		line.len = 0;
		if (skagetln(buffer_0small, &line, '\n') <= 0)
			break;
		line.s[line.len - 1] = 0;
		if (!(addr = address_of(line.s)))
			break;
		if (!*addr)
			continue;
		rcpts_free(&s.rcpts);
		s.rcpts = (struct rcpts)RCPTS_ZERO;
		if (compose_arg(&s.rcpts, addr, s.head.origin) > 0)
			ask(&s.rcpts);
		else
			say_warning("bad address: ", addr);
	}
	_exit(EX_OK);
}
