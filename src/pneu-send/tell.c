#include <stdio.h>
#include <string.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "wire/field.h"
#include "wire/notify.h"

/* What senders are told beside failures (RFC 3461): that a letter was
 * delivered, passed on to a host that reports nothing, or has become several,
 * if they asked for it; and once that it is late. */

/* By enum action, the words of RFC 3464 2.3.3. */
static const char *const words[] = {
	"failed", "delivered", "relayed", "expanded", "delayed"
};

/* Of orders to pneu-bounce. A pneu-send that finds one in hand knows by it
 * what that one is about. */
static const char *const dests[] = {
	"bounce:", "bounce:done", "bounce:done", "bounce:done",
	"bounce:delayed"
};

const char *
tell_word(int action)
{
	return action == ACTION_FAILED ? 0 : words[action];
}

const char *
tell_to(int action)
{
	return dests[action];
}

int
tell_action(const char *to)
{
	int a;

	for (a = ACTION_DELAYED; a > ACTION_FAILED; a--)
		if (!strcmp(to, dests[a]))
			break;
	return a == ACTION_EXPANDED ? ACTION_DELIVERED : a;
}

int
tell_isowed(const struct mail *m, const struct rcpt *r, int peer,
    const struct report *p)
{
	int a;

	if (m->isbounce || !r->notify ||
	    !(notify_scan(mail_str(m, r->notify)) & NOTIFY_SUCCESS))
		return 0;
	if (peer == PEER_LSPAWN)
		return ACTION_DELIVERED;
	for (a = ACTION_EXPANDED; a > 0; a--)
		if (p->action && !strcmp(p->action, words[a]))
			break;
	return a;
}

/* Where it went, without the port. */
static size_t
host_len(const char *relay)
{
	const char *in = strchr(relay, ']');

	return in ? (size_t)(in + 1 - relay) : strcspn(relay, ":");
}

/* As pneu-remote has it of what a host refuses. */
static void
set_text(char *text, size_t size, int action, const struct report *p)
{
	const struct verdict *v = &p->verdict;

	if (action == ACTION_RELAYED && p->relay)
		snprintf(text, size, "%s: host %.*s said: %.*s (in reply to "
		    "end of DATA command)", words[action],
		    (int)host_len(p->relay), p->relay, (int)v->textlen,
		    v->text);
	else
		snprintf(text, size, "%s: %.*s", words[action],
		    (int)v->textlen, v->text);
}

uint32_t
tell_why(struct send *g, struct mail *m, int action, const struct report *p)
{
	char text[2 * VERDICT_TEXT_OCTETS];
	struct verdict v;

	set_text(text, sizeof text, action, p);
	verdict_set(&v, VERDICT_DONE, p->verdict.code, 0, text);
	g->tmp.len = 0;
	return verdict_put(&g->tmp, &v) ?
	    mail_text(m, g->tmp.s, g->tmp.len) : 0;
}

int
tell_read(const struct verdict *v)
{
	int a;

	for (a = ACTION_DELAYED; a > ACTION_FAILED; a--) {
		size_t n = strlen(words[a]);

		if (v->kind == VERDICT_DONE && v->textlen > n &&
		    !memcmp(v->text, words[a], n) && v->text[n] == ':')
			break;
	}
	return a;
}

int
tell_put(struct send *g, stralloc *sa, const struct mail *m)
{
	char text[64];
	struct verdict v;
	uint32_t last = NONE;
	size_t k, i;

	for (k = 0; k < mail_nrcpts(m); k++) {
		const struct rcpt *r = mail_rcpt(m, k);
		const char *id;

		if (r->kept || r->warned != WARNED_NOW || r->notice == last)
			continue;
		last = r->notice;
		g->tmp.len = g->history.len = 0;
		for (i = k; i < mail_nrcpts(m); i++) {
			const struct rcpt *x = mail_rcpt(m, i);

			if (!x->kept && x->warned == WARNED_NOW &&
			    x->notice == last &&
			    !stralloc_catb(&g->tmp, (const char *)&x->n,
			    sizeof x->n))
				return 0;
		}
		id = mail_str(m, last);
		snprintf(text, sizeof text, "delayed: %s%s", id ?
		    "sender told by " : "nobody is told", id ? id : "");
		verdict_set(&v, VERDICT_DONE, "2.0.0", 0, text);
		if (!history_put(&g->history, g->wall,
		    (uint32_t *)(void *)g->tmp.s,
		    g->tmp.len / sizeof(uint32_t), &v) ||
		    !field_put(sa, "history", g->history.s,
		    g->history.len - 1) ||
		    (id && !field_puts(sa, "made", id)))
			return 0;
	}
	return 1;
}

static int
islate(const struct send *g, const struct mail *m, const struct rcpt *r)
{
	return (r->state == RCPT_LATER || r->state == RCPT_PARKED) && r->why &&
	    !r->warned && r->bounce == NONE &&
	    notify_scan(mail_str(m, r->notify)) & NOTIFY_DELAY;
}

void
tell_late(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	size_t k, n = 0;

	if (!g->warn || m->isbounce || m->wish || g->wall < m->born ||
	    g->wall - m->born < g->warn)
		return;
	for (k = 0; k < mail_nrcpts(m); k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (!islate(g, m, r))
			continue;
		r->was = r->state;
		r->state = RCPT_FAILED;
		r->action = ACTION_DELAYED;
		n++;
	}
	for (k = 0; n && k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED &&
		    job_bounce(g, i) == NONE)
			break;
	for (; n && k < mail_nrcpts(m); k++)
		if (mail_rcpt(m, k)->state == RCPT_FAILED)
			tell_not(mail_rcpt(m, k));
}

void
tell_not(struct rcpt *r)
{
	if (r->action != ACTION_DELAYED) {
		r->state = RCPT_UNTOLD;
		return;
	}
	r->state = r->was;
	r->action = ACTION_FAILED;
	r->warned = WARNED_LATER;
}

void
tell_answered(struct send *g, struct mail *m, struct rcpt *r,
    const struct report *p)
{
	int late = r->action == ACTION_DELAYED;

	if (p->verdict.kind == VERDICT_LATER) {
		tell_not(r);
		if (!late)
			r->due = g->wall + retry_asked(&g->retry,
			    r->attempts + 1u, p->verdict.seconds, &g->s.rng);
		log_info(m->id, ": sender ", late ? "delay" : r->action ?
		    "delivery status" : "non-delivery", " notification of ",
		    mail_str(m, r->addr), " deferred");
		return;
	}
	if (p->verdict.kind == VERDICT_NEVER)
		log_warn(m->id, ": no ", r->action ? "notification" :
		    "bounce", " can be made of ", mail_str(m, r->addr));
	if (late) {
		tell_not(r);
		r->warned = WARNED_NOW;
	} else
		r->state = RCPT_TOLD;
}
