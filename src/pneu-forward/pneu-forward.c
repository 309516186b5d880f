#include "forward.h"
#include "run/log.h"

/* pneu-send logs the verdict, with the new letter's id. */
static void
say(const struct order *o, const struct resubmit_end *e)
{
	if (!e->sent && e->kind == VERDICT_LATER)
		log_warn(o->id, ": not forwarded: ", e->text);
}

int
main(void)
{
	static const struct resubmit forward = {
		.prog = "pneu-forward", .dir = "forward", .relay = "local",
		.sent = "forwarded as ", .begin = forward_begin,
		.heard = forward_heard, .say = say
	};
	static struct forward forwards[RESUBMIT_JOBS];
	static const struct forward zero = { PLAN_ZERO, .e = ENVELOPE_ZERO };
	void *xs[RESUBMIT_JOBS];
	size_t i;

	for (i = 0; i < RESUBMIT_JOBS; i++) {
		forwards[i] = zero;
		xs[i] = forwards + i;
	}
	return resubmit_main(&forward, xs);
}
