#include <skalibs/nonposix.h>

#include "pneu-remote/remote.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "run/log.h"

static void
name_host(struct conn *c, const struct job *j, const struct mx_target *t)
{
	char ip[IP46_FMT + 1];

	c->port = 0;
	if (j->hop.path[0]) {
		snprintf(c->host, sizeof c->host, "%.200s[%s]",
		    j->r->opts.myname, j->hop.path);
		return;
	}
	ip[ip46_fmt(ip, &t->ip)] = 0;
	snprintf(c->host, sizeof c->host, "%s[%s]", t->host, ip);
	c->port = t->port;
}

void
conn_relay(struct job *j, const struct conn *c)
{
	if (c->port)
		snprintf(j->relay, sizeof j->relay, "%.300s:%u", c->host,
		    c->port);
	else
		snprintf(j->relay, sizeof j->relay, "%s", c->host);
}

/* We lack the protocol of that address: it was no attempt. */
int
conn_lacks(int e)
{
	return e == ENETUNREACH || e == EAFNOSUPPORT || e == EADDRNOTAVAIL;
}

static void
connect_failed(struct job *j, const char *relay, int e)
{
	if (conn_lacks(e) && j->addresses > 1) {
		errno = e;	/* what another address said says more */
		return;
	}
	j->kind = VERDICT_LATER;
	strcpy(j->code, "4.4.1");
	snprintf(j->text, sizeof j->text, "connect to %s: %s", relay,
	    strerror(e));
	j->site = 1;
	errno = e;
}

/* A socket of this family; of an idle connection if there are no more. */
static int
new_socket(struct remote *r, int local, int six)
{
	int fd = local ? ipc_stream_nbcoe() : socket_tcp46_nbcoe(six);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE) && r->oldest) {
		conn_close(r->oldest, r);
		fd = local ? ipc_stream_nbcoe() : socket_tcp46_nbcoe(six);
	}
	return fd;
}

static int
open_tcp(struct remote *r, const ip46 *ip)
{
	int six = ip46_is6(ip), on = 1, fd = new_socket(r, 0, six);

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (r->isbind[six] && socket_bind46(fd, &r->bind[six], 0) < 0) {
		int e = errno;

		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}

static int
go(struct conn *c, const struct job *j, const struct mx_target *t)
{
	return j->hop.path[0] ? (ipc_connect(c->fd, j->hop.path) ? 0 : -1) :
	    socket_connect46(c->fd, &t->ip, t->port);
}

int
conn_open(struct job *j, const struct mx_target *t,
    const struct tlsrule *rule)
{
	struct remote *r = j->r;
	struct conn *c = conn_new(r);
	int e;

	name_host(c, j, t);
	c->lmtp = j->hop.lmtp;
	c->ip = t->ip;
	conn_relay(j, c);
	c->fd = j->hop.path[0] ? new_socket(r, 1, 0) : open_tcp(r, &t->ip);
	if (c->fd < 0 || (go(c, j, t) < 0 && errno != EINPROGRESS)) {
		e = errno;
		if (c->fd >= 0)
			close(c->fd);
		c->chain = r->sparec;
		r->sparec = c;
		connect_failed(j, j->relay, e);
		if (e == EMFILE || e == ENFILE || e == ENOBUFS)
			j->site = 0;	/* it is ours */
		return 0;
	}
	login_need(c, j, t);
	if (!stralloc_copy(&c->key, &j->key))
		strerr_diefusys(111, "keep a connection");
	tls_need(c, j, t, rule);
	c->state = CONN_CONNECT;
	c->born = r->now;
	c->deadline = r->now + r->connect_ms;
	c->job = j;
	j->c = c;
	conn_activate(c, r);
	return 1;
}

/* Send s[0..n). Returns what left, -1 on error. */
static ssize_t
say(struct conn *c, const char *s, size_t n)
{
	ssize_t w;

	do
		w = send(c->fd, s, n, MSG_NOSIGNAL);
	while (w < 0 && errno == EINTR);
	if (w < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return w;
}

/* A write failed: what the other side said before may still be there to
 * read, and the end of file behind it. Until then nothing more is sent. */
static void
write_failed(struct conn *c)
{
	c->out.len = c->outpos = 0;
	c->broken = 1;
}

void
conn_say(struct conn *c, struct remote *r)
{
	ssize_t w = 0;

	if (c->broken || !r->out.len) {
		r->out.len = 0;
		return;
	}
	if (!c->out.len)
		w = say(c, r->out.s, r->out.len);
	if (w < 0)
		write_failed(c);
	else if ((size_t)w < r->out.len && !stralloc_catb(&c->out,
	    r->out.s + w, r->out.len - (size_t)w))
		strerr_diefusys(111, "send");
	r->out.len = 0;
	client_wrote(&c->client, !c->out.len, r->now);
}

/* Send on what was left over. */
static void
drain(struct conn *c, struct remote *r)
{
	ssize_t w = say(c, c->out.s + c->outpos, c->out.len - c->outpos);

	if (w < 0) {
		write_failed(c);
		return;
	}
	c->outpos += (size_t)w;
	if (c->outpos == c->out.len)
		c->out.len = c->outpos = 0;
	if (w)
		client_wrote(&c->client, !c->out.len, r->now);
}

#define MARK " (MTA-STS)"		/* why TLS was to be had */

/* The connection is over: its job goes on without it. */
static void
ended(struct conn *c, struct remote *r)
{
	struct job *j = c->job;
	struct client *k = &c->client;
	int dead = c->uses > 1 && !k->answered && !c->expired;
	char kind = k->kind, code[sizeof k->code], text[sizeof k->text];
	int site = k->site, bysender = c->bysender;
	enum client_nologin nologin = k->nologin;

	memcpy(code, k->code, sizeof code);
	memcpy(text, k->text, sizeof text);
	if (c->sts == STS_ENFORCE && !strncmp(code + 1, ".7.", 3) &&
	    !k->secured)
		strcpy(text + (strlen(text) < sizeof text - sizeof MARK ?
		    strlen(text) : sizeof text - sizeof MARK), MARK);
	conn_close(c, r);
	if (!j)
		return;
	if (kind && dead && j->o) {
		/* a kept connection that the other side had given up: it
		 * says nothing about the site */
		job_again(j);
	} else if (nologin != CLIENT_LOGIN)
		job_nologin(j, nologin, bysender, code, text);
	else if (!kind && (!j->o || !memchr(j->l.rcpt, CLIENT_TODO,
	    j->l.n)))
		job_over(j);
	else
		job_failed(j, kind, code, text, site);
}

/* The next part of the message. 0 if it cannot be read. */
static int
feed(struct conn *c, struct remote *r)
{
	int last = message_send(&c->job->m, &r->pool, &r->out);

	if (last < 0) {
		int damaged = errno == EBADMSG;

		r->out.len = 0;
		client_abort(&c->client, damaged ? "4.3.5" : "4.3.0",
		    damaged ? "letter damaged" : strerror(errno));
		return 0;
	}
	if (last)
		client_dot(&c->client);
	conn_say(c, r);
	return 1;
}

/* TLS was to be had, and is not used. */
static void
tell_clear(const struct conn *c)
{
	const char *why = c->tls == TLSRULE_MAY ?
	    "it refused to start TLS" : c->why;

	if (c->sts == STS_TESTING && !c->client.secured && c->job)
		sts_would(c->job, c->host, "it is in clear");
	if (why && !c->client.secured &&
	    (c->client.ext & CLIENT_OFFERS_TLS))
		log_info("in clear to ", c->host, ": ", why);
}

void
conn_after(struct conn *c, struct remote *r)
{
	struct job *j = c->job;
	int left;

	for (;;) {
		if (r->out.len)
			conn_say(c, r);
		switch (c->client.state) {
		case CLIENT_TLS:
			if (c->fd >= 0)
				tlsout_begin(c, r);
			return;
		case CLIENT_BODY:
			if (c->out.len || c->broken || c->client.dotted)
				return;
			feed(c, r);
			break;
		case CLIENT_READY:
			if (!c->uses) {
				tell_clear(c);
				login_forget(c);
			}
			left = j && job_isleft(j);
			if (left && !client_isspent(&c->client)) {
				if (!job_transact(j))
					return;
				break;
			}
			c->job = 0;
			conn_keep(c, r);
			if (left || client_isspent(&c->client) ||
			    r->stopping || r->now - c->born > REMOTE_AGE_MS)
				conn_quit(c, r);
			if (left)
				job_again(j);
			else if (j)
				job_over(j);
			return;
		case CLIENT_CLOSED:
			ended(c, r);
			return;
		default:
			return;
		}
	}
}

static void
hear(struct conn *c, struct remote *r)
{
	ssize_t n;

	do
		n = recv(c->fd, r->in, sizeof r->in, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	r->out.len = 0;
	if (n > 0)
		client_input(&c->client, &r->out, r->in, (size_t)n, r->now);
	else
		client_eof(&c->client);
}

/* The outcome of connect. */
static void
connected(struct conn *c, struct remote *r, short revents)
{
	struct job *j = c->job;
	socklen_t len = sizeof errno;
	int e = 0;

	if (revents & IOPAUSE_EXCEPT &&
	    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &len) < 0)
		e = errno;
	if (e) {
		char relay[CONN_RELAY_OCTETS];

		memcpy(relay, j->relay, sizeof relay);
		conn_close(c, r);
		connect_failed(j, relay, e);
		job_failed(j, 0, "", "", 0);
		return;
	}
	c->state = CONN_BUSY;
	j->sessions++;
	client_init(&c->client, &r->opts, c->host, r->now);
	c->client.lmtp = c->lmtp;
	c->client.login = c->words.len ? &c->login : 0;
	c->client.tls = c->tls == TLSRULE_MUST ? CLIENT_MUSTTLS :
	    c->tls == TLSRULE_MAY ? CLIENT_MAYTLS : CLIENT_CLEAR;
	c->client.loopcheck = !c->lmtp && self_isport(&r->self, c->port);
	if (c->port == NEXTHOP_TLS_PORT && !c->lmtp &&
	    c->tls == TLSRULE_MUST) {
		client_wrap(&c->client, r->now);
		conn_after(c, r);
	}
}

void
conn_io(struct conn *c, struct remote *r, short revents)
{
	if (c->state == CONN_CONNECT) {
		connected(c, r, revents);
		return;
	}
	if (revents & IOPAUSE_WRITE && c->out.len)
		drain(c, r);
	if (revents & (IOPAUSE_READ | IOPAUSE_EXCEPT) || c->broken)
		hear(c, r);
	conn_after(c, r);
}

void
conn_expire(struct conn *c, struct remote *r)
{
	struct job *j = c->job;

	if (c->state == CONN_CONNECT) {
		char relay[CONN_RELAY_OCTETS];

		memcpy(relay, j->relay, sizeof relay);
		conn_close(c, r);
		connect_failed(j, relay, ETIMEDOUT);
		job_failed(j, 0, "", "", 0);
		return;
	}
	c->expired = 1;
	if (c->client.state == CLIENT_TLS) {
		c->tag = 0;
		tlsout_failed(c, r, VERDICT_LATER, "4.7.5", 0,
		    "our TLS engine does not answer");
		return;
	}
	client_timeout(&c->client);
	r->out.len = 0;
	conn_after(c, r);
}
