#include "pneu-remote/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <skalibs/strerr.h>

#include "run/log.h"

static void
list_put(struct job *j, enum job_stage stage)
{
	struct job **head = &j->r->stage[stage];

	j->stage = stage;
	j->prev = 0;
	j->next = *head;
	if (*head)
		(*head)->prev = j;
	*head = j;
}

static void
list_take(struct job *j)
{
	if (j->prev)
		j->prev->next = j->next;
	else
		j->r->stage[j->stage] = j->next;
	if (j->next)
		j->next->prev = j->prev;
}

static void
move(struct job *j, enum job_stage stage)
{
	list_take(j);
	list_put(j, stage);
}

static void
note(struct job *j, char kind, const char *code, const char *text, int site)
{
	j->kind = kind;
	strncpy(j->code, code, VERDICT_CODE_OCTETS);
	j->code[VERDICT_CODE_OCTETS] = 0;
	strncpy(j->text, text, sizeof j->text - 1);
	j->text[sizeof j->text - 1] = 0;
	j->site = site;
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

/* No host is left to be tried: everybody gets his verdict. */
static void
finish(struct job *j)
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

/* Go to the next hop named s. */
static int
set_hop(struct job *j, const char *s)
{
	size_t i;

	if (nexthop_scan(&j->hop, s) < 0)
		return 0;
	if (!stralloc_copys(&j->dest, s) || !stralloc_0(&j->dest))
		strerr_diefusys(111, "keep a destination");
	for (i = 0; i < j->dest.len; i++)
		if (j->dest.s[i] >= 'A' && j->dest.s[i] <= 'Z')
			j->dest.s[i] = (char)(j->dest.s[i] + 32);
	j->targets.len = 0;
	j->target = 0;
	j->addresses = j->sessions = 0;
	j->nokept = j->kept = 0;
	return 1;
}

static void
route(struct job *j)
{
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

	for (s = conf_first(c, CONF_smtp_fallback_relay); s;
	    s = conf_next(c, CONF_smtp_fallback_relay, s))
		if (i++ == j->fallback) {
			j->fallback++;
			if (set_hop(j, s))
				return 1;
			log_warn("smtp_fallback_relay: ", s,
			    " is no next hop");
		}
	return 0;
}

/* 1 if another host may be tried. */
static int
ismore(const struct job *j)
{
	return j->target < genalloc_len(struct mx_target, &j->targets) &&
	    j->addresses < REMOTE_ADDRESSES && j->sessions < REMOTE_SESSIONS;
}

/* Those whom a host has told "later", by no failure of its own; todo: they
 * are for another host now. Returns whether there are any. */
static int
greylisted(struct job *j, int todo)
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

static void
next(struct job *j)
{
	while (ismore(j)) {
		const struct mx_target *t = genalloc_s(struct mx_target,
		    &j->targets) + j->target++;

		if (wasused(j, t))
			continue;
		j->addresses++;
		if (conn_open(j, t)) {
			move(j, JOB_CONN);
			return;
		}
		if (conn_lacks(errno))
			j->addresses--;
	}
	if (j->site && fall_back(j))
		route(j);
	else
		finish(j);
}

void
job_find(struct job *j)
{
	struct remote *r = j->r;
	struct mx_fail f;
	int found;

	if (j->stage != JOB_FIND)
		move(j, JOB_FIND);
	r->looking = j;
	found = mx_find(&r->env, &j->hop, &j->targets, &f);
	if (!found && r->now >= j->found + REMOTE_DNS_MS) {
		found = -1;
		f.kind = VERDICT_LATER;
		f.code = "4.4.3";
		f.site = f.fallback = 1;
		strcpy(f.text, "Host or domain name not found. Name service "
		    "error: no answer in time");
	}
	if (found > 0)
		next(j);
	else if (found < 0) {
		note(j, f.kind, f.code, f.text, f.site);
		if (f.fallback && fall_back(j))
			route(j);
		else
			finish(j);
	}
}

void
job_check(struct job *j)
{
	int r;

	if (j->c) {			/* recoding goes on */
		conn_after(j->c, j->r);
		return;
	}
	r = message_check(&j->m, &j->r->pool);
	if (r > 0) {
		route(j);
		return;
	}
	if (!r)
		return;
	note(j, VERDICT_LATER, errno == EBADMSG ? "4.3.5" : "4.3.0",
	    errno == EBADMSG ? "letter damaged" : strerror(errno), 0);
	finish(j);
}

/* A job in its first state, with the storage of an old one. */
static struct job *
job_new(struct remote *r)
{
	struct job *j = r->spare, old;

	if (j)
		r->spare = j->next;
	else if (!(j = calloc(1, sizeof *j)))
		strerr_diefusys(111, "take an order");
	old = *j;
	memset(j, 0, sizeof *j);
	j->rcpt = old.rcpt;
	j->dest = old.dest;
	j->targets = old.targets;
	j->held = old.held;
	j->heldat = old.heldat;
	j->held.len = j->targets.len = j->heldat.len = 0;
	j->r = r;
	return j;
}

void
job_free(struct job *j)
{
	list_take(j);
	message_free(&j->m, &j->r->pool);
	j->next = j->r->spare;
	j->r->spare = j;
}

void
job_begin(struct remote *r, struct hand_order *o)
{
	struct job *j = job_new(r);

	o->x = j;
	j->o = o;
	j->begun = r->now;
	j->l.n = order_nrcpts(&o->o);
	if (!stralloc_ready(&j->rcpt, j->l.n))
		strerr_diefusys(111, "take an order");
	memset(j->rcpt.s, CLIENT_TODO, j->l.n);
	j->l.rcpt = (unsigned char *)j->rcpt.s;
	j->l.o = &o->o;
	j->l.utf8 = o->o.smtputf8;
	j->l.settle = job_settle;
	j->l.arg = j;
	strcpy(j->relay, "none");
	note(j, VERDICT_LATER, "4.4.2", "the connection ended early", 1);
	message_init(&j->m, o);
	list_put(j, JOB_CHECK);
	if (strncmp(o->o.to, "smtp:", 5) || !set_hop(j, o->o.to + 5)) {
		note(j, VERDICT_NEVER, "5.1.2",
		    "bad destination system address", 0);
		finish(j);
		return;
	}
	job_check(j);
}

/* All that are still to do get this verdict at this host. */
static void
settle_todo(struct job *j, char kind, const char *code, const char *text)
{
	struct verdict v;
	size_t i;

	verdict_set(&v, kind, code, 0, text);
	job_settle(j, 0, j->l.n, CLIENT_TODO, &v, 0);
	for (i = 0; i < j->l.n; i++)
		if (j->l.rcpt[i] == CLIENT_TODO)
			j->l.rcpt[i] = kind == VERDICT_LATER ? CLIENT_HELD :
			    CLIENT_SETTLED;
}

int
job_isleft(struct job *j)
{
	if (!j->o)
		return 0;
	if (j->retry)
		greylisted(j, 1);
	j->retry = 0;
	return memchr(j->l.rcpt, CLIENT_TODO, j->l.n) != 0;
}

int
job_transact(struct job *j)
{
	struct remote *r = j->r;
	struct client *c = &j->c->client;
	const char *body = j->o->o.body;
	int e = message_start(&j->m, &r->pool, !(c->ext & CLIENT_8BITMIME));
	if (!e) {
		c->deadline = r->now + r->opts.mail_ms;
		if (j->stage != JOB_CHECK)
			move(j, JOB_CHECK);
		return 0;
	}
	if (j->stage != JOB_CONN)
		move(j, JOB_CONN);
	if (e < 0) {
		if (errno == EILSEQ)
			settle_todo(j, VERDICT_NEVER, "5.6.3", "the message "
			    "has 8-bit content that cannot be converted, and "
			    "the next host does not offer 8BITMIME");
		else
			settle_todo(j, VERDICT_LATER, errno == EBADMSG ?
			    "4.3.5" : "4.3.0", errno == EBADMSG ?
			    "letter damaged" : strerror(errno));
		return 1;
	}
	j->l.size = j->m.wire;
	j->l.body8 = j->m.facts.head8 || j->m.facts.body8 ||
	    (body && !strcasecmp(body, "8BITMIME"));
	if (!j->said)
		j->said = r->now;
	j->c->uses++;
	client_begin(c, &r->out, &j->l, r->now);
	return 1;
}

void
job_hasconn(struct job *j)
{
	if (j->stage != JOB_CONN)
		move(j, JOB_CONN);
}

void
job_again(struct job *j)
{
	j->c = 0;
	j->said = 0;
	j->nokept = 1;
	j->kept = 0;
	route(j);
}

void
job_failed(struct job *j, char kind, const char *code, const char *text,
    int site)
{
	j->c = 0;
	if (kind)
		note(j, kind, code, text, site);
	if (!j->o || kind == VERDICT_NEVER || (kind && !site))
		finish(j);	/* his last word, or a failure of ours */
	else
		next(j);
}

/* As Postfix does: what one host has greylisted (4xx of MAIL, RCPT or DATA),
 * the next one may take. On a kept connection no other was looked for yet. */
void
job_over(struct job *j)
{
	j->c = 0;
	if (!j->o || !greylisted(j, 0)) {
		finish(j);
		return;
	}
	j->retry = 1;
	if (ismore(j))
		next(j);
	else if (j->kept && !j->nokept) {
		j->nokept = 1;
		j->sessions++;
		route(j);
	} else
		finish(j);
}
