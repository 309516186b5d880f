#include "pneu-remote/job-internal.h"

#include <string.h>
#include <skalibs/strerr.h>

/* What becomes of a job's recipients: told, or kept for another host. */

/* What senders who asked to hear of success are to be told, if we are who has
 * to: a host without DSN has taken it (RFC 3461 5.2.2). */
static const char *
action(const struct job *j, const struct verdict *v)
{
	size_t i;

	if (v->kind == VERDICT_DONE && j->c && !(j->c->client.ext & CLIENT_DSN))
		for (i = 0; i < j->l.n; i++)
			if (order_rcpt(&j->o->o, i)->notify)
				return j->hop.lmtp ? "delivered" : "relayed";
	return 0;
}

/* Tell pneu-send about the recipients in r->ns. A verdict that cannot be
 * told would be a letter sent twice, or kept for ever: rather start anew. */
static void
report(struct job *j, const struct verdict *v, int site)
{
	struct remote *r = j->r;
	struct report rep = REPORT_ZERO;
	size_t left = j->o->left, n = genalloc_len(uint32_t, &r->ns);

	if (!n)
		return;
	rep.ns = r->ns;
	rep.relay = j->relay;
	rep.conn = (uint32_t)((j->said ? j->said : r->now) - j->begun);
	rep.xmit = (uint32_t)(j->said ? r->now - j->said : 0);
	rep.site = site;
	rep.action = action(j, v);
	rep.verdict = *v;
	if (hand_report(&r->hand, j->o, &rep) < 0)
		strerr_diefusys(111, "report a verdict");
	if (left == n)
		j->o = 0;
}

static void
ns_clear(struct remote *r)
{
	genalloc_setlen(uint32_t, &r->ns, 0);
}

static void
ns_add(struct job *j, size_t i)
{
	if (!genalloc_append(uint32_t, &j->r->ns, &order_rcpt(&j->o->o, i)->n))
		strerr_diefusys(111, "report a verdict");
}

/* Keep a verdict "later": another host may do better. */
static void
hold(struct job *j, size_t lo, size_t hi, unsigned char mark,
    const struct verdict *v, int site)
{
	uint32_t at = (uint32_t)j->held.len;
	size_t i;

	if (!stralloc_append(&j->held, site ? '1' : '0') ||
	    !verdict_put(&j->held, v) || !stralloc_0(&j->held) ||
	    !genalloc_ready(uint32_t, &j->heldat, j->l.n))
		strerr_diefusys(111, "keep a verdict");
	for (i = lo; i < hi; i++)
		if (j->l.rcpt[i] == mark)
			genalloc_s(uint32_t, &j->heldat)[i] = at;
}

void
job_settle(void *arg, size_t lo, size_t hi, unsigned char mark,
    const struct verdict *v, int site)
{
	struct job *j = arg;
	size_t i;

	if (v->kind == VERDICT_LATER) {
		hold(j, lo, hi, mark, v, site);
		return;
	}
	ns_clear(j->r);
	for (i = lo; i < hi; i++)
		if (j->l.rcpt[i] == mark)
			ns_add(j, i);
	report(j, v, site);
}

/* Report what is held, those with the same verdict together. */
static void
report_held(struct job *j)
{
	uint32_t *at = genalloc_s(uint32_t, &j->heldat);
	struct verdict v;
	size_t i, k;

	for (i = 0; i < j->l.n; i++) {
		const char *s;

		if (j->l.rcpt[i] != CLIENT_HELD)
			continue;
		ns_clear(j->r);
		for (k = i; k < j->l.n; k++)
			if (j->l.rcpt[k] == CLIENT_HELD && at[k] == at[i]) {
				ns_add(j, k);
				j->l.rcpt[k] = CLIENT_SETTLED;
			}
		s = j->held.s + at[i];
		verdict_scan(&v, s + 1, strlen(s + 1));
		report(j, &v, *s == '1');
	}
}

void
job_finish(struct job *j)
{
	struct verdict v;
	size_t i;

	if (j->o)
		report_held(j);
	if (j->o) {
		ns_clear(j->r);
		for (i = 0; i < j->l.n; i++)
			if (j->l.rcpt[i] != CLIENT_SETTLED)
				ns_add(j, i);
		verdict_set(&v, j->kind, j->code, 0, j->text);
		report(j, &v, j->site);
	}
	job_free(j);
}
