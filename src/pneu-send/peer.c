#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "run/service.h"

/* The connections that we make. One that is lost is tried again after
 * WAIT_MIN_MS, then twice as long each time, up to WAIT_MAX_MS. */
#define WAIT_MIN_MS 50
#define WAIT_MAX_MS 2000

static int
isused(const struct send *g, int i)
{
	return i < PEER_REMOTE || (uint64_t)(i - PEER_REMOTE) <
	    conf_num(&g->conf, remote_processes);
}

void
peer_init(struct send *g)
{
	static const struct stream none = STREAM_ZERO;
	static const char *const names[] = { "orders", "alias", "lspawn",
	    "bounce", "forward" };
	int i;

	for (i = 0; i < PEERS; i++) {
		struct peer *p = g->peers + i;

		p->s = none;
		p->dir = i < PEER_REMOTE ? names[i] : "remote";
		if (i < PEER_REMOTE)
			snprintf(p->name, sizeof p->name, "%s", names[i]);
		else
			snprintf(p->name, sizeof p->name, "%d",
			    i - PEER_REMOTE + 1);
		p->wait = WAIT_MIN_MS;
		p->since = g->now;
	}
}

static void
gate(struct send *g, int i)
{
	const struct peer *p = g->peers + i;

	if (i < PEER_LSPAWN || !g->started)
		return;
	sched_gate(&g->s, GATE_OF(i), p->state == PEER_UP ? GATE_UP :
	    g->now - p->since >= AWAY_MS ? GATE_AWAY : GATE_DOWN);
}

static void
up(struct send *g, int i)
{
	struct peer *p = g->peers + i;

	p->state = PEER_UP;
	p->tried = 1;
	p->wait = WAIT_MIN_MS;
	if (i == PEER_ORDERS)
		settle_all(g);
	else if (i == PEER_ALIAS)
		route_askall(g);
	gate(g, i);
}

static void
lost(struct send *g, int i)
{
	struct peer *p = g->peers + i;

	stream_close(&p->s);
	if (p->state == PEER_UP)
		p->since = g->now;
	p->state = PEER_CLOSED;
	p->retry = g->now + p->wait;
	if (i == PEER_ORDERS)
		queue_lost(g);
	if (i == PEER_ALIAS)
		routes_forget(&g->routes);
	gate(g, i);
}

void
peer_use(struct send *g, int i, int fd)
{
	stream_open(&g->peers[i].s, fd);
	g->peers[i].ending = 0;
	if (i < PEER_LSPAWN) {
		up(g, i);
		return;
	}
	g->peers[i].state = PEER_HELLO;
	taken_begin(g, i);
}

static void
try(struct send *g, int i)
{
	struct peer *p = g->peers + i;
	int fd = run_connect(p->dir, p->name);

	p->wait = 2 * p->wait > WAIT_MAX_MS ? WAIT_MAX_MS : 2 * p->wait;
	p->retry = g->now + p->wait;
	if (fd < 0) {
		if (errno != ECONNREFUSED && errno != ENOENT &&
		    errno != EAGAIN)
			log_warnsys("unable to connect to run/", p->dir, "/",
			    p->name);
		p->tried = 1;
		return;
	}
	peer_use(g, i, fd);
}

/* Nothing is begun before each delivery program has said what it has in
 * hand, or was not there, or took too long. */
static void
begin(struct send *g)
{
	int i;

	for (i = PEER_LSPAWN; i < PEERS; i++)
		if (isused(g, i) && !g->peers[i].tried &&
		    g->now - g->start < AWAY_MS)
			return;
	g->started = 1;
	for (i = PEER_LSPAWN; i < PEERS; i++)
		gate(g, i);
}

void
peer_turn(struct send *g)
{
	int i;

	for (i = 0; i < PEERS; i++) {
		struct peer *p = g->peers + i;

		if (p->s.fd < 0 && p->state != PEER_CLOSED)
			lost(g, i);
		if (isused(g, i) && p->s.fd < 0 && p->retry <= g->now &&
		    !g->stop)
			try(g, i);
		if (p->state != PEER_UP)
			gate(g, i);
	}
	if (!g->started)
		begin(g);
}

uint64_t
peer_deadline(const struct send *g)
{
	uint64_t t = g->started ? UINT64_MAX : g->start + AWAY_MS;
	int i;

	for (i = 0; i < PEERS; i++) {
		const struct peer *p = g->peers + i;

		if (isused(g, i) && p->s.fd < 0 && p->retry < t)
			t = p->retry;
	}
	return t;
}

/* Returns 0 to end the connection. */
static int
frame(struct send *g, int i, struct frame *f)
{
	switch (i) {
	case PEER_ORDERS:
		queue_answer(g, f);
		return 1;
	case PEER_ALIAS:
		route_answer(g, f);
		return 1;
	}
	if (f->type == 'T' || f->type == 'V') {
		taken_frame(g, i, f);
		return 1;
	}
	if (f->type == 'Z') {
		g->peers[i].ending = 1;
		return 1;
	}
	if (f->type != 'G')
		return 0;
	if (g->peers[i].state == PEER_HELLO) {
		taken_go(g, i);
		up(g, i);
	}
	return 1;
}

void
peer_read(struct send *g, int i)
{
	struct stream *s = &g->peers[i].s;
	struct frame f;
	int r = 0;

	if (stream_fill(s) < 0) {
		lost(g, i);
		return;
	}
	while (s->fd >= 0 && (r = stream_next(s, &f)) > 0)
		if (!frame(g, i, &f)) {
			r = -1;
			break;
		}
	if (r < 0) {
		log_warn("run/", g->peers[i].dir, "/", g->peers[i].name,
		    ": a malformed frame");
		lost(g, i);
	}
}

void
peer_flush(struct send *g)
{
	int i;

	for (i = 0; i < PEERS; i++) {
		struct stream *s = &g->peers[i].s;

		if (s->fd >= 0 && stream_pending(s) && stream_flush(s) < 0)
			lost(g, i);
	}
}
