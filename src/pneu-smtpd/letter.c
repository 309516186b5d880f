#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <string.h>

#define PART_OCTETS 65536	/* of an E or M frame: doc/PROTOCOLS 1 */

void
session_data(struct session *s)
{
	unsigned int refused = s->nbad[SMTP_RCPT];

	if (!s->proto) {
		refuse(s, 503, "5.5.1", "Error: send HELO/EHLO first");
		return;
	}
	if (!s->nrcpts) {
		if (s->inmail && refused)
			refuse(s, 554, "5.5.1", "Error: no valid recipients");
		else
			refuse(s, 503, "5.5.1", s->inmail ?
			    "Error: need RCPT command" :
			    "Error: need MAIL command");
		return;
	}
	if (s->bdat) {
		refuse(s, 503, "5.5.1", "Error: DATA after BDAT");
		return;
	}
	say(s, 354, 0, "End data with <CR><LF>.<CR><LF>");
	session_message_begin(s);
}

void
session_message_begin(struct session *s)
{
	memset(&s->decoder, 0, sizeof s->decoder);
	memset(&s->hops, 0, sizeof s->hops);
	s->msg.len = 0;
	s->size = s->fault = 0;
	s->mode = SESSION_DATA;
	s->completing = (s->submission || s->here) && s->ops->who;
	if (!s->completing)
		session_map(s);
}

void
session_condemn(struct session *s, unsigned int code, const char *dsn,
    const char *text, size_t n)
{
	if (s->why)
		return;
	session_forget(s);
	s->why = code;
	snprintf(s->whydsn, sizeof s->whydsn, "%s", dsn);
	s->whytext.len = 0;
	if (!stralloc_catb(&s->whytext, text, n) || !stralloc_0(&s->whytext))
		session_close(s);
}
#define CONDEMN(s, code, dsn, text) \
	session_condemn(s, code, dsn, text, strlen(text))

/* The end of a refused letter: tell why. */
static void
turn_down(struct session *s)
{
	unsigned int code = s->why;

	s->verb = s->bdat ? SMTP_BDAT : SMTP_DATA;
	session_logreject(s, "END-OF-MESSAGE", code, s->whydsn, s->whytext.s,
	    0);
	s->mode = SESSION_COMMAND;
	if (code / 100 == 5)
		refuse(s, code, s->whydsn, s->whytext.s);
	else {
		say(s, code, s->whydsn, s->whytext.s);
		s->nbad[s->verb]++;
	}
	session_reset(s);
}

void
session_forget(struct session *s)
{
	if (s->mode == SESSION_COMMIT)
		return;
	if (s->streaming || s->mode == SESSION_BEGIN)
		s->ops->send(s->host, 'A', 0, 0);
	s->streaming = 0;
	s->msg.len = 0;
}

/* Pass what is at hand on to pneu-queue. */
static int
pass_on(struct session *s)
{
	size_t at, n;

	for (at = 0; at < s->msg.len; at += n) {
		n = s->msg.len - at;
		if (n > PART_OCTETS)
			n = PART_OCTETS;
		if (!s->ops->send(s->host, 'M', s->msg.s + at, n))
			return 0;
	}
	if (!s->ended) {
		s->msg.len = 0;
		s->again = 1;	/* no more: a part of it has been let go */
		return 1;
	}
	s->mode = SESSION_COMMIT;
	s->streaming = 0;
	s->since = s->now;
	return s->ops->send(s->host, 'X', 0, 0);
}

/* The envelope, in frames of whole lines. */
static int
send_envelope(struct session *s)
{
	size_t at = 0, n;

	for (; at < s->env.len; at += n) {
		n = s->env.len - at;
		if (n > PART_OCTETS)
			for (n = PART_OCTETS; s->env.s[at + n - 1] != '\n'; )
				n--;
		if (!s->ops->send(s->host, 'E', s->env.s + at, n))
			return 0;
	}
	return 1;
}

/* There is a way to pneu-queue. */
static void
flow(struct session *s)
{
	s->streaming = 1;
	s->mode = SESSION_DATA;
	s->active = s->now;
	if (!send_envelope(s) || !pass_on(s))
		session_lost(s, s->now);
}

/* Is it within its user's limits? 1 yes, 0: session_allowed will say so. */
static int
isallowed(struct session *s)
{
	if (s->allowed || !s->c->quota || !s->login.len)
		return 1;
	s->mode = SESSION_QUOTA;
	s->since = s->now;
	if (!s->ops->auth || !s->ops->auth(s->host, 'Q', s->login.s, 0,
	    s->nrcpts))
		session_allowed(s, 0, s->now);
	return 0;
}

static void
begin(struct session *s)
{
	int r;

	if (!isallowed(s))
		return;
	r = s->ops->begin(s->host, !s->ended);
	s->since = s->now;
	if (r > 0)
		flow(s);
	else if (r == 0)
		s->mode = SESSION_BEGIN;
	else
		CONDEMN(s, 451, "4.3.0", "Error: queue service unavailable");
}

/* The final dot has come. */
static void
whole(struct session *s)
{
	s->ended = 1;
	if (!s->why && s->streaming) {
		if (!pass_on(s))
			session_lost(s, s->now);
	} else if (!s->why)
		begin(s);
	if (s->why)
		turn_down(s);
}

static const struct fault {
	unsigned int code;
	const char *dsn, *text;
} faults[] = {
	{ 0, "", "" },
	{ 550, "5.5.2", "Error: bare <LF> received" },
	{ 554, "5.4.6", "Error: too many hops" },
	{ 552, "5.3.4", "Error: message file too big" },
};

/* What is wrong with the message so far. The order of these tests, not that
 * of the octets, says which fault is told. */
static unsigned int
fault_of(const struct session *s)
{
	if (s->c->forbid_lf && s->decoder.bare_lf)
		return 1;
	if (s->hops.n >= s->c->hops)
		return 2;
	return s->c->size && s->size > s->c->size ? 3 : 0;
}

/* Octets of the message, decoded at the end of msg from offset at. */
static void
examine(struct session *s, size_t at)
{
	size_t n = s->msg.len - at;
	unsigned int f;

	s->size += n;
	hops_feed(&s->hops, s->msg.s + at, n);
	f = fault_of(s);
	if (!f || f == s->fault || (s->why && !s->fault))
		return;
	s->why = 0;
	s->fault = (unsigned char)f;
	CONDEMN(s, faults[f].code, faults[f].dsn, faults[f].text);
}

/* Addresses of the header of a client of mynetworks become others. 1, or 0
 * if the session is over. */
static int
map(struct session *s, size_t at)
{
	int r = session_mapped(s, at, s->decoder.done);

	if (!r)
		CONDEMN(s, 451, "4.3.0", "Error: table lookup failure");
	else if (r < 0)
		session_lost(s, s->now);
	return r >= 0;
}

void
session_decoded(struct session *s, size_t at)
{
	int r = 1;

	examine(s, at);
	if (s->completing && !s->why)
		r = session_complete(s);
	/* what is left as it is, is to be mapped from its beginning */
	if (!r || (s->headmap && !s->why && !map(s, r == 2 ? 0 : at)))
		return;
	if (s->why)
		s->msg.len = 0;
	if (s->decoder.done)
		whole(s);
	else if (s->streaming) {
		if (!pass_on(s))
			session_lost(s, s->now);
	} else if (s->msg.len > SESSION_HELD_OCTETS)
		begin(s);
}

size_t
session_message(struct session *s, const char *buf, size_t n)
{
	size_t at = s->msg.len, len, used;

	if (n > SESSION_STEP_OCTETS)
		n = SESSION_STEP_OCTETS;
	if (!stralloc_readyplus(&s->msg, SMTP_DECODE_OCTETS(n))) {
		session_lost(s, s->now);
		return n;
	}
	used = smtp_decode(&s->decoder, s->msg.s + at, &len, buf, n);
	s->msg.len = at + len;
	session_decoded(s, at);
	return used;
}

/* What Postfix says of too much of one client. */
static void
disallow(struct session *s, const struct verdict *v)
{
	char text[VERDICT_TEXT_OCTETS + SESSION_CLIENT_OCTETS + 32];

	if (!v) {
		CONDEMN(s, 451, "4.3.0", "Error: temporary lookup failure");
		return;
	}
	snprintf(text, sizeof text, "Error: %.*s from %s", (int)v->textlen,
	    v->text, s->client);
	session_condemn(s, 450, v->code, text, strlen(text));
}

void
session_allowed(struct session *s, const struct verdict *v, uint64_t now)
{
	s->now = now;
	if (s->mode != SESSION_QUOTA)
		return;
	s->mode = SESSION_DATA;
	s->active = now;
	if (v && v->kind == VERDICT_DONE) {
		s->allowed = 1;
		begin(s);
	} else
		disallow(s, v);
	if (s->why && s->ended)
		turn_down(s);
	else
		session_chunk_end(s);
	session_tick(s, now);
}

void
session_granted(struct session *s, int yes, uint64_t now)
{
	s->now = now;
	if (s->mode != SESSION_BEGIN)
		return;
	if (yes) {
		flow(s);
		session_chunk_end(s);
		return;
	}
	s->mode = SESSION_DATA;
	s->active = now;
	CONDEMN(s, 451, "4.3.0", "Error: queue service unavailable");
	if (s->ended)
		turn_down(s);
	else
		session_chunk_end(s);
	session_tick(s, now);
}

/* RFC 5321 4.2.3 and RFC 3463 3.4: 452 is for want of storage. */
static unsigned int
code_of(const struct verdict *v)
{
	if (v->kind == VERDICT_LATER)
		return strcmp(v->code, "4.3.1") ? 451 : 452;
	return strcmp(v->code, "5.3.4") ? 554 : 552;
}

static void
done(struct session *s, const struct verdict *v)
{
	char id[64], line[1536];
	const struct session_forward *f = s->forward;
	int k;

	snprintf(id, sizeof id, "%.*s", v->textlen < sizeof id ?
	    (int)v->textlen : (int)sizeof id - 1, v->text);
	k = snprintf(line, sizeof line, "%s: client=%s", id, s->client);
	if (s->login.len)
		k += snprintf(line + k, sizeof line - (size_t)k,
		    ", sasl_method=%s, sasl_username=%.255s", s->method,
		    s->login.s);
	if (f)
		snprintf(line + k, sizeof line - (size_t)k, "%s%s%s%s",
		    *f->ident ? ", orig_queue_id=" : "", f->ident,
		    *f->client ? ", orig_client=" : "", f->client);
	s->ops->log(s->host, line);
	session_reset(s);
	s->errors = s->junk = 0;
	s->mode = SESSION_COMMAND;
	say(s, 250, "2.0.0", "Ok: queued as ", id);
}

void
session_verdict(struct session *s, const struct verdict *v, uint64_t now)
{
	int committed = s->mode == SESSION_COMMIT;

	s->now = now;
	if (!committed && !(s->streaming &&
	    (s->mode == SESSION_DATA || s->bdat)))
		return;
	if (committed)
		s->mode = SESSION_DATA;
	if (committed && v && v->kind == VERDICT_DONE) {
		done(s, v);
	} else if (committed && !v && !s->again) {
		/* a worker of pneu-queue may end between letters, and we did
		 * not see it yet: there are others */
		s->again = 1;
		begin(s);
		if (s->why)
			turn_down(s);
	} else {
		if (!v)
			s->streaming = 0;	/* nobody there to be told */
		if (!v || v->kind == VERDICT_DONE)
			CONDEMN(s, 451, "4.3.0",
			    "Error: queue file write error");
		else
			session_condemn(s, code_of(v), v->code, v->text, v->textlen);
		if (committed)
			turn_down(s);
	}
	session_tick(s, now);
}
