#include "forward.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "run/log.h"
#include "wire/route.h"

static void
never(struct resubmit_job *j, struct resubmit_end *e, const char *code,
    const char *text)
{
	resubmit_end(j, e, VERDICT_NEVER, code, text, strlen(text));
}

/* Has the letter been here for this address before? 1, 0, or -1 if it
 * cannot be read. */
static int
isround(struct resubmit_job *j, const char *addr, char *buf)
{
	struct forward *x = j->x;
	struct hand_reader r;
	const char *s;
	ssize_t len;
	size_t n;
	int t = 0;

	hand_reader_init(&r, j->order);
	delivered_init(&x->seen);
	while (t >= 0 && (len = hand_read(&r, buf, RESUBMIT_CHUNK_OCTETS))) {
		if (len < 0)
			return -1;
		s = buf;
		n = (size_t)len;
		while ((t = delivered_next(&x->seen, &s, &n)) > 0)
			if (!strcasecmp(x->seen.value, addr))
				return 1;
	}
	return t >= 0 && delivered_end(&x->seen) &&
	    !strcasecmp(x->seen.value, addr);
}

/* The targets are known: hand the letter in. */
static int
start(struct resubmit_job *j, struct resubmit_end *e, const struct conf *c,
    const char *owner)
{
	struct forward *x = j->x;
	const struct order *o = &j->order->o;
	const struct order_rcpt *r = order_rcpt(o, 0);
	int n;

	envelope_clear(&x->e);
	n = plan_envelope(&x->plan, &x->e, o, r, owner, conf_str(c, myorigin));
	if (n < 0)
		return 0;
	if (!n) {
		never(j, e, "5.3.0", "too many recipients, or none");
		return 1;
	}
	j->action = x->plan.action;
	x->e.step = resubmit_step(j, "forward", 0);
	return resubmit_envelope(j, &x->e) &&
	    stralloc_cats(&j->text, "Delivered-To: ") &&
	    stralloc_cats(&j->text, r->addr) &&
	    stralloc_cats(&j->text, "\n") && resubmit_original(j);
}

int
forward_begin(struct resubmit_job *j, struct resubmit_end *e,
    const struct conf *c, char *buf, uint64_t now)
{
	struct forward *x = j->x;
	const struct order *o = &j->order->o;
	const struct order_rcpt *r = order_rcpt(o, 0);

	(void)now;
	plan_clear(&x->plan);
	if (order_nrcpts(o) != 1) {
		never(j, e, "5.3.5", "an order for more than one recipient");
		return 1;
	}
	/* a target has been looked at when it became one */
	switch (r->target ? 0 : isround(j, r->addr, buf)) {
	case 0: break;
	case 1:
		never(j, e, "5.4.6", "mail forwarding loop");
		return 1;
	default:
		log_warnsys(o->id, ": unable to read");
		resubmit_end(j, e, VERDICT_LATER, errno == EBADMSG ?
		    "4.3.5" : "4.3.0", "unable to read the letter", 25);
		return 1;
	}
	if (!r->forward)
		return resubmit_ask(j, e, 'X', r->addr, strlen(r->addr));
	return plan_addlines(&x->plan, r->forward) &&
	    start(j, e, c, r->owner);
}

int
forward_heard(struct resubmit_job *j, struct resubmit_end *e,
    const struct conf *c, const struct frame *f)
{
	struct forward *x = j->x;
	struct route r;

	if (f->type == 'T')
		return !f->n || plan_add(&x->plan, f->s, f->n);
	if (f->type != 'R' || route_scan(&r, f->s, f->n) < 0) {
		resubmit_later(j, e, "an answer of pneu-alias that makes no sense");
		return 1;
	}
	if (r.kind == ROUTE_LIST)
		return start(j, e, c, r.owner);
	if (r.kind == ROUTE_NONE)
		resubmit_end(j, e, r.verdict.kind, r.verdict.code,
		    r.verdict.text, r.verdict.textlen);
	else	/* the table has changed; the next attempt will see */
		resubmit_later(j, e, "is no list any more");
	return 1;
}
