#include "pneu-remote/job-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <skalibs/strerr.h>

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

void
job_move(struct job *j, enum job_stage stage)
{
	list_take(j);
	list_put(j, stage);
}

void
job_note(struct job *j, char kind, const char *code, const char *text, int site)
{
	j->kind = kind;
	strncpy(j->code, code, VERDICT_CODE_OCTETS);
	j->code[VERDICT_CODE_OCTETS] = 0;
	strncpy(j->text, text, sizeof j->text - 1);
	j->text[sizeof j->text - 1] = 0;
	j->site = site;
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
		job_route(j);
		return;
	}
	if (!r)
		return;
	job_note(j, VERDICT_LATER, errno == EBADMSG ? "4.3.5" : "4.3.0",
	    errno == EBADMSG ? "letter damaged" : strerror(errno), 0);
	job_finish(j);
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
	j->policy = old.policy;
	j->key = old.key;
	j->targets = old.targets;
	j->held = old.held;
	j->heldat = old.heldat;
	j->policy_sts.mx = old.policy_sts.mx;
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

/* By the table generic. That it can be read was seen before. */
static const char *
address(void *arg, const char *s)
{
	struct remote *r = ((struct job *)arg)->r;

	return rewrite_out(&r->address, &r->rewrite, s, strlen(s)) > 0 ?
	    r->address.s : s;
}

/* Addresses become others where the letter leaves. 0: the table cannot be
 * read now. */
static int
map(struct job *j)
{
	struct remote *r = j->r;
	const char *s = j->o->o.sender;
	size_t i;

	j->m.map = rewrite_header_out;
	j->m.mapx = &r->rewrite;
	j->l.address = address;
	if (rewrite_out(&r->address, &r->rewrite, s, strlen(s)) < 0)
		return 0;
	for (i = 0; i < j->l.n; i++) {
		s = order_rcpt(&j->o->o, i)->addr;
		if (rewrite_out(&r->address, &r->rewrite, s, strlen(s)) < 0)
			return 0;
	}
	return 1;
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
	j->l.settle = job_settle;
	j->l.arg = j;
	strcpy(j->relay, "none");
	job_note(j, VERDICT_LATER, "4.4.2", "the connection ended early", 1);
	message_init(&j->m, o);
	list_put(j, JOB_CHECK);
	if (strncmp(o->o.to, "smtp:", 5) || !job_sethop(j, o->o.to + 5)) {
		job_note(j, VERDICT_NEVER, "5.1.2",
		    "bad destination system address", 0);
		job_finish(j);
		return;
	}
	if (!j->hop.lmtp && rewrite_outgoing(&r->rewrite) && !map(j)) {
		job_note(j, VERDICT_LATER, "4.3.0", "table lookup failure", 0);
		job_finish(j);
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
		job_greylisted(j, 1);
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
			job_move(j, JOB_CHECK);
		return 0;
	}
	if (j->stage != JOB_CONN)
		job_move(j, JOB_CONN);
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
	j->l.utf8 = j->o->o.smtputf8 && j->m.facts.head8;
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
		job_move(j, JOB_CONN);
}

void
job_again(struct job *j)
{
	j->c = 0;
	j->said = 0;
	j->nokept = 1;
	j->kept = 0;
	/* all its hosts again, if every transaction has had an outcome: else
	 * it could go round in circles among them */
	if (!memchr(j->l.rcpt, CLIENT_HELD, j->l.n)) {
		j->target = 0;
		j->addresses = j->sessions = 0;
	}
	job_route(j);
}

void
job_failed(struct job *j, char kind, const char *code, const char *text,
    int site)
{
	j->c = 0;
	if (kind)
		job_note(j, kind, code, text, site);
	if (!j->o || kind == VERDICT_NEVER || (kind && !site))
		job_finish(j);	/* his last word, or a failure of ours */
	else
		job_next(j);
}

/* What a sender's login has to wait for, others at the site need not. Who is
 * refused is not tried with the next host: a few such, and a site shuts us
 * out. */
void
job_nologin(struct job *j, enum client_nologin state, int bysender,
    const char *code, const char *text)
{
	j->c = 0;
	job_note(j, VERDICT_LATER, code, text, !bysender);
	if (state == CLIENT_DENIED)
		denied_note(j);
	if (!j->o || state == CLIENT_DENIED)
		job_finish(j);
	else
		job_next(j);
}

/* As Postfix does: what one host has greylisted (4xx of MAIL, RCPT or DATA),
 * the next one may take. On a kept connection no other was looked for yet. */
void
job_over(struct job *j)
{
	j->c = 0;
	if (!j->o || !job_greylisted(j, 0)) {
		job_finish(j);
		return;
	}
	j->retry = 1;
	if (job_ismore(j))
		job_next(j);
	else if (j->kept && !j->nokept) {
		j->nokept = 1;
		j->sessions++;
		job_route(j);
	} else
		job_finish(j);
}
