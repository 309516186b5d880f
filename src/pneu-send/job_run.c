#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "mail/verp.h"
#include "pneu-send/send.h"
#include "run/log.h"


static uint32_t
new_tag(struct send *g, uint32_t job)
{
	uint32_t tag;

	do
		tag = ++g->serial << TAG_BITS | job;
	while (taken_find(g, g->jobs[job].peer, tag) ||
	    job_find(g, g->jobs[job].peer, tag) != NONE);
	return tag;
}

/* Who brought it: for commands, in their environment, and for the letters
 * that are made of this one. */
static void
put_client(struct order *o, const struct mail *m, int peer)
{
	if (peer != PEER_FORWARD && strncmp(o->to, "user:", 5))
		return;
	o->client = mail_str(m, m->client);
	o->helo = mail_str(m, m->helo);
	o->proto = mail_str(m, m->proto);
	o->login = mail_str(m, m->login);
	o->method = mail_str(m, m->method);
}

/* The sender, as the order's only recipient has it, or as pneu-bounce. 0,
 * ENOMEM. */
static const char *
sender_of(struct send *g, const struct mail *m, const struct job *j)
{
	const char *s = mail_str(m, m->sender);

	if (!s || !verp_is(s))
		return s;
	g->verp.len = 0;
	return verp_for(&g->verp, s, j->isbounce ? 0 :
	    mail_str(m, mail_rcpt(m, j->first)->addr)) &&
	    stralloc_0(&g->verp) ? g->verp.s : 0;
}

/* The order, of those recipients that have no verdict. 1 or 0, ENOMEM. */
static int
put_order(struct send *g, const struct mail *m, const struct job *j,
    stralloc *out, const char *to)
{
	struct order *o = &g->order;
	uint32_t k;
	ssize_t at;

	order_clear(o);
	o->id = m->id;
	if (!(o->sender = sender_of(g, m, j)))
		return 0;
	o->body = mail_str(m, m->body);
	o->ret = mail_str(m, m->ret);
	o->envid = mail_str(m, m->envid);
	o->auth = mail_str(m, m->auth);
	o->to = to;
	o->off = m->off;
	o->len = m->size;
	o->crc = m->crc;
	o->time = m->born;
	o->smtputf8 = m->smtputf8;
	put_client(o, m, j->peer);
	for (k = j->first; k != NONE; ) {
		const struct rcpt *r = mail_rcpt(m, k);
		struct order_rcpt *x;

		k = j->isbounce ? r->bnext : r->next;
		if (r->state != (j->isbounce ? RCPT_BOUNCING : RCPT_OUT))
			continue;
		if (!(x = order_add(o, r->n, mail_str(m, r->addr))))
			return 0;
		x->ext = mail_str(m, r->ext);
		x->mailbox = mail_str(m, r->mailbox);
		x->notify = mail_str(m, r->notify);
		x->orcpt = mail_str(m, r->orcpt);
		x->orig = mail_str(m, r->orig);
		x->target = mail_str(m, r->target);
		x->forward = mail_str(m, r->forward);
		x->owner = mail_str(m, r->owner);
		x->why = j->isbounce ? mail_str(m, r->why) : 0;
		x->action = j->isbounce ? tell_word(r->action) : 0;
	}
	at = frame_begin(out, 'O', j->tag);
	return at >= 0 && order_put(out, o) && frame_end(out, at);
}

/* Somebody has taken the letter away: that ends it. */
static void
vanish(struct send *g, uint32_t job, const char *path)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	uint32_t i = j->mail, k, next;

	log_warn(path, " is gone; forgetting it");
	for (k = j->first; k != NONE; k = next) {
		struct rcpt *r = mail_rcpt(m, k);

		next = j->isbounce ? r->bnext : r->next;
		if (r->state == RCPT_OUT || r->state == RCPT_BOUNCING) {
			r->state = RCPT_DONE;
			m->open--;
		}
		*(j->isbounce ? &r->bounce : &r->job) = NONE;
	}
	job_free(g, job);
	settle(g, i);
}

/* The letter cannot be opened. It is there or its state is not ours to
 * guess: its jobs wait; the pause gives descriptors time to come back. */
static void
not_run(struct send *g, uint32_t job, const char *path)
{
	if (errno == ENOENT) {
		vanish(g, job, path);
		return;
	}
	log_warnsys("unable to open ", path);
	sched_report(&g->s, job, SITE_LOST, 0, 0, g->now);
	mail_short(g);
}

void
job_run(struct send *g, uint32_t job)
{
	struct job *j = g->jobs + job;
	struct mail *m = g->mails + j->mail;
	struct stream *s = &g->peers[j->peer].s;
	char path[AT_PATH_OCTETS + 1];
	size_t len = s->out.len;
	int fd;

	mail_path(m, path);
	fd = mail_takefd(g, m);
	if (fd < 0)
		fd = openat(g->queue, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		not_run(g, job, path);
		return;
	}
	j->tag = new_tag(g, job);
	j->sent = g->now;
	if (!stream_putfd(s, fd)) {
		not_run(g, job, path);
		return;
	}
	if (!put_order(g, m, j, &s->out,
	    g->s.sites[sched_job_site(&g->s, job)].key)) {
		s->out.len = len;
		stream_close(s);	/* the descriptor is on its way */
	}
}
