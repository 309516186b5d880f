#include "send_world.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/commit.h"
#include "spool/slot.h"
#include "spool/step.h"
#include "wire/crc32c.h"
#include "wire/field.h"
#include "wire/route.h"

static char home[] = "/tmp/pneu-send-test.XXXXXX";
static struct spool sp;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	return remove(path);
}

static size_t counted;

static int
count(const char *path, const struct stat *st, int type, struct FTW *f)
{
	counted += type == FTW_F;
	return 0;
}

size_t
world_files(const char *sub)
{
	char path[256];

	snprintf(path, sizeof path, "queue/%s", sub);
	counted = 0;
	nftw(path, count, 16, FTW_PHYS);
	return counted;
}

static void
link_peer(struct world *w, int peer)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		exit(111);
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	stream_close(&w->end[peer]);
	stream_open(&w->end[peer], fd[1]);
	peer_use(&w->g, peer, fd[0]);
}

static void
begin_send(struct world *w, uint64_t ms, uint64_t wall)
{
	static const struct stream none = STREAM_ZERO;
	struct send *g = &w->g;
	int i;

	memset(g, 0, sizeof *g);
	conf_open(&g->conf, 0);
	g->now = ms;
	g->wall = wall;
	g->wall_us = wall * 1000000;
	g->queue = open("queue", O_RDONLY | O_DIRECTORY);
	send_begin(g);
	for (i = 0; i <= PEER_REMOTE; i++) {
		if (!w->end[i].in.s)
			w->end[i] = none;
		link_peer(w, i);
		if (i >= PEER_LSPAWN)
			g->peers[i].tried = 0;
	}
}

void
world_begin(struct world *w, uint64_t now)
{
	static int made;

	memset(w, 0, sizeof *w);
	if (!made++ && (!mkdtemp(home) || chdir(home) < 0))
		exit(111);
	nftw("queue", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir("queue", 0755);
	mkdir("queue/tmp", 0755);
	mkdir("queue/new", 0755);
	mkdir("queue/defer", 0755);
	mkdir("queue/hold", 0755);
	mkdir("queue/bad", 0755);
	mkdir("state", 0755);
	memset(&sp, 0, sizeof sp);
	if (spool_open(&sp, open("queue", O_RDONLY | O_DIRECTORY)) < 0)
		exit(111);
	sp.nosync = 1;
	begin_send(w, 1000000, now);
}

void
world_end(struct world *w)
{
	if (chdir("/") == 0)
		nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
world_restart(struct world *w)
{
	uint64_t ms = w->g.now, wall = w->g.wall;
	int i;

	for (i = 0; i < PEERS; i++)
		stream_free(&w->g.peers[i].s);
	close(w->g.queue);
	begin_send(w, ms, wall);
}

const char *
world_letter(struct world *w, char *path, uint64_t due, const char *sender,
    const char *const *rcpts, size_t n)
{
	static const char message[] = WORLD_MESSAGE;
	static char id[LETTER_ID_OCTETS + 1];
	struct letter_clock k = { .worker = 1, .start = 1 };
	struct envelope e = ENVELOPE_ZERO;
	stralloc sa = STRALLOC_ZERO;
	struct letter_head h;
	struct letter_name name;
	struct iovec v;
	struct at a;
	size_t i;
	int fd;

	memset(&h, 0, sizeof h);
	letter_id_make(id, &k, w->g.wall_us + w->id++);
	e.time = w->g.wall;
	e.sender = sender;
	for (i = 0; i < n; i++) {
		struct envelope_rcpt *r = envelope_add(&e, rcpts[i]);

		r->target = w->target;
		r->notify = w->notify;
	}
	w->target = w->notify = 0;
	memcpy(h.id, id, sizeof id);
	memcpy(name.id, id, sizeof id);
	name.hash = letter_hash_envelope(&e);
	name.size = h.msglen = sizeof message - 1;
	h.mcrc = crc32c(0, message, sizeof message - 1);
	if (!letter_front(&sa, &h, &e) || (fd = spool_create(&sp, id)) < 0)
		exit(111);
	stralloc_cats(&sa, message);
	v.iov_base = sa.s;
	v.iov_len = sa.len;
	if (spool_write(fd, &v, 1) < 0 ||
	    spool_commit(&sp, fd, id, &name, w->g.wall, path) < 0)
		exit(111);
	if (due && at_scan(&a, path) > 0) {
		char to[AT_PATH_OCTETS + 1];

		step_move(sp.fd, path, &a, AT_DEFER, slot_of(due, w->g.wall),
		    to);
		strcpy(path, to);
	}
	stralloc_free(&sa);
	envelope_free(&e);
	return id;
}

static void
answer(struct stream *s, uint32_t tag, char kind, const char *code,
    const char *text)
{
	struct verdict v;
	ssize_t at = frame_begin(&s->out, 'V', tag);

	verdict_set(&v, kind, code, 0, text);
	verdict_put(&s->out, &v);
	frame_end(&s->out, at);
}

/* Carry an order out, as pneu-queue does. */
static void
obey(struct world *w, struct frame *f)
{
	struct step_mark marks[1000];
	stralloc history = STRALLOC_ZERO;
	char at[AT_PATH_OCTETS + 1] = "", to[AT_PATH_OCTETS + 1] = "";
	struct letter_head h;
	struct field x;
	struct at a;
	uint64_t due = 0;
	size_t n = 0;
	int used, fd;

	for (; f->n; f->s += used, f->n -= (size_t)used) {
		if ((used = field_scan(&x, f->s, f->n)) <= 0)
			exit(100);
		if (field_is(&x, "at"))
			snprintf(at, sizeof at, "%s", x.value);
		else if (field_is(&x, "made"))
			snprintf(w->mades + strlen(w->mades),
			    sizeof w->mades - strlen(w->mades), "%s ",
			    x.value);
		else if (field_is(&x, "due"))
			field_uint(&x, &due);
		else if (field_is(&x, "set") && n < 1000) {
			marks[n].n = (uint32_t)strtoul(x.value, 0, 10);
			marks[n++].status = x.value[x.valuelen - 1];
		} else if (field_is(&x, "history")) {
			stralloc_catb(&history, x.value, x.valuelen);
			stralloc_append(&history, '\n');
		}
	}
	if (n || history.len) {
		if ((fd = step_open(sp.fd, at, &h)) < 0) {
			answer(&w->end[PEER_ORDERS], f->tag, 'N', "5.1.0", "no");
			return;
		}
		step_mark(fd, &h, marks, n);
		step_append(fd, history.s, history.len);
		close(fd);
	}
	switch (f->type) {
	case 'R': w->retired++; step_retire(sp.fd, at); break;
	case 'D':
		w->deferred++;
		if (at_scan(&a, at) < 0 || step_move(sp.fd, at, &a, AT_DEFER,
		    slot_of(due, w->g.wall), to) <= 0)
			exit(100);
		break;
	case 'M': w->marked++; break;
	case 'H':
	case 'U':
		if (at_scan(&a, at) < 0 || step_move(sp.fd, at, &a,
		    f->type == 'H' ? AT_HOLD : AT_NEW, f->type == 'H' ? 0 :
		    w->g.wall / GENERATION_S, to) <= 0)
			exit(100);
		break;
	case 'B':
		w->bad++;
		if (at_scan_any(&a, at) > 0)
			step_move(sp.fd, at, &a, AT_BAD, 0, to);
		break;
	case 'P':
		w->pruned++;
		if (at_scan_dir(&a, at) > 0)
			step_prune(sp.fd, at, &a, w->g.wall);
		break;
	}
	stralloc_free(&history);
	answer(&w->end[PEER_ORDERS], f->tag, 'D', "2.0.0", to);
}

static void
route(struct world *w, struct frame *f)
{
	struct stream *s = &w->end[PEER_ALIAS];
	struct route r;
	char addr[300], to[300];
	ssize_t at;

	w->asked++;
	memset(&r, 0, sizeof r);
	if (f->type == 'P') {		/* a target: of user.TARGET */
		struct field x;
		int used = field_scan(&x, f->s, f->n);

		field_scan(&x, f->s + used, f->n - (size_t)used);
		snprintf(addr, sizeof addr, "x@user.%s", x.value + 1);
		r.target = x.value;
	} else
		snprintf(addr, sizeof addr, "%.*s", (int)f->n, f->s);
	r.class = ROUTE_OTHER;
	snprintf(to, sizeof to, "%s", w->route[0] && !r.target ? w->route :
	    strchr(addr, '@') + 1);
	if (!strcmp(to, "list.test")) {
		r.kind = ROUTE_LIST;
		r.owner = "owner@list.test";
	} else if (!strcmp(to, "alias.test")) {
		r.kind = ROUTE_SMTP;
		r.to = "far.test";
		r.addr = "real@far.test";
	} else if (!strncmp(to, "user.", 5)) {
		r.kind = ROUTE_USER;
		r.user = to;
		r.ext = "";
	} else {
		r.kind = ROUTE_SMTP;
		r.to = to;
	}
	at = frame_begin(&s->out, 'R', f->tag);
	route_put(&s->out, &r);
	frame_end(&s->out, at);
}

static void
take(struct world *w, int peer, struct frame *f)
{
	struct world_order *o = w->orders + w->norders;
	struct order x = ORDER_ZERO;
	size_t i;
	int fd;

	if (f->type == 'A') {
		w->acked++;
		return;
	}
	fd = stream_takefd(&w->end[peer]);
	if (fd < 0 || w->norders == WORLD_ORDERS ||
	    order_scan(&x, f->s, f->n) < 0)
		exit(100);
	close(fd);
	memset(o, 0, sizeof *o);
	o->peer = peer;
	o->tag = f->tag;
	snprintf(o->id, sizeof o->id, "%s", x.id);
	snprintf(o->to, sizeof o->to, "%s", x.to);
	for (i = 0; i < order_nrcpts(&x) && i < 128; i++)
		o->ns[o->n++] = order_rcpt(&x, i)->n;
	for (i = 0; i < WORLD_SAID; i++) {
		const struct order_rcpt *r = order_rcpt(&x, 0);
		const char *s[WORLD_SAID] = { r->addr, r->orig, r->target,
		    r->forward, r->owner, r->action, x.sender };

		if (s[i])
			snprintf(o->said[i], sizeof o->said[i], "%s", s[i]);
	}
	if (order_rcpt(&x, 0)->why)
		snprintf(o->why, sizeof o->why, "%s", order_rcpt(&x, 0)->why);
	order_free(&x);
	if (++w->norders > w->most)
		w->most = w->norders;
}

/* Read and answer what was said to us. Returns whether anything was. */
static int
listen_all(struct world *w)
{
	int i, any = 0;
	struct frame f;

	for (i = 0; i <= PEER_REMOTE; i++) {
		struct stream *s = &w->end[i];

		if (s->fd < 0 || (i == PEER_ALIAS && w->noalias))
			continue;
		while (stream_fill(s) > 0)
			any = 1;
		while (stream_next(s, &f) > 0) {
			any = 1;
			if (i == PEER_ORDERS && !w->noqueue)
				obey(w, &f);
			else if (i == PEER_ALIAS)
				route(w, &f);
			else if (i != PEER_ORDERS)
				take(w, i, &f);
		}
		if (stream_flush(s) < 0)
			stream_close(s);
	}
	return any;
}

void
world_run(struct world *w)
{
	int n, i, quiet = 0;

	for (n = 0; n < 20000 && quiet < 3; n++) {
		turn(&w->g);
		quiet = listen_all(w) || w->g.busy ? 0 : quiet + 1;
		for (i = 0; i <= PEER_REMOTE; i++)
			if (w->g.peers[i].s.fd >= 0)
				peer_read(&w->g, i);
	}
}

void
world_pass(struct world *w, uint64_t ms)
{
	uint64_t end = w->g.now + ms;

	while (w->g.now < end) {
		uint64_t t = send_deadline(&w->g), step;

		t = t <= w->g.now ? w->g.now + 1 : t > end ? end : t;
		step = t - w->g.now;
		w->g.now = t;
		w->g.wall_us += step * 1000;
		w->g.wall = w->g.wall_us / 1000000;
		world_run(w);
	}
}

void
world_report(struct world *w, size_t i, char kind, const char *code,
    const char *text, int site)
{
	struct world_order *o = w->orders + i;
	struct stream *s = &w->end[o->peer];
	struct report r = REPORT_ZERO;
	ssize_t at = frame_begin(&s->out, 'V', o->tag);
	size_t k;

	for (k = 0; k < o->n; k++)
		genalloc_append(uint32_t, &r.ns, &o->ns[k]);
	r.relay = "test";
	r.site = site;
	r.forward = w->forward;
	r.action = w->action;
	r.made = w->made;
	r.owner = w->owner;
	w->forward = w->action = w->made = w->owner = 0;
	verdict_set(&r.verdict, kind, code, 0, text);
	report_put(&s->out, &r);
	frame_end(&s->out, at);
	genalloc_free(uint32_t, &r.ns);
	w->orders[i] = w->orders[--w->norders];
}

void
world_break(struct world *w, int peer)
{
	stream_close(&w->end[peer]);
	stream_close(&w->g.peers[peer].s);
	turn(&w->g);
	link_peer(w, peer);
}

void
world_go(struct world *w, int peer)
{
	frame_put(&w->end[peer].out, 'G', 0, "", 0);
}

void
world_goall(struct world *w)
{
	int i;

	for (i = PEER_LSPAWN; i <= PEER_REMOTE; i++)
		world_go(w, i);
	world_run(w);
}

void
world_taken(struct world *w, const struct world_order *o)
{
	struct stream *s = &w->end[o->peer];
	ssize_t at = frame_begin(&s->out, 'T', o->tag);
	size_t k;

	field_puts(&s->out, "id", o->id);
	field_puts(&s->out, "to", o->to);
	for (k = 0; k < o->n; k++)
		field_putu(&s->out, "n", o->ns[k]);
	frame_end(&s->out, at);
}
