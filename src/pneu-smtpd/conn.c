#include "pneu-smtpd/smtpd.h"

#include <skalibs/nonposix.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mail/date.h"
#include "run/log.h"

#define KEEP_OCTETS 1024	/* of storage that an idle session keeps */

static int
ask(void *host, uint16_t tag, const char *addr, size_t n)
{
	struct conn *c = host;

	c->m->tags[c->slot] = tag;
	return alias_ask(c, tag, addr, n);
}

static int
begin(void *host, int big)
{
	return way_begin(host, big);
}

static int
send_frame(void *host, char type, const char *s, size_t n)
{
	return way_send(host, type, s, n);
}

static void
log_it(void *host, const char *line)
{
	log_info(line);
}

static uint64_t
room(void *host)
{
	return smtpd_room(((struct conn *)host)->m);
}

static int
tls(void *host)
{
	struct conn *c = host;

	return c->socket && tls_offers(c->m);
}

static int
auth(void *host, char type, const char *mech, const char *s, size_t n)
{
	return auth_send(host, type, mech, s, n);
}

static int
owns(void *host, const char *user, const char *addr)
{
	return auth_owns(host, user, addr);
}

static unsigned int
rights(void *host, const char *peer)
{
	return smtpd_rights(((struct conn *)host)->m, peer);
}

static int
etrn(void *host, const char *domain, size_t n)
{
	return ctl_etrn(host, domain, n);
}

static void
who(void *host, struct compose_who *w)
{
	struct conn *c = host;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	w->us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	w->pid = (uint64_t)getpid();
	w->zone = date_zone((uint64_t)t.tv_sec, c->m->zone);
	w->zonename = c->m->zone;
}

const struct session_ops smtpd_ops = {
	.ask = ask, .begin = begin, .send = send_frame, .log = log_it,
	.room = room, .tls = tls, .auth = auth, .owns = owns, .who = who,
	.rights = rights, .etrn = etrn
};

/* A free slot, or SMTPD_SLOTS. */
static uint32_t
free_slot(struct smtpd *m)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;
	struct conn *none = 0;

	if (m->nconns < n)
		for (i = 0; i < n; i++)
			if (!all[i])
				return (uint32_t)i;
	if (n >= SMTPD_SLOTS || !genalloc_append(struct conn *, &m->conns,
	    &none))
		return SMTPD_SLOTS;
	return (uint32_t)n;
}

static int
issocket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

struct conn *
conn_new(struct smtpd *m, int rfd, int wfd, const char *peer,
    unsigned int rights, uint32_t tag)
{
	uint32_t slot = free_slot(m);
	struct conn *c = slot < SMTPD_SLOTS ? malloc(sizeof *c) : 0;

	if (!c)
		return 0;
	memset(c, 0, sizeof *c);
	c->m = m;
	c->rfd = rfd;
	c->wfd = wfd;
	c->socket = rfd == wfd || (issocket(rfd) && issocket(wfd));
	c->tag = tag;
	c->slot = slot;
	c->dirty = 1;
	genalloc_s(struct conn *, &m->conns)[slot] = c;
	m->nconns++;
	log_info("connect from unknown[", peer, "]");
	session_init(&c->s, &m->sc, &smtpd_ops, c, peer, rights, m->now);
	c->s.tag = m->tags[slot];
	if (m->finish)
		session_finish(&c->s, 1, m->now);
	return c;
}

static void
end(struct conn *c)
{
	struct smtpd *m = c->m;

	way_drop(c);
	auth_drop(c);
	session_free(&c->s);
	stralloc_free(&c->in);
	if (c->rfd >= 0)
		close(c->rfd);
	if (c->wfd != c->rfd)
		close(c->wfd);
	listen_ended(m, c->tag);
	genalloc_s(struct conn *, &m->conns)[c->slot] = 0;
	m->nconns--;
	free(c);
}

/* Keep what the session did not take. */
static int
keep(struct conn *c, const char *s, size_t n)
{
	c->in.len = c->inpos = 0;
	return !n || stralloc_catb(&c->in, s, n);
}

void
conn_read(struct conn *c)
{
	char *buf = c->m->buf;
	ssize_t r;
	size_t used;

	c->dirty = 1;
	do
		r = c->socket ? recv(c->rfd, buf, SMTPD_READ_OCTETS,
		    MSG_DONTWAIT) : read(c->rfd, buf, SMTPD_READ_OCTETS);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (r < 0)
		session_lost(&c->s, c->m->now);
	else if (r == 0)
		c->eof = 1;
	else {
		used = session_feed(&c->s, buf, (size_t)r, c->m->now);
		if (!keep(c, buf + used, (size_t)r - used))
			session_lost(&c->s, c->m->now);
	}
}

/* The way of this letter is full: its client has to wait. */
static int
isfull(const struct conn *c)
{
	return c->way && way_isfull(c->way);
}

/* Give the session what was kept for it. Returns 1 if it took some. */
static int
feed(struct conn *c)
{
	size_t n = c->in.len - c->inpos, used;

	if (!n || isfull(c) || !session_wants(&c->s))
		return 0;
	if (n > SMTPD_READ_OCTETS)
		n = SMTPD_READ_OCTETS;
	used = session_feed(&c->s, c->in.s + c->inpos, n, c->m->now);
	c->inpos += used;
	if (c->inpos == c->in.len) {
		if (c->in.a > KEEP_OCTETS)
			stralloc_free(&c->in);
		c->in.len = c->inpos = 0;
	}
	return used > 0;
}

/* Send replies. Returns 1 if some have left. */
static int
flush(struct conn *c)
{
	stralloc *out = &c->s.out;
	ssize_t r;

	if (!session_says(&c->s))
		return 0;
	do
		r = c->socket ? send(c->wfd, out->s, out->len,
		    MSG_DONTWAIT | MSG_NOSIGNAL) :
		    write(c->wfd, out->s, out->len);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (r < 0) {
		session_lost(&c->s, c->m->now);
		return 0;
	}
	out->len -= (size_t)r;
	memmove(out->s, out->s + r, out->len);
	session_sent(&c->s, c->m->now);
	return 1;
}

void
conn_tick(struct conn *c)
{
	session_tick(&c->s, c->m->now);
	flush(c);	/* a reply that waited leaves before the next error */
	c->dirty = 1;
}

void
conn_turn(struct conn *c)
{
	int more;

	c->dirty = 0;
	session_hold(&c->s, isfull(c), c->m->now);
	do {
		while (feed(c))
			;
		more = flush(c);
	} while (more && c->in.len > c->inpos && session_wants(&c->s) &&
	    !isfull(c));
	session_hold(&c->s, isfull(c), c->m->now);
	if (session_handover(&c->s, c->in.len - c->inpos, c->m->now))
		tls_begin(c);
	if (c->eof && c->in.len == c->inpos && session_eof(&c->s, c->m->now))
		flush(c);
	if (session_over(&c->s))
		end(c);
}

short
conn_events(const struct conn *c)
{
	short e = 0;

	if (!c->eof && c->in.len == c->inpos && session_wants(&c->s) &&
	    !isfull(c))
		e |= IOPAUSE_READ;
	if (session_says(&c->s))
		e |= IOPAUSE_WRITE;
	return e;
}
