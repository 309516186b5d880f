#include <skalibs/nonposix.h>

#include "pneu-sts/sts.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/socket.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "run/log.h"

static void
end_errno(struct sts *m, struct fetch *f, const char *what, int e)
{
	char why[STS_WHY_OCTETS], ip[IP46_FMT + 1] = "";

	if (f->i < f->n)
		ip[ip46_fmt(ip, &f->ip[f->i])] = 0;
	snprintf(why, sizeof why, "%s %s%s%s%s: %s", what, f->host,
	    *ip ? "[" : "", ip, *ip ? "]" : "", strerror(e));
	fetch_end(m, f, why);
}

int
fetch_new(struct sts *m, struct domain *d, const char *id)
{
	struct fetch **p = m->fetches, *f;

	while (p < m->fetches + STS_FETCHES && *p)
		p++;
	if (p == m->fetches + STS_FETCHES || !(f = calloc(1, sizeof *f)))
		return 0;
	*p = f;
	f->d = d;
	d->fetch = f;
	f->fd = -1;
	f->since = m->now;
	f->deadline = m->now + STS_FETCH_MS;
	strcpy(f->id, id);
	snprintf(f->host, sizeof f->host, "mta-sts.%s", d->name);
	if (strlen("mta-sts.") + strlen(d->name) > NEXTHOP_HOST_OCTETS)
		fetch_end(m, f, "its name is too long");
	m->look = 1;		/* begin to find it */
	return 1;
}

/* What has changed is told. */
static void
tell(struct sts *m, const struct domain *d)
{
	const struct sts_policy *p = &d->policy;
	char age[UINT32_FMT];
	size_t i;

	m->tmp.len = 0;
	for (i = 0; i < p->mx.len && m->tmp.len < 400;
	    i += strlen(p->mx.s + i) + 1)
		if (!stralloc_catb(&m->tmp, " ", 1) ||
		    !stralloc_cats(&m->tmp, p->mx.s + i))
			return;
	if ((i < p->mx.len && !stralloc_cats(&m->tmp, " ...")) ||
	    !stralloc_0(&m->tmp))
		return;
	age[uint32_fmt(age, p->max_age)] = 0;
	log_info(d->name, ": MTA-STS policy ", p->id, ": ",
	    sts_mode_word(p->mode), " for ", age, " s",
	    p->mx.len ? ", mx" : "", m->tmp.s);
}

static int
isequal(const struct sts_policy *a, const struct sts_policy *b)
{
	return a->mode == b->mode && !strcmp(a->id, b->id) &&
	    a->mx.len == b->mx.len &&
	    (!a->mx.len || !memcmp(a->mx.s, b->mx.s, a->mx.len));
}

/* A text has come. Returns 0, or why it is no policy. */
static const char *
take(struct sts *m, struct fetch *f)
{
	struct sts_policy p = STS_POLICY_ZERO;
	struct domain *d = f->d;
	const char *why;
	int same;

	if (sts_text_scan(&p, f->http.body.s, f->http.body.len, &why) < 0) {
		stralloc_free(&p.mx);
		return why;
	}
	strcpy(p.id, f->id);
	p.fetched = m->wall;
	same = isequal(&p, &d->policy);
	stralloc_free(&d->policy.mx);
	d->policy = p;
	d->fails = 0;
	d->retry = m->now + STS_AGAIN_MS;
	store_put(m, d);
	if (!same)
		tell(m, d);
	return 0;
}

void
fetch_end(struct sts *m, struct fetch *f, const char *why)
{
	struct domain *d = f->d;
	struct fetch **p = m->fetches;

	if (!why)
		why = take(m, f);
	if (why) {
		domain_failed(m, d);
		log_info(d->name, ": no MTA-STS policy ", f->id, ": ", why,
		    domain_isgood(m, d) ? "; in force stays " : "",
		    domain_isgood(m, d) ? d->policy.id : "");
	}
	d->fetch = 0;
	d->slow = 0;
	while (*p != f)
		p++;
	*p = 0;
	if (f->fd >= 0)
		close(f->fd);
	http_free(&f->http);
	stralloc_free(&f->out);
	free(f);
	m->look = 1;
}

/* To the next address that takes us. */
static void
next(struct sts *m, struct fetch *f, int e)
{
	for (; f->i < f->n; f->i++) {
		const ip46 *ip = &f->ip[f->i];

		f->fd = socket_tcp46_nbcoe(ip46_is6(ip));
		f->stage = FETCH_CONNECT;
		f->connect = m->now + STS_CONNECT_MS;
		if (f->fd >= 0 && (socket_connect46(f->fd, ip, m->port) == 0 ||
		    errno == EINPROGRESS))
			return;
		e = errno;
		if (f->fd >= 0)
			close(f->fd);
		f->fd = -1;
	}
	f->i = f->n ? f->n - 1 : 0;
	end_errno(m, f, "connect to", e);
}

static void
refused(struct sts *m, struct fetch *f, int e)
{
	close(f->fd);
	f->fd = -1;
	f->i++;
	next(m, f, e);
}

static void
find(struct sts *m, struct fetch *f)
{
	struct dns_answer a[2];
	size_t k, i;
	int wait = 0;

	memset(a, 0, sizeof a);
	if (m->v4)
		wait |= !dns_get(&m->dns, f->host, DNS_A, f->since, m->now,
		    &a[0]);
	if (m->v6)
		wait |= !dns_get(&m->dns, f->host, DNS_AAAA, f->since,
		    m->now, &a[1]);
	if (wait)
		return;
	for (i = 0; i < STS_ADDRESSES; i++)
		for (k = 0; k < 2; k++)
			if (a[k].kind == DNSMSG_FOUND && i < a[k].n &&
			    f->n < STS_ADDRESSES)
				f->ip[f->n++] = a[k].rr[i].ip;
	if (f->n)
		next(m, f, 0);
	else
		fetch_end(m, f, a[0].kind == DNSMSG_LATER ||
		    a[1].kind == DNSMSG_LATER ?
		    "the DNS does not say where mta-sts is" :
		    "there is no host mta-sts");
}

static void
connected(struct sts *m, struct fetch *f)
{
	char peer[NEXTHOP_HOST_OCTETS + IP46_FMT + UINT16_FMT + 4];
	char ip[IP46_FMT + 1];
	socklen_t len = sizeof(int);
	int e = 0, on = 1;

	if (getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &e, &len) < 0)
		e = errno;
	if (e) {
		refused(m, f, e);
		return;
	}
	setsockopt(f->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	ip[ip46_fmt(ip, &f->ip[f->i])] = 0;
	snprintf(peer, sizeof peer, "%s[%s]:%u", f->host, ip, m->port);
	f->stage = FETCH_TLS;
	tlsout_begin(m, f, peer);
}

/* RFC 8461 3.3. */
void
fetch_secured(struct sts *m, struct fetch *f, int fd)
{
	ndelay_on(fd);
	f->fd = fd;
	f->stage = FETCH_TALK;
	http_init(&f->http, STS_TEXT_OCTETS);
	if (!stralloc_cats(&f->out, "GET /.well-known/mta-sts.txt HTTP/1.1\r\n"
	    "Host: ") || !stralloc_cats(&f->out, f->host) ||
	    !stralloc_cats(&f->out, "\r\nUser-Agent: pneu-sts\r\n"
	    "Accept: text/plain\r\nConnection: close\r\n\r\n"))
		strerr_diefusys(111, "ask for a policy");
	fetch_io(m, f, IOPAUSE_WRITE);
}

static void
hear(struct sts *m, struct fetch *f)
{
	char s[16384], why[STS_WHY_OCTETS];
	ssize_t n = fd_read(f->fd, s, sizeof s);
	int r;

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n <= 0) {
		fetch_end(m, f, !n && http_end(&f->http) ? 0 :
		    "the connection ended early");
		return;
	}
	r = http_take(&f->http, s, (size_t)n);
	if (r > 0)
		fetch_end(m, f, 0);
	else if (r < 0) {
		snprintf(why, sizeof why, "%s: %s", f->host, f->http.why);
		fetch_end(m, f, why);
	}
}

void
fetch_io(struct sts *m, struct fetch *f, short revents)
{
	ssize_t n;

	if (f->stage == FETCH_CONNECT) {
		connected(m, f);
		return;
	}
	if (revents & IOPAUSE_WRITE && f->outpos < f->out.len) {
		n = send(f->fd, f->out.s + f->outpos, f->out.len - f->outpos,
		    MSG_NOSIGNAL);
		if (n > 0)
			f->outpos += (size_t)n;
		else if (errno != EAGAIN && errno != EINTR) {
			end_errno(m, f, "write to", errno);
			return;
		}
	}
	if (revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		hear(m, f);
}

short
fetch_events(const struct fetch *f)
{
	switch (f->stage) {
	case FETCH_CONNECT: return IOPAUSE_WRITE;
	case FETCH_TALK: return (short)(IOPAUSE_READ |
	    (f->outpos < f->out.len ? IOPAUSE_WRITE : 0));
	default: return 0;
	}
}

void
fetch_turn(struct sts *m)
{
	size_t i;

	for (i = 0; i < STS_FETCHES; i++) {
		struct fetch *f = m->fetches[i];

		if (!f)
			continue;
		if (m->now >= f->deadline)
			fetch_end(m, f, "it takes too long");
		else if (f->stage == FETCH_FIND)
			find(m, f);
		else if (f->stage == FETCH_CONNECT && m->now >= f->connect)
			refused(m, f, ETIMEDOUT);
	}
}

uint64_t
fetch_due(const struct sts *m, uint64_t next)
{
	size_t i;

	for (i = 0; i < STS_FETCHES; i++) {
		const struct fetch *f = m->fetches[i];

		if (f && f->deadline < next)
			next = f->deadline;
		if (f && f->stage == FETCH_CONNECT && f->connect < next)
			next = f->connect;
	}
	return next;
}
