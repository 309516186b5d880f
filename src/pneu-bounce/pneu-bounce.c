#include "notice.h"
#include "plan.h"
#include "run/log.h"

static void
say(const struct order *o, const struct resubmit_end *e)
{
	static const char *const kinds[] = {
		" non-delivery", " delay", " delivery status"
	};
	const char *who = *o->sender ? ": sender" : ": postmaster";
	const char *kind = kinds[plan_kind(o)];

	if (e->sent)
		log_info(o->id, who, kind, " notification: ", e->text);
	else if (e->kind != VERDICT_DONE)
		log_warn(o->id, who, kind, " notification not written: ",
		    e->text);
}

int
main(void)
{
	static const struct resubmit bounce = {
		.prog = "pneu-bounce", .dir = "bounce", .sent = "",
		.begin = notice_begin, .tail = notice_tail,
		.refused = notice_refused, .say = say
	};
	static struct notice notices[RESUBMIT_JOBS];
	void *xs[RESUBMIT_JOBS];
	size_t i;

	for (i = 0; i < RESUBMIT_JOBS; i++)
		xs[i] = notices + i;
	return resubmit_main(&bounce, xs);
}
