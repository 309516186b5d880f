#include "pneu-remote/job-internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <skalibs/bytestr.h>
#include <skalibs/strerr.h>

#include "run/log.h"

/* Where a job goes: its next hop, the hosts of that, the fallback relays. */

int
job_sethop(struct job *j, const char *s)
{
	if (nexthop_scan(&j->hop, s, strlen(s)) < 0)
		return 0;
	if (!stralloc_copys(&j->dest, s) || !stralloc_0(&j->dest))
		strerr_diefusys(111, "keep a destination");
	if (!j->hop.path[0])
		case_lowers(j->dest.s);
	j->targets.len = 0;
	j->target = 0;
	j->addresses = j->sessions = 0;
	j->nokept = j->kept = j->plain = 0;
	j->asked = 0;
	j->sts = JOBSTS_NEW;
	return 1;
}

void
job_route(struct job *j)
{
	if (!tls_policy(j)) {
		job_note(j, VERDICT_LATER, "4.3.0", "table lookup failure", 0);
		job_finish(j);
		return;
	}
	if (!login_policy(j)) {
		job_note(j, VERDICT_LATER, "4.3.0", LOGINS_FILE
		    " cannot be used", 0);
		job_finish(j);
		return;
	}
	if (denied_is(j)) {
		job_finish(j);
		return;
	}
	if (!j->nokept && conn_reuse(j))
		return;
	j->found = j->r->now;
	job_find(j);
}

/* The next fallback relay, if there is one. */
static int
fall_back(struct job *j)
{
	const struct conf *c = &j->r->conf;
	const char *s;
	size_t i = 0;

	if (j->hop.lmtp)	/* his mailbox is there and nowhere else */
		return 0;
	for (s = conf_first(c, CONF_smtp_fallback_relay); s;
	    s = conf_next(c, CONF_smtp_fallback_relay, s))
		if (i++ == j->fallback) {
			j->fallback++;
			if (job_sethop(j, s))
				return 1;
			log_warn("smtp_fallback_relay: ", s,
			    " is no next hop");
		}
	return 0;
}

int
job_ismore(const struct job *j)
{
	return j->target < genalloc_len(struct mx_target, &j->targets) &&
	    j->addresses < REMOTE_ADDRESSES && j->sessions < REMOTE_SESSIONS;
}

int
job_greylisted(struct job *j, int todo)
{
	const uint32_t *at = genalloc_s(uint32_t, &j->heldat);
	size_t i;
	int any = 0;

	for (i = 0; i < j->l.n; i++)
		if (j->l.rcpt[i] == CLIENT_HELD && j->held.s[at[i]] == '0') {
			any = 1;
			if (todo)
				j->l.rcpt[i] = CLIENT_TODO;
		}
	return any;
}

/* The host whose kept connection was used before any was looked for. */
static int
wasused(const struct job *j, const struct mx_target *t)
{
	return j->kept && ip46_is6(&t->ip) == ip46_is6(&j->used) &&
	    !memcmp(t->ip.ip, j->used.ip, ip46_is6(&t->ip) ? 16 : 4);
}

/* As things are t is not to be given any mail. */
static void
unfit(struct job *j, const struct mx_target *t, const struct tlsrule *rule)
{
	char text[CLIENT_FAIL_OCTETS];

	if (rule->site)
		snprintf(text, sizeof text, "%s for %s:%u", rule->why,
		    t->host, t->port);
	job_note(j, VERDICT_LATER, "4.7.5", rule->site ? text : rule->why,
	    rule->site);
}

void
job_plain(struct job *j)
{
	j->c = 0;
	j->plain = 1;
	j->target--;
	j->addresses--;
	j->sessions--;
	job_next(j);
}

void
job_next(struct job *j)
{
	while (job_ismore(j)) {
		const struct mx_target *t = genalloc_s(struct mx_target,
		    &j->targets) + j->target;
		struct tlsrule rule;

		if (!wasused(j, t) && !tls_rule(j, t, &rule)) {
			if (j->stage != JOB_FIND)
				job_move(j, JOB_FIND);
			return;		/* job_find comes back here */
		}
		j->target++;
		j->plain = 0;
		if (wasused(j, t))
			continue;
		if (rule.act == TLSRULE_LATER) {
			unfit(j, t, &rule);
			if (rule.site)
				continue;
			break;
		}
		j->addresses++;
		if (conn_open(j, t, &rule)) {
			job_move(j, JOB_CONN);
			return;
		}
		if (conn_lacks(errno))
			j->addresses--;
	}
	if (j->site && fall_back(j))
		job_route(j);
	else
		job_finish(j);
}

/* A Unix socket is where the next hop says. */
static int
one_target(struct job *j)
{
	struct mx_target t;

	memset(&t, 0, sizeof t);
	j->targets.len = 0;
	if (!genalloc_append(struct mx_target, &j->targets, &t))
		strerr_diefusys(111, "find a host");
	return 1;
}

void
job_find(struct job *j)
{
	struct remote *r = j->r;
	struct mx_fail f;
	int found;

	if (j->asked || j->sts == JOBSTS_WAITS) {	/* only for these */
		job_next(j);
		return;
	}
	if (j->stage != JOB_FIND)
		job_move(j, JOB_FIND);
	r->looking = j;
	found = j->hop.path[0] ? one_target(j) :
	    mx_find(&r->env, &j->hop, &j->targets, &f);
	if (!found && r->now >= j->found + REMOTE_DNS_MS) {
		found = -1;
		f.kind = VERDICT_LATER;
		f.code = "4.4.3";
		f.site = f.fallback = 1;
		strcpy(f.text, "Host or domain name not found. Name service "
		    "error: no answer in time");
	}
	if (found > 0)
		job_next(j);
	else if (found < 0) {
		job_note(j, f.kind, f.code, f.text, f.site);
		if (f.fallback && fall_back(j))
			job_route(j);
		else
			job_finish(j);
	}
}
