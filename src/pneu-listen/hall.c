#include "hall.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "run/log.h"
#include "wire/field.h"

#define NONE UINT32_MAX

void
hall_init(struct hall *h)
{
	const struct worker zero = WORKER_ZERO;
	size_t i;

	memset(h, 0, sizeof *h);
	h->free = NONE;
	for (i = 0; i < HALL_WORKERS; i++)
		h->workers[i] = zero;
}

int
hall_limits(struct hall *h, size_t workers, size_t sessions,
    size_t per_client)
{
	size_t max = workers * sessions, i;
	struct hall_place *p;

	if (!admit_limits(&h->admit, max, per_client))
		return 0;
	if (max > h->size) {
		p = realloc(h->places, max * sizeof *p);
		if (!p)
			return 0;
		h->places = p;
		for (i = max; i-- > h->size;) {
			p[i].used = 0;
			p[i].next = h->free;
			h->free = (uint32_t)i;
		}
		h->size = max;
	}
	for (i = workers; i < h->nworkers; i++)
		worker_finish(&h->workers[i]);
	h->nworkers = workers;
	h->sessions = sessions;
	return 1;
}

void
hall_start(struct hall *h, tain *t)
{
	size_t i;

	for (i = 0; i < h->nworkers && !h->finishing; i++) {
		struct worker *w = &h->workers[i];

		if (w->pid)
			continue;
		if (!tain_future(&w->due) && worker_start(w) < 0)
			log_warnsys("unable to start pneu-smtpd");
		if (!w->pid && tain_less(&w->due, t))
			*t = w->due;
	}
}

static int
isready(const struct hall *h, const struct worker *w)
{
	return w->s.fd >= 0 && w->n < h->sessions &&
	    stream_pending(&w->s) < HALL_UNSENT_OCTETS;
}

/* A hall that is full of people, not of octets, says so to those who come:
 * it is ready too. */
int
hall_isready(const struct hall *h)
{
	size_t i;

	for (i = 0; i < h->nworkers; i++)
		if (h->workers[i].s.fd >= 0 &&
		    stream_pending(&h->workers[i].s) < HALL_UNSENT_OCTETS)
			return 1;
	return 0;
}

/* The worker for one more: the first that has less than HALL_PACK sessions,
 * for who has many does more each time that it wakes; else that with the
 * least. */
static struct worker *
choose(struct hall *h)
{
	struct worker *least = 0;
	size_t i;

	for (i = 0; i < h->nworkers; i++) {
		struct worker *w = &h->workers[i];

		if (!isready(h, w))
			continue;
		if (w->n < HALL_PACK)
			return w;
		if (!least || w->n < least->n)
			least = w;
	}
	return least;
}

/* Returns 1, or 0: there is no memory, or the peer has gone. fd is not the
 * caller's any more. */
static int
give(struct hall *h, struct worker *w, uint32_t tag, int fd,
    const struct door_peer *peer)
{
	char there[DOOR_TEXT_OCTETS], here[DOOR_TEXT_OCTETS];
	struct door_peer local;
	stralloc *sa = &h->tmp;
	ssize_t at;

	sa->len = 0;
	at = frame_begin(sa, 'C', tag);
	if (at < 0 || (!peer->hasto && door_local(fd, &local) < 0)) {
		close(fd);
		return 0;
	}
	if (peer->hasto)
		door_peer(&local, peer->to, peer->hasto == 6, peer->toport);
	door_fmt(there, peer);
	door_fmt(here, &local);
	if (!field_puts(sa, "peer", there) || !field_puts(sa, "local", here) ||
	    (peer->role != LISTEN_SMTP &&
	    !field_puts(sa, "role", listen_word(peer->role))) ||
	    (peer->unknown && !field_puts(sa, "unknown", "1")) ||
	    !frame_end(sa, at) || !stralloc_readyplus(&w->s.out, sa->len)) {
		close(fd);
		return 0;
	}
	return stream_putfd(&w->s, fd) &&
	    stralloc_catb(&w->s.out, sa->s, sa->len);
}

enum admit_answer
hall_take(struct hall *h, int fd, const struct door_peer *peer, int trusted)
{
	struct admit_key key;
	enum admit_answer r;
	struct hall_place *p;
	struct worker *w = choose(h);
	uint32_t tag = h->free;

	admit_key(&key, peer->ip, peer->is6);
	if (!w || tag == NONE)
		return ADMIT_BUSY;
	r = admit_ask(&h->admit, &key, trusted);
	if (r != ADMIT_YES)
		return r;
	if (!give(h, w, tag, fd, peer)) {
		admit_end(&h->admit, &key, trusted);
		return ADMIT_YES;
	}
	p = &h->places[tag];
	h->free = p->next;
	p->key = key;
	p->used = 1;
	p->trusted = (unsigned char)trusted;
	p->worker = (unsigned char)(w - h->workers);
	w->n++;
	return ADMIT_YES;
}

static void
leave(struct hall *h, uint32_t tag)
{
	struct hall_place *p = &h->places[tag];

	admit_end(&h->admit, &p->key, p->trusted);
	h->workers[p->worker].n--;
	p->used = 0;
	p->next = h->free;
	h->free = tag;
}

void
hall_iopause(const struct hall *h, iopause_fd *x)
{
	size_t i;

	for (i = 0; i < HALL_WORKERS; i++) {
		x[i].fd = h->workers[i].s.fd;
		x[i].events = stream_pending(&h->workers[i].s) ?
		    IOPAUSE_WRITE : 0;
		x[i].revents = 0;
	}
}

/* It makes no sense: it is to end, and hall_reap starts another one. */
static void
give_up(struct worker *w)
{
	stream_close(&w->s);
	kill(w->pid, SIGTERM);
}

static void
hear(struct hall *h, size_t i)
{
	struct stream *s = &h->workers[i].s;
	struct frame f;
	int r;

	if (stream_fill(s) < 0) {
		stream_close(s);	/* it is ending */
		return;
	}
	while ((r = stream_next(s, &f)) > 0) {
		if (f.type != 'E' || f.tag >= h->size ||
		    !h->places[f.tag].used || h->places[f.tag].worker != i)
			break;
		leave(h, f.tag);
	}
	if (r)
		give_up(&h->workers[i]);
}

void
hall_io(struct hall *h, const iopause_fd *x)
{
	size_t i;

	for (i = 0; i < HALL_WORKERS; i++)
		if (x[i].fd >= 0 && x[i].fd == h->workers[i].s.fd &&
		    x[i].revents & IOPAUSE_EXCEPT)
			hear(h, i);
}

void
hall_count(struct hall *h)
{
	size_t i;

	for (i = 0; i < HALL_WORKERS; i++)
		if (h->workers[i].n && h->workers[i].s.fd >= 0)
			hear(h, i);
}

void
hall_flush(struct hall *h)
{
	size_t i;

	for (i = 0; i < HALL_WORKERS; i++)
		if (h->workers[i].s.fd >= 0 &&
		    stream_pending(&h->workers[i].s) &&
		    stream_flush(&h->workers[i].s) < 0)
			stream_close(&h->workers[i].s);	/* it is ending */
}

static void
report(const struct hall *h, pid_t pid, int status)
{
	char p[PID_FMT], n[UINT_FMT];

	p[pid_fmt(p, pid)] = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status) &&
	    h->finishing)
		return;
	n[uint_fmt(n, (unsigned int)(WIFSIGNALED(status) ?
	    WTERMSIG(status) : WEXITSTATUS(status)))] = 0;
	log_warn("pneu-smtpd[", p, "] ended by ",
	    WIFSIGNALED(status) ? "signal " : "itself, code ", n);
}

void
hall_reap(struct hall *h)
{
	pid_t pid;
	size_t i, k;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < HALL_WORKERS; i++)
			if (h->workers[i].pid == pid)
				break;
		if (i == HALL_WORKERS)
			continue;
		report(h, pid, status);
		for (k = 0; k < h->size; k++)
			if (h->places[k].used && h->places[k].worker == i)
				leave(h, (uint32_t)k);
		worker_died(&h->workers[i]);
	}
}

void
hall_finish(struct hall *h)
{
	size_t i;

	h->finishing = 1;
	for (i = 0; i < HALL_WORKERS; i++)
		worker_finish(&h->workers[i]);
}

void
hall_kill(const struct hall *h, int sig)
{
	size_t i;

	for (i = 0; i < HALL_WORKERS; i++)
		if (h->workers[i].pid)
			kill(h->workers[i].pid, sig);
}

size_t
hall_running(const struct hall *h)
{
	size_t i, n = 0;

	for (i = 0; i < HALL_WORKERS; i++)
		n += h->workers[i].pid != 0;
	return n;
}
