#include "pneu-sts/sts.h"

#include <stdlib.h>
#include <string.h>
#include <skalibs/strerr.h>

#include "run/log.h"

static void
drop(struct sts *m, struct ask *a)
{
	*(a->prev ? &a->prev->next : &m->asks) = a->next;
	if (a->next)
		a->next->prev = a->prev;
	free(a);
	m->nasks--;
}

/* What is known now: the policy, or none. */
static void
say(struct sts *m, struct ask *a)
{
	static const struct sts_policy none = STS_POLICY_ZERO;
	struct domain *d = domain_find(m, a->name);
	struct asker *to = a->asker;
	ssize_t at;

	a->asker = 0;
	if (!to || to->s.fd < 0 || to->serial != a->serial)
		return;
	at = frame_begin(&to->s.out, 'A', a->tag);
	if (at < 0 || !sts_policy_put(&to->s.out, d && domain_isgood(m, d) ?
	    &d->policy : &none) || !frame_end(&to->s.out, at))
		strerr_diefusys(111, "answer");
}

/* The record of a's domain: RFC 8461 3.1. */
static enum sts_record
record(struct sts *m, const struct ask *a, char id[STS_ID_OCTETS + 1])
{
	char name[DNSMSG_NAME_OCTETS + 1] = "_mta-sts.";
	char other[STS_ID_OCTETS + 1];
	struct dns_answer r;
	size_t i, n = 0;
	int e, good = 0;

	if (strlen(name) + strlen(a->name) > NEXTHOP_HOST_OCTETS)
		return STS_NORECORD;
	strcat(name, a->name);
	if (!dns_get(&m->dns, name, DNS_TXT, a->since, m->now, &r))
		return STS_UNKNOWN;
	for (i = 0; r.kind == DNSMSG_FOUND && i < r.n; i++) {
		e = sts_record_scan(n ? other : id, r.data + r.rr[i].at,
		    r.rr[i].len);
		n += e != 0;
		good = e > 0 || good;
	}
	return n == 1 && good ? STS_RECORD : STS_NORECORD;
}

/* Its time is over. The next ones need not wait, too: not for the DNS, and not
 * for this fetch. */
static void
expire(struct sts *m, struct ask *a, enum sts_record r)
{
	struct domain *d = domain_find(m, a->name);

	if (d && d->fetch)
		d->slow = 1;
	if (r == STS_UNKNOWN && (d = domain_make(m, a->name))) {
		domain_failed(m, d);
		log_info(a->name, ": the DNS does not say in time whether "
		    "there is an MTA-STS policy");
	}
	say(m, a);
	drop(m, a);
}

static void
look(struct sts *m, struct ask *a)
{
	struct domain *d = domain_find(m, a->name);
	char id[STS_ID_OCTETS + 1] = "";
	struct sts_facts f;
	int act;

	memset(&f, 0, sizeof f);
	f.record = record(m, a, id);
	f.cached = d && domain_isgood(m, d);
	f.same = f.cached && !strcmp(d->policy.id, id);
	f.held = d && m->now < d->retry;
	f.failed = d && (d->fails || d->slow);
	f.flying = d && d->fetch;
	f.refresh = a->refresh;
	f.said = !a->asker;
	act = sts_decide(&f);
	/* if there is no room it is tried again in the next turn */
	if (act & STS_FETCH && (!(d = domain_make(m, a->name)) ||
	    !fetch_new(m, d, id)))
		act = act & STS_SAY;
	if (act & STS_SAY)
		say(m, a);
	if (act & STS_END)
		drop(m, a);
	else if (m->now >= a->deadline)
		expire(m, a, f.record);
}

void
ask_new(struct sts *m, struct asker *to, uint32_t tag, const char *name)
{
	struct ask *a = calloc(1, sizeof *a);
	struct domain *d = domain_find(m, name);

	if (!a)
		strerr_diefusys(111, "take a question");
	strcpy(a->name, name);
	a->asker = to;
	a->serial = to ? to->serial : 0;
	a->tag = tag;
	a->refresh = !to;
	a->since = m->now;
	a->deadline = m->now + STS_ANSWER_MS;
	if (d && to)
		d->asked = m->now;
	a->next = m->asks;
	if (a->next)
		a->next->prev = a;
	m->asks = a;
	if (m->nasks++ >= STS_ASKS) {
		say(m, a);
		drop(m, a);
	} else
		m->look = 1;
}

void
ask_turn(struct sts *m)
{
	struct ask *a, *next;
	int all = m->look || m->answers != m->dns.answers;

	m->look = 0;
	m->answers = m->dns.answers;
	for (a = m->asks; a; a = next) {
		next = a->next;
		if (all || m->now >= a->deadline)
			look(m, a);
	}
}

uint64_t
ask_due(const struct sts *m, uint64_t next)
{
	const struct ask *a;

	for (a = m->asks; a; a = a->next)
		if (a->deadline < next)
			next = a->deadline;
	return next;
}
