#include "pneu-queue/handin-internal.h"

#include <errno.h>
#include <sys/socket.h>

#include "run/log.h"

int
handin_answer(struct handin *h, char kind, const char *code, const char *text)
{
	struct verdict v;
	const char *s;
	size_t n;
	ssize_t at;

	verdict_set(&v, kind, code, 0, text);
	h->out.len = 0;
	at = frame_begin(&h->out, 'V', h->tag);
	if (at < 0 || !verdict_put(&h->out, &v) || !frame_end(&h->out, at))
		return -1;
	for (s = h->out.s, n = h->out.len; n; ) {
		ssize_t r = send(h->in.fd, s, n, MSG_NOSIGNAL);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return -1;
		s += r;
		n -= (size_t)r;
	}
	return 1;
}

void
handin_forget(struct handin *h)
{
	draft_forget(&h->draft);
	h->seat->big = 0;
}

int
handin_refuse(struct handin *h, char kind, const char *code, const char *why)
{
	handin_forget(h);
	h->state = HANDIN_SKIP;
	return handin_answer(h, kind, code, why);
}

int
handin_failed(struct handin *h, const char *what)
{
	int e = errno;

	log_warnsys(h->draft.id, ": unable to ", what);
	if (h->draft.spool.lingers)
		log_warn(h->draft.id, ": its sender was asked to repeat it, "
		    "but it could not be removed and may be delivered, too");
	h->draft.spool.lingers = 0;
	if (e == ENOSPC || e == EDQUOT)
		return handin_refuse(h, VERDICT_LATER, "4.3.1",
		    "Insufficient system storage");
	if (e == ENOMEM)
		return handin_refuse(h, VERDICT_LATER, "4.3.0",
		    "Out of memory");
	return handin_refuse(h, VERDICT_LATER, "4.3.0",
	    "Queue file write error");
}
