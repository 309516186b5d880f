#include <string.h>
#include <skalibs/types.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "wire/field.h"
#include "wire/routes.h"

/* Questions carry the letter's place and the recipient's in their tag. What
 * is asked on one connection is forgotten with it, so a tag is never taken
 * for another letter's. */
#define ASK_BITS 10
#define ASK_MASK ((1u << ASK_BITS) - 1)	/* MAIL_RCPTS - 1 at least */

#define FORWARD "forward:"	/* the destination of who stands for others */

static int
ask(struct send *g, uint32_t i, uint32_t k)
{
	struct mail *m = g->mails + i;
	const struct rcpt *r = mail_rcpt(m, k);
	const char *addr = mail_str(m, r->addr);
	stralloc *out = &g->peers[PEER_ALIAS].s.out;
	ssize_t at;

	if (!r->target)
		return frame_put(out, 'Q', i << ASK_BITS | k, addr,
		    strlen(addr));
	at = frame_begin(out, 'P', i << ASK_BITS | k);
	return at >= 0 && field_puts(out, "rcpt", addr) &&
	    field_puts(out, "target", mail_str(m, r->target)) &&
	    frame_end(out, at);
}

/* Which delivery program, and which channel's limit, a destination has. The
 * hosts of the world are divided among the pneu-remote that there are. */
int
route_peer(const struct send *g, const char *to, int *channel)
{
	uint32_t h = 2166136261u;

	if (!strncmp(to, "bounce:", 7)) {
		*channel = SCHED_BOUNCE;
		return PEER_BOUNCE;
	}
	if (!strncmp(to, FORWARD, sizeof FORWARD - 1)) {
		*channel = SCHED_FORWARD;
		return PEER_FORWARD;
	}
	if (strncmp(to, "smtp:", 5)) {
		*channel = SCHED_LOCAL;
		return PEER_LSPAWN;
	}
	*channel = SCHED_REMOTE;
	for (; *to; to++)
		h = (h ^ (unsigned char)*to) * 16777619u;
	return PEER_REMOTE + (int)((h ^ h >> 16) %
	    conf_num(&g->conf, remote_processes));
}

static uint32_t
site_of(struct send *g, const char *prefix, const char *name)
{
	char key[SITE_KEY_OCTETS];
	size_t n = strlen(prefix), len = strlen(name);
	int channel, peer;

	if (n + len >= sizeof key)
		return NONE;
	memcpy(key, prefix, n);
	memcpy(key + n, name, len + 1);
	peer = route_peer(g, key, &channel);
	return sched_site(&g->s, key, channel, GATE_OF(peer));
}

static uint32_t
keep(struct mail *m, const char *s)
{
	return s ? mail_text(m, s, strlen(s)) : 0;
}

/* The address leads nowhere: an attempt, with its verdict. */
static void
refuse(struct send *g, struct mail *m, struct rcpt *r,
    const struct verdict *v)
{
	g->tmp.len = 0;
	if (v->kind == VERDICT_NEVER)
		r->state = RCPT_FAILED;
	else {
		r->state = RCPT_LATER;
		r->attempts++;
		r->due = g->wall + retry_asked(&g->retry, r->attempts,
		    v->seconds, &g->s.rng);
	}
	m->open--;
	if (verdict_put(&g->tmp, v))
		r->why = mail_text(m, g->tmp.s, g->tmp.len);
	say_rcpt(g, m, r, 0, 0, v, v->kind == VERDICT_NEVER ?
	    "bounced" : "deferred");
}

/* An alias has made another address of it. */
static void
rename_to(struct mail *m, struct rcpt *r, const char *addr)
{
	uint32_t to;

	if (!addr || !strcmp(addr, mail_str(m, r->addr)) ||
	    !(to = keep(m, addr)))
		return;
	if (!r->orig)
		r->orig = r->addr;
	r->addr = to;
}

static void
take(struct send *g, struct mail *m, struct rcpt *r, const struct route *o)
{
	static const char toolong[] = "destination is too long";
	struct verdict v;

	rename_to(m, r, o->addr);
	switch (o->kind) {
	case ROUTE_USER:
		r->site = site_of(g, "user:", o->user);
		r->ext = keep(m, o->ext);
		if (o->target)
			r->target = keep(m, o->target);
		break;
	case ROUTE_LIST:
		r->site = site_of(g, FORWARD, "");
		r->owner = keep(m, o->owner);
		break;
	case ROUTE_MAILBOX:
		r->site = site_of(g, "mailbox:", "");
		r->mailbox = keep(m, o->mailbox);
		break;
	case ROUTE_SMTP:
		r->site = site_of(g, "smtp:", o->to);
		break;
	default:
		refuse(g, m, r, &o->verdict);
		return;
	}
	if (r->site == NONE) {
		verdict_set(&v, VERDICT_LATER, "4.3.0", 0, toolong);
		refuse(g, m, r, &v);
		return;
	}
	r->state = RCPT_ROUTED;
	sched_hold(&g->s, r->site, 1);
}

int
route_ask(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	uint32_t k, n = (uint32_t)mail_nrcpts(m), known = 0;
	int up = g->peers[PEER_ALIAS].state == PEER_UP;
	struct route o;

	m->asking = 0;
	for (k = 0; k < n; k++) {
		struct rcpt *r = mail_rcpt(m, k);
		const char *addr = mail_str(m, r->addr);

		if (r->state != RCPT_ASK)
			continue;
		if (!r->target && routes_find(&g->routes, &o, addr,
		    strlen(addr), g->now)) {
			take(g, m, r, &o);
			known = 1;
			continue;
		}
		m->asking++;
		if (up && !ask(g, i, k)) {
			/* no memory: asked anew when it is back */
			stream_close(&g->peers[PEER_ALIAS].s);
			up = 0;
		}
	}
	if (!known || m->asking)
		return 0;
	route_jobs(g, i);
	return 1;
}

void
route_askall(struct send *g)
{
	uint32_t i;

	for (i = 0; i < g->nmails; i++)
		if (g->mails[i].used && g->mails[i].asking &&
		    !route_ask(g, i) && !g->mails[i].asking)
			route_jobs(g, i);	/* all taken over meanwhile */
}

/* The answer about r, which is kept if it is about its address alone. */
static int
scan(struct send *g, const struct mail *m, const struct rcpt *r,
    struct route *o, const struct frame *f)
{
	const char *addr = mail_str(m, r->addr);

	return r->target ? route_scan(o, f->s, f->n) :
	    routes_scan(&g->routes, o, addr, strlen(addr), f->s, f->n, g->now);
}

void
route_answer(struct send *g, const struct frame *f)
{
	uint32_t i = f->tag >> ASK_BITS, k = f->tag & ASK_MASK;
	struct mail *m = g->mails + i;
	struct rcpt *r = i < g->nmails && m->used && k < mail_nrcpts(m) ?
	    mail_rcpt(m, k) : 0;
	struct route o;

	if (f->type == 'F') {
		routes_forget(&g->routes);
		return;
	}
	if (r && r->state != RCPT_ASK) {	/* taken over meanwhile */
		if (m->asking && --m->asking == 0)
			route_jobs(g, i);
		return;
	}
	if (f->type != 'R' || !r || scan(g, m, r, &o, f) < 0) {
		log_warn("pneu-alias: an answer that makes no sense");
		stream_close(&g->peers[PEER_ALIAS].s);
		return;
	}
	take(g, m, r, &o);
	if (--m->asking == 0)
		route_jobs(g, i);
}

/* The letter goes to one place: its name's hash says so from now on. */
static void
learn(struct send *g, const struct mail *m)
{
	uint32_t site = NONE;
	size_t k;

	if (!m->hash)
		return;
	for (k = 0; k < mail_nrcpts(m); k++) {
		const struct rcpt *r = mail_rcpt(m, k);

		if (r->state != RCPT_ROUTED)
			continue;
		if ((site != NONE && r->site != site) ||
		    g->s.sites[r->site].gate == GATE_OF(PEER_FORWARD)) {
			site = NONE;
			break;
		}
		site = r->site;
	}
	scan_learn(g, m->hash, site);
}

void
route_why(struct verdict *v, char buf[ROUTE_WHY_OCTETS], const struct site *x)
{
	static const char text[] = "delivery temporarily suspended: ";
	size_t n = sizeof text - 1, room;

	if (!x->why || verdict_scan(v, x->why, strlen(x->why)) < 0)
		verdict_set(v, VERDICT_LATER, "4.4.1", 0, "unknown reason");
	memcpy(buf, text, n);
	room = ROUTE_WHY_OCTETS - n;
	if (v->textlen > room)
		v->textlen = room;
	memcpy(buf + n, v->text, v->textlen);
	v->textlen += n;
	v->text = buf;
	v->seconds = 0;
}

/* Its site is suspended: the recipient waits for that to end, for the reason
 * that the site has given. */
static void
suspend(struct send *g, struct mail *m, struct rcpt *r, const struct site *x)
{
	struct verdict v;
	char buf[ROUTE_WHY_OCTETS];

	r->due = g->wall + 1 +
	    (x->until > g->now ? (x->until - g->now) / 1000 : 0);
	route_why(&v, buf, x);
	g->tmp.len = 0;
	if (verdict_put(&g->tmp, &v))
		r->why = mail_text(m, g->tmp.s, g->tmp.len);
	say_rcpt(g, m, r, 0, 0, &v, "deferred");
}

void
route_park(struct send *g, struct mail *m, struct rcpt *r, uint32_t site)
{
	const struct site *x = g->s.sites + site;

	r->state = RCPT_PARKED;
	m->open--;
	if (x->state == SITE_SUSPENDED)
		suspend(g, m, r, x);
	else if (x->state == SITE_PROBE)
		r->due = g->wall + 5;
	else if (g->s.gate[x->gate] == GATE_AWAY)
		r->due = g->wall + 10 + retry_random(&g->s.rng, 30);
	else
		r->due = g->wall + 2;
}

/* Jobs of what is routed, one or more for each site. */
void
route_jobs(struct send *g, uint32_t i)
{
	struct mail *m = g->mails + i;
	uint32_t k, n = (uint32_t)mail_nrcpts(m);

	learn(g, m);
	for (k = 0; k < n; k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->state != RCPT_ROUTED)
			continue;
		if (!m->wish && sched_room(&g->s, r->site) == SCHED_ROOM &&
		    job_add(g, i, k, r->site) != NONE)
			continue;
		sched_hold(&g->s, r->site, -1);
		route_park(g, m, r, r->site);
	}
	settle(g, i);
}

/* Those of the job's recipients that stand for others go to pneu-forward. */
void
route_forward(struct send *g, uint32_t i, uint32_t job)
{
	struct mail *m = g->mails + i;
	uint32_t k, site, n = (uint32_t)mail_nrcpts(m);
	struct verdict v;
	int any = 0;

	for (k = 0; k < n; k++) {
		struct rcpt *r = mail_rcpt(m, k);

		if (r->state != RCPT_FORWARD || r->job != job)
			continue;
		site = site_of(g, FORWARD, "");
		job_leave(g, job, k);
		r->site = site;
		r->state = RCPT_ROUTED;
		any = 1;
		if (site != NONE) {
			sched_hold(&g->s, site, 1);
			continue;
		}
		verdict_set(&v, VERDICT_LATER, "4.3.0", 0, "out of memory");
		refuse(g, m, r, &v);
	}
	if (any)
		route_jobs(g, i);
}
