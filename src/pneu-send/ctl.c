#include "pneu-send/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/field.h"

/* The admin's tools: doc/PROTOCOLS 4. */

#define SAID_MS 60000		/* between two log lines of those turned away */

void
ctl_init(struct send *g)
{
	static const struct stream none = STREAM_ZERO;
	size_t i;

	g->ctls = calloc(CTLS, sizeof *g->ctls);
	if (!g->ctls)
		strerr_diefusys(111, "allocate");
	for (i = 0; i < CTLS; i++) {
		g->ctls[i].s = none;
		g->ctls[i].fd = -1;
	}
}

void
ctl_close(struct ctl *c)
{
	if (c->open)
		walk_close(&c->w);
	if (c->fd >= 0)
		close(c->fd);
	stream_free(&c->s);
	c->open = c->type = 0;
	c->fd = -1;
}

void
ctl_answer(struct ctl *c, char kind, const char *code, const char *text)
{
	struct verdict v;
	ssize_t at = frame_begin(&c->s.out, 'V', c->tag);

	verdict_set(&v, kind, code, 0, text);
	if (at < 0 || !verdict_put(&c->s.out, &v) ||
	    !frame_end(&c->s.out, at))
		c->s.eof = 1;
	if (c->open)
		walk_close(&c->w);
	if (c->fd >= 0)
		close(c->fd);
	c->open = c->type = 0;
	c->fd = -1;
}

unsigned int
ctl_iopause(struct send *g, iopause_fd *x)
{
	unsigned int i;
	int spare = 0;

	for (i = 0; i < CTLS; i++) {
		struct ctl *c = g->ctls + i;

		spare |= c->s.fd < 0;
		x[1 + i].fd = c->s.fd;
		x[1 + i].events = stream_events(&c->s);
		if (c->type && c->type != 'W')
			x[1 + i].events &= ~IOPAUSE_READ;
	}
	x[0].fd = spare && !g->stop ? g->ctl : -1;
	x[0].events = IOPAUSE_READ;
	return 1 + CTLS;
}

/* May he see what is in letters, and touch single ones? */
int
ctl_isadmin(const struct send *g, uid_t uid)
{
	return !uid || run_isuser(&g->conf, uid, "pneus");
}

/* No seat for him. He has not asked yet, so the answer has no tag. */
static void
turn_away(struct send *g, int fd)
{
	static const char why[] =
	    "too many connections to pneu-send; try again later";
	stralloc sa = STRALLOC_ZERO;
	struct verdict v;
	ssize_t at = frame_begin(&sa, 'V', 0);

	verdict_set(&v, VERDICT_LATER, "4.3.2", 0, why);
	if (at >= 0 && verdict_put(&sa, &v) && frame_end(&sa, at) &&
	    write(fd, sa.s, sa.len) >= 0 && g->ctl_said <= g->now) {
		log_warn("run/pub/ctl: ", why);
		g->ctl_said = g->now + SAID_MS;
	}
	stralloc_free(&sa);
	close(fd);
}

static void
accept_clients(struct send *g)
{
	uid_t uid;
	int n, fd, i;

	for (n = 0; n < CTLS; n++) {
		if ((fd = run_accept(g->ctl)) < 0)
			return;
		if (run_peer(fd, &uid) < 0) {
			close(fd);
			continue;
		}
		i = ctl_seat(g->ctls, CTLS, uid, ctl_isadmin(g, uid));
		if (i < 0) {
			turn_away(g, fd);
			continue;
		}
		if (g->ctls[i].s.fd >= 0)
			ctl_close(g->ctls + i);
		stream_open(&g->ctls[i].s, fd);
		g->ctls[i].uid = uid;
		g->ctls[i].type = g->ctls[i].waits = g->ctls[i].stuck = 0;
		g->ctls[i].active = g->now;
	}
}

static void
status(struct send *g, struct ctl *c)
{
	stralloc *sa = &c->s.out;
	ssize_t at = frame_begin(sa, 'I', c->tag);
	uint32_t i, dead = 0, out = 0, queued = 0;
	size_t dirs = genalloc_len(struct dir, &g->dirs);

	for (i = 0; i < g->s.nsites; i++)
		if (g->s.sites[i].key) {
			dead += g->s.sites[i].state != SITE_OPEN;
			out += g->s.sites[i].busy;
			queued += g->s.sites[i].queued;
		}
	if (at < 0 || !field_putu(sa, "active", g->usedmails) ||
	    !field_putu(sa, "under-way", out) ||
	    !field_putu(sa, "queued", queued) ||
	    !field_putu(sa, "sites", g->s.usedsites) ||
	    !field_putu(sa, "dead-sites", dead) ||
	    !field_putu(sa, "directories", dirs) ||
	    !field_putu(sa, "sent", g->sent) ||
	    !field_putu(sa, "deferred", g->deferred) ||
	    !field_putu(sa, "bounced", g->bounced) ||
	    !field_putu(sa, "expired", g->expired)) {
		c->s.eof = 1;
		return;
	}
	for (i = 0; i < PEERS; i++)
		if (g->peers[i].state != PEER_UP && (i < PEER_REMOTE ||
		    i - PEER_REMOTE < conf_num(&g->conf, remote_processes)) &&
		    (!field_puts(sa, "down", g->peers[i].dir)))
			c->s.eof = 1;
	if (!frame_end(sa, at))
		c->s.eof = 1;
	ctl_answer(c, VERDICT_DONE, "2.0.0", "");
}

static void
request(struct send *g, struct ctl *c, struct frame *f)
{
	const char *domain = 0, *sender = 0;
	struct field x;
	char *s = f->s;
	size_t n = f->n;
	int used, all = 0;

	c->id[0] = 0;
	c->active = g->now;
	c->tag = f->tag;
	c->type = (uint8_t)f->type;
	for (; n; s += used, n -= (size_t)used) {
		if ((used = field_scan(&x, s, n)) <= 0)
			break;
		if (field_is(&x, "id") && letter_isid(x.value, x.valuelen))
			memcpy(c->id, x.value, LETTER_ID_OCTETS + 1);
		else if (field_is(&x, "id"))
			memset(c->id, '?', 1), c->id[1] = 0;
		else if (field_is(&x, "site"))
			domain = x.value;
		else if (field_is(&x, "sender"))
			sender = x.value;
		else if (field_is(&x, "all"))
			all = 1;
	}
	c->top = AT_NEW;
	c->dir = 0;
	c->found = c->has = c->stuck = c->waits = 0;
	c->count = 0;
	switch (f->type) {
	case 'F': ctl_flush(g, c, domain); return;
	case 'T': status(g, c); return;
	case 'L': dirs_list(g); return;
	case 'W': watch_begin(g, c, sender); return;
	case 'U':
		c->top = AT_DEFER;	/* the next is hold/ */
		c->dir = UINT64_MAX;
		/* fall through */
	case 'H':
	case 'R':
		if (!ctl_isadmin(g, c->uid))
			ctl_answer(c, VERDICT_NEVER, "5.7.1",
			    "only root may do that");
		else if (!c->id[0] && !all)
			ctl_answer(c, VERDICT_NEVER, "5.5.4", "which one?");
		else
			dirs_list(g);
		return;
	case 'S':
		if (!ctl_isadmin(g, c->uid))
			ctl_answer(c, VERDICT_NEVER, "5.7.1",
			    "only root may see a letter");
		else if (!c->id[0])
			ctl_answer(c, VERDICT_NEVER, "5.5.4", "which one?");
		return;
	}
	c->s.eof = 1;
}

static void
serve(struct send *g, struct ctl *c, const iopause_fd *x)
{
	struct frame f;
	int r = 0, watches = c->type == 'W';
	size_t pending;

	if (x->revents & (IOPAUSE_READ | IOPAUSE_EXCEPT) &&
	    (!c->type || watches) && (stream_fill(&c->s) < 0 || watches))
		c->s.eof = 1;
	while (!c->s.eof && !c->type && (r = stream_next(&c->s, &f)) > 0)
		request(g, c, &f);
	if (!c->s.eof && c->type && c->type != 'W')
		ctl_list(g, c);
	pending = stream_pending(&c->s);
	if (c->s.eof || r < 0 || stream_flush(&c->s) < 0)
		ctl_close(c);
	else if (stream_pending(&c->s) < pending)
		c->active = g->now;	/* he takes it */
}

void
ctl_turn(struct send *g, const iopause_fd *x, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < CTLS && i + 1 < n; i++)
		if (x[1 + i].fd >= 0 && x[1 + i].fd == g->ctls[i].s.fd &&
		    (x[1 + i].revents || (g->ctls[i].type &&
		    g->ctls[i].type != 'W')))
			serve(g, g->ctls + i, x + 1 + i);
	if (n && x[0].fd >= 0 && x[0].revents)
		accept_clients(g);
}

/* An answer goes on as soon as the client has taken what there is. */
int
ctl_busy(const struct send *g)
{
	size_t i;

	for (i = 0; i < CTLS; i++)
		if (g->ctls[i].s.fd >= 0 && g->ctls[i].type &&
		    g->ctls[i].type != 'W' && !g->ctls[i].waits && !g->ctls[i].stuck &&
		    stream_pending(&g->ctls[i].s) < CTL_PENDING)
			return 1;
	return 0;
}
