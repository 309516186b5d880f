#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINGER_MS 10000		/* for the last reply to leave */

void
session_init(struct session *s, const struct session_conf *c,
    const struct session_ops *ops, void *host, const char *peer,
    unsigned int rights, uint64_t now)
{
	memset(s, 0, sizeof *s);
	s->c = c;
	s->ops = ops;
	s->host = host;
	s->now = s->active = now;
	s->trusted = s->local = (rights & SESSION_LOCAL) != 0;
	s->xclient = (rights & SESSION_XCLIENT) != 0;
	s->here = (rights & SESSION_HERE) != 0;
	s->verb = SMTP_UNKNOWN;
	s->client = s->self;
	snprintf(s->self, sizeof s->self, "unknown[%.*s]",
	    SESSION_PEER_OCTETS, peer);
	say(s, 220, 0, c->name, " ", c->banner);
}

void
session_close(struct session *s)
{
	if (s->mode == SESSION_CLOSED)
		return;
	session_forget(s);
	s->mode = SESSION_CLOSED;
}

/* Run the line that is whole, if it can be now. */
static void
step(struct session *s)
{
	if (!s->full || s->wake || s->mode != SESSION_COMMAND)
		return;
	s->full = 0;
	if (!session_command(s)) {
		s->full = 1;
		return;
	}
	s->linelen = 0;
	s->skip = 0;
}

/* Octets of commands. Returns how many were taken. */
static size_t
take_line(struct session *s, const char *buf, size_t n)
{
	const char *nl = memchr(buf, '\n', n);
	size_t k = nl ? (size_t)(nl - buf) : n, *len;
	const char *line;

	/* a command has its time from its first octet; within a message it
	 * earns none */
	if (!s->linelen && !s->authline.len && !s->skip && !s->bdat)
		s->active = s->now;
	/* the limit counts the LF */
	if (!s->skip && !s->authline.len &&
	    k < SMTP_LINE_OCTETS - s->linelen) {
		memcpy(s->line + s->linelen, buf, k);
		s->linelen += k;
	} else if (s->skip || !session_longline(s, buf, k))
		s->skip = 1;
	if (!nl)
		return n;
	line = s->authline.len ? s->authline.s : s->line;
	len = s->authline.len ? &s->authline.len : &s->linelen;
	s->bare = !(*len && line[*len - 1] == '\r');
	if (!s->bare)
		--*len;
	s->full = 1;
	step(s);
	return k + 1;
}

int
session_wants(const struct session *s)
{
	return !s->wake && !s->full && !s->held &&
	    s->out.len < SESSION_OUT_OCTETS &&
	    (s->mode == SESSION_COMMAND || s->mode == SESSION_DATA);
}

void
session_hold(struct session *s, int on, uint64_t now)
{
	if (on == s->held)
		return;
	s->held = (char)on;
	s->now = s->since = s->active = now;
}

/* Octets of a message: so much of the idle time is given back. */
static void
earn(struct session *s, size_t n)
{
	s->active += n * 1000 / SESSION_RATE;
	if (s->active > s->now)
		s->active = s->now;
}

/* Take some octets. Returns how many. */
static size_t
take(struct session *s, const char *buf, size_t n)
{
	size_t used;

	if (s->authing)
		return session_response(s, buf, n);
	if (s->mode != SESSION_DATA)
		return take_line(s, buf, n);
	used = s->verb == SMTP_BDAT ? session_chunk(s, buf, n) :
	    session_message(s, buf, n);
	earn(s, used);
	return used;
}

size_t
session_feed(struct session *s, const char *buf, size_t n, uint64_t now)
{
	size_t used = 0;

	s->now = now;
	while (used < n && session_wants(s))
		used += take(s, buf + used, n - used);
	session_mayfinish(s);
	return s->mode == SESSION_CLOSED ? n : used;
}

int
session_says(const struct session *s)
{
	return s->out.len && !s->wake;
}

void
session_sent(struct session *s, uint64_t now)
{
	s->now = now;
	if (s->out.len)
		return;
	if (!s->bdat)
		s->active = now;
	if (s->out.a > SESSION_IDLE_OCTETS / 4)
		stralloc_free(&s->out);
}

/* The client is gone: what was not committed is forgotten, what was will be
 * answered to nobody. */
static void
gone(struct session *s)
{
	s->finish = 2;
	s->lost = 1;
	s->out.len = 0;
	s->wake = 0;
	if (s->mode != SESSION_COMMIT)
		session_close(s);
}

static void
log_lost(struct session *s)
{
	char octets[64];

	snprintf(octets, sizeof octets, "%llu octets",
	    (unsigned long long)s->size);
	session_log(s, "lost connection after",
	    s->mode == SESSION_DATA ? octets : 0);
}

int
session_eof(struct session *s, uint64_t now)
{
	s->now = now;
	if (s->mode == SESSION_CLOSED)
		return 1;
	if (!session_wants(s) || session_asking(s))
		return 0;
	log_lost(s);
	session_close(s);
	s->active = now;
	return 1;
}

void
session_lost(struct session *s, uint64_t now)
{
	s->now = now;
	if (s->mode != SESSION_CLOSED && s->mode != SESSION_COMMIT)
		log_lost(s);
	gone(s);
}

/* How long, and since when, the present wait may last. */
static uint64_t
patience(const struct session *s)
{
	if (s->mode == SESSION_CLOSED)
		return s->active + LINGER_MS;
	if (s->mode == SESSION_BEGIN || s->mode == SESSION_COMMIT)
		return s->since + SESSION_COMMIT_MS;
	if (s->mode == SESSION_AUTH)
		return s->since + SESSION_AUTH_MS;
	if (s->mode == SESSION_QUOTA || s->mode == SESSION_ETRN)
		return s->since + SESSION_ASK_MS;
	if (s->held)
		return s->since + SESSION_COMMIT_MS;
	if (session_asking(s))
		return s->since + SESSION_ASK_MS;
	if (s->mode == SESSION_STARTTLS && s->handed)
		return s->since + SESSION_TLS_MS;
	return s->active + s->c->timeout_ms;
}

uint64_t
session_deadline(const struct session *s)
{
	return s->wake ? s->wake : patience(s);
}

/* The present wait has lasted too long. */
static void
give_up(struct session *s)
{
	if (s->mode == SESSION_CLOSED) {
		gone(s);
	} else if (s->mode == SESSION_BEGIN) {
		s->ops->send(s->host, 'A', 0, 0);
		session_granted(s, 0, s->now);
	} else if (s->mode == SESSION_COMMIT) {
		s->ops->send(s->host, 'A', 0, 0);
		session_verdict(s, 0, s->now);
	} else if (s->mode == SESSION_AUTH) {
		s->ops->auth(s->host, 'A', 0, 0, 0);
		session_authed(s, 0, s->now);
	} else if (s->mode == SESSION_QUOTA) {
		session_allowed(s, 0, s->now);
	} else if (s->mode == SESSION_ETRN) {
		session_flushed(s, 0, s->now);
	} else if (s->held) {
		session_verdict(s, 0, s->now);
		s->since = s->now;
	} else if (session_asking(s)) {
		session_unrouted(s, s->now);
	} else if (s->mode == SESSION_STARTTLS && s->handed) {
		session_unsecured(s, "pneu-tls does not answer", s->now);
	} else {
		session_log(s, "timeout after", 0);
		if (s->out.len) {	/* it reads nothing */
			gone(s);
			return;
		}
		say(s, 421, "4.4.2", s->c->name, " Error: timeout exceeded");
		session_close(s);
		s->active = s->now;
	}
}

void
session_tick(struct session *s, uint64_t now)
{
	s->now = now;
	if (s->wake) {
		if (now < s->wake)
			return;
		s->wake = 0;
		s->active = now;
	} else if (now >= patience(s)) {
		give_up(s);
	}
	step(s);
	session_mayfinish(s);
}

void
session_mayfinish(struct session *s)
{
	if (!s->finish || (s->finish == 1 && (s->inmail || s->linelen)))
		return;
	if (s->lost && s->mode != SESSION_COMMIT)
		session_close(s);
	if (s->mode == SESSION_COMMIT || s->mode == SESSION_CLOSED ||
	    session_asking(s))
		return;
	say(s, 421, "4.3.2", s->c->name, " Error: service shutting down");
	session_close(s);
	s->active = s->now;
}

void
session_finish(struct session *s, int soft, uint64_t now)
{
	s->now = now;
	if (s->finish < 2)
		s->finish = soft ? 1 : 2;
	session_mayfinish(s);
}

int
session_over(const struct session *s)
{
	return s->mode == SESSION_CLOSED && (!s->out.len || s->lost);
}

void
session_free(struct session *s)
{
	session_logend(s);
	session_unmap(s);
	free(s->forward);
	if (s->client != s->self)
		free(s->client);
	stralloc_free(&s->out);
	stralloc_free(&s->tls);
	stralloc_free(&s->helo);
	stralloc_free(&s->sender);
	stralloc_free(&s->login);
	stralloc_free(&s->authname);
	stralloc_free(&s->authline);
	stralloc_free(&s->env);
	stralloc_free(&s->asked);
	stralloc_free(&s->whys);
	stralloc_free(&s->msg);
	stralloc_free(&s->whytext);
	genalloc_free(struct session_ask, &s->asks);
}
