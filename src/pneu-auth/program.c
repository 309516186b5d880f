#include <skalibs/nonposix.h>

#include "pneu-auth/auth.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/log.h"
#include "wire/verdict.h"

/* The half that the jail holds: it tells the other one (runner.c), which is
 * outside, what to ask a program, and hears how that ended. */

void
program_start(struct auth *a, const char *command)
{
	int sv[2];

	a->program.s = (struct stream)STREAM_ZERO;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0 || coe(sv[0]) < 0 ||
	    coe(sv[1]) < 0)
		strerr_diefusys(111, "make a socketpair");
	a->program.pid = fork();
	if (a->program.pid < 0)
		strerr_diefusys(111, "fork");
	if (!a->program.pid) {
		close(sv[0]);
		close(a->listen);
		run_become(&a->conf, "pneu-auth-runner");
		runner(command, sv[1]);
	}
	close(sv[1]);
	stream_open(&a->program.s, sv[0]);
}

/* user NUL password NUL time NUL: the checkpassword interface. */
static void
ask(struct auth *a, struct exchange *x)
{
	stralloc *out = &a->program.s.out;
	char now[UINT64_FMT];
	ssize_t at = frame_begin(out, 'P', x->id);

	now[uint64_fmt(now, (uint64_t)time(0))] = 0;
	if (at < 0 || !stralloc_catb(out, x->sasl.user.s, x->sasl.user.len) ||
	    !stralloc_catb(out, x->sasl.pass.s, x->sasl.pass.len) ||
	    !stralloc_catb(out, now, strlen(now) + 1) ||
	    !frame_end(out, at)) {
		step_memory(a, x);
		return;
	}
	x->sent = 1;
	a->program.running++;
}

/* Of those that wait the first ones, as many as may run. */
void
program_turn(struct auth *a)
{
	struct exchange *x, *next;
	struct stream *s = &a->program.s;

	for (x = a->first; x && a->program.running < RUNNING; x = next) {
		next = x->next;
		if (x->state == EXCHANGE_SOURCE && !x->sent)
			ask(a, x);
	}
	if (stream_pending(s) && stream_flush(s) < 0)
		a->over = 1;
	if (s->out.s && !stream_pending(s))
		hash_wipe(s->out.s, s->out.a);
}

static void
check(struct auth *a, struct exchange *x)
{
	x->state = EXCHANGE_SOURCE;
}

/* Nobody waits for it any more; its program still runs. */
static void
forget(struct auth *a, struct exchange *x)
{
}

static int
answer(struct auth *a, const struct frame *f)
{
	struct exchange *x = exchange_byid(a, f->tag);

	if (f->type != 'E' || f->n != 1 || !a->program.running)
		return (errno = EPROTO, -1);
	a->program.running--;
	if (!x)
		return 0;
	x->sent = 0;
	if (f->s[0] == 'y')
		exchange_pass(a, x);
	else if (f->s[0] == 'n')
		exchange_fail(a, x, "authentication failure");
	else
		exchange_end(a, x, VERDICT_LATER, "4.7.0",
		    AUTH_LOST ": temporary failure of the program");
	return 0;
}

void
program_read(struct auth *a)
{
	struct frame f;
	ssize_t r = stream_fill(&a->program.s);
	int got;

	while ((got = stream_next(&a->program.s, &f)) > 0)
		if ((got = answer(a, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("what starts the program");
	if (r < 0 || got < 0)
		a->over = 1;
}

static const char *
mechanisms(struct auth *a)
{
	return "PLAIN LOGIN";
}

const struct source program_source = {
	mechanisms, step_begin, step_take, check, forget
};
