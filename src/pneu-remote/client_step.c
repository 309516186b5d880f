#include "pneu-remote/client-internal.h"

#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

/* 1 if the first word of line is our own name. */
static int
isself(const struct client *c, const char *line)
{
	size_t n = strcspn(line, " ");

	return c->loopcheck && n && n == strlen(c->opts->myname) &&
	    !strncasecmp(line, c->opts->myname, n);
}

static void
loop(struct client *c)
{
	client_close(c, VERDICT_NEVER, "5.4.6", 0, "mail for %s loops back to "
	    "myself", c->host);
}

/* An extension: RFC 5321 4.1.1.1. */
static void
extension(struct client *c, const char *s)
{
	size_t n = strcspn(s, " ");

	if (n == 10 && !strncasecmp(s, "PIPELINING", n))
		c->ext |= CLIENT_PIPELINING;
	else if (n == 8 && !strncasecmp(s, "8BITMIME", n))
		c->ext |= CLIENT_8BITMIME;
	else if (n == 8 && !strncasecmp(s, "SMTPUTF8", n))
		c->ext |= CLIENT_SMTPUTF8;
	else if (n == 8 && !strncasecmp(s, "STARTTLS", n))
		c->ext |= CLIENT_OFFERS_TLS;
	else if (!strncasecmp(s, "AUTH", 4) && (!s[4] || s[4] == ' ' ||
	    s[4] == '=')) {	/* AUTH=: of before there was an RFC */
		c->ext |= CLIENT_OFFERS_AUTH;
		if (s[4])
			c->mechs |= sasl_client_offered(s + 5, strlen(s + 5));
	} else if (n == 3 && !strncasecmp(s, "DSN", n))
		c->ext |= CLIENT_DSN;
	else if (n == 6 && !strncasecmp(s, "LIMITS", n))
		smtp_limits_scan(&c->limits, s + n, strlen(s + n));
	else if (n == 4 && !strncasecmp(s, "SIZE", n)) {
		c->ext |= CLIENT_SIZE;
		c->maxsize = 0;
		if (s[n] == ' ' && !uint64_scan(s + n + 1, &c->maxsize))
			c->maxsize = 0;
	}
}

void
client_line(struct client *c)
{
	int head = c->first;

	c->first = 0;
	if (c->state == CLIENT_EHLO && !head && c->reply.code / 100 == 2)
		extension(c, c->reply.line);
	else if (c->state == CLIENT_EHLO || c->state == CLIENT_GREET) {
		/* ahead of the reply: only noted here */
		if (head && c->reply.code / 100 == 2 &&
		    isself(c, c->reply.line))
			c->odd = 1;
	}
}

static void
greeting(struct client *c, stralloc *out, uint64_t now)
{
	if (c->reply.code / 100 != 2) {
		client_refused(c);
		return;
	}
	if (c->odd) {
		loop(c);
		return;
	}
	client_put_ehlo(c, out, now);
}

/* The host has said what it can do: TLS first, if we want it. */
static void
greeted(struct client *c, stralloc *out, uint64_t now)
{
	if (c->tls == CLIENT_CLEAR || c->secured)
		client_auth(c, out, now);
	else if (c->ext & CLIENT_OFFERS_TLS) {
		c->state = CLIENT_STARTTLS;
		c->deadline = now + c->opts->helo_ms;
		client_put(c, out, "STARTTLS\r\n", (char *)0);
	} else if (c->tls == CLIENT_MUSTTLS)
		client_close(c, VERDICT_LATER, "4.7.4", 1, "TLS is required, "
		    "but was not offered by host %s", c->host);
	else
		client_auth(c, out, now);
}

/* RFC 3207 4. Refused though it was offered: if we need not have it the
 * session goes on in clear. */
static void
starttls(struct client *c, stralloc *out, uint64_t now)
{
	char code[VERDICT_CODE_OCTETS + 1];

	if (c->reply.code / 100 == 2) {
		c->state = CLIENT_TLS;
		c->deadline = now + CLIENT_TLS_MS;
	} else if (c->reply.code / 100 == 3)
		client_protocol(c);
	else if (c->tls == CLIENT_MUSTTLS) {
		client_code(c, code, '4');
		client_close(c, VERDICT_LATER, code, 1, "TLS is required, "
		    "but host %s refused to start TLS: %u %.*s", c->host,
		    c->reply.code, 360, c->reply.text);
	} else
		client_auth(c, out, now);
}

static void
helo(struct client *c, stralloc *out, uint64_t now)
{
	if (c->reply.code / 100 == 2) {
		if (c->odd)
			loop(c);
		else
			greeted(c, out, now);
		return;
	}
	if (c->state == CLIENT_EHLO && !c->lmtp) {	/* RFC 5321 3.2 */
		c->ext = c->mechs = 0;
		c->maxsize = 0;
		memset(&c->limits, 0, sizeof c->limits);
		c->state = CLIENT_HELO;
		c->deadline = now + c->opts->helo_ms;
		client_put(c, out, "HELO ", c->opts->helo, "\r\n", (char *)0);
		return;
	}
	client_refused(c);
	if (c->reply.code >= 500) {
		c->kind = VERDICT_NEVER;
		c->code[0] = '5';
		c->site = 0;
	}
}

/* The transaction is over, and the session goes on. */
static void
over(struct client *c)
{
	c->state = CLIENT_READY;
	c->l = 0;
}

/* Wait for the reply to the next recipient sent, or to DATA. Without
 * pipelining the command is sent now. */
static void
go_on(struct client *c, stralloc *out, uint64_t now)
{
	size_t n = c->l->n;

	if (!c->pipelined && !c->refused)
		client_put_rcpt(c, out);
	while (c->at < n && c->l->rcpt[c->at] != CLIENT_SENT)
		c->at++;
	if (c->at < n) {
		c->state = CLIENT_RCPT;
		c->deadline = now + c->opts->rcpt_ms;
		return;
	}
	if (!c->pipelined && !c->ntaken) {
		c->dirty = 1;
		over(c);
		return;
	}
	if (!c->pipelined)
		client_put(c, out, "DATA\r\n", (char *)0);
	c->state = CLIENT_DATA;
	c->deadline = now + c->opts->data_ms;
}

static void
rset(struct client *c, stralloc *out, uint64_t now)
{
	if (c->reply.code / 100 != 2) {
		client_protocol(c);
		return;
	}
	c->state = CLIENT_MAIL;
	c->deadline = now + c->opts->mail_ms;
	if (!c->pipelined)
		client_put_mail(c, out);
}

static void
mail(struct client *c, stralloc *out, uint64_t now)
{
	struct client_letter *l = c->l;
	size_t i, n = l->n;

	c->answered = 1;
	if (c->reply.code / 100 == 3) {
		client_protocol(c);
		return;
	}
	if (c->reply.code / 100 == 2) {
		go_on(c, out, now);
		return;
	}
	/* The verdict is on all of them, also on those not sent yet. How
	 * many replies to RCPT are to come is c->next's to say. */
	for (i = 0; i < n; i++)
		if (l->rcpt[i] == CLIENT_TODO)
			l->rcpt[i] = CLIENT_SENT;
	c->ntaken = 0;
	c->refused = 1;
	if (!c->pipelined) {
		client_settle_reply_all(c, CLIENT_SENT);
		over(c);
		return;
	}
	c->nreplies = 0;
	for (i = 0; i < n; i++)
		c->nreplies += l->rcpt[i] == CLIENT_SENT;
	client_settle_reply_all(c, CLIENT_SENT);
	c->l = 0;
	c->state = CLIENT_RCPT;
	c->deadline = now + c->opts->rcpt_ms;
}

/* MAIL was refused, RCPT was already sent: its reply tells us nothing, but
 * that the server may be odd enough to have a recipient. */
static void
rcpt_ignored(struct client *c, uint64_t now)
{
	if (c->reply.code / 100 == 2)
		c->odd = 1;
	if (--c->nreplies == 0) {
		c->state = CLIENT_DATA;
		c->deadline = now + c->opts->data_ms;
	}
}

/* RFC 5321 4.5.3.1.10: enough for one transaction. The first recipient of
 * a transaction gets his verdict, so there is an end. */
static int
istoomany(const struct client *c)
{
	const char *dsn = c->reply.dsn;

	return c->ntaken && (c->reply.code == 452 || c->reply.code == 552) &&
	    (!*dsn || !strcmp(dsn + 1, ".5.3"));
}

static void
rcpt(struct client *c, stralloc *out, uint64_t now)
{
	struct client_letter *l = c->l;

	if (c->refused) {
		rcpt_ignored(c, now);
		return;
	}
	if (c->reply.code / 100 == 3) {
		client_protocol(c);
		return;
	}
	if (c->reply.code / 100 == 2) {
		l->rcpt[c->at] = CLIENT_TAKEN;
		c->ntaken++;
	} else if (istoomany(c)) {
		l->rcpt[c->at] = CLIENT_TODO;
		c->next = l->n;	/* no more of them now */
	} else
		client_settle_reply(c, c->at, c->at + 1, CLIENT_SENT);
	c->at++;
	go_on(c, out, now);
}

static void
data(struct client *c, stralloc *out, uint64_t now)
{
	if (c->reply.code / 100 == 3) {
		if (c->ntaken) {
			c->state = CLIENT_BODY;
			c->deadline = now + c->opts->xfer_ms;
		} else if (c->odd || c->lmtp) {
			/* a dot might send nothing to somebody; of LMTP no
			 * reply would come (RFC 2033 4.2) */
			client_end(c);
		} else {
			/* RFC 2920 3.1: nobody is to get it */
			client_put(c, out, ".\r\n", (char *)0);
			c->state = CLIENT_LONEDOT;
			c->deadline = now + c->opts->done_ms;
		}
		return;
	}
	if (c->reply.code / 100 == 2) {
		if (c->ntaken)
			client_protocol(c);
		else
			client_end(c);
		return;
	}
	if (c->ntaken)
		client_settle_reply_all(c, CLIENT_TAKEN);
	c->dirty = 1;
	over(c);
}

/* A reply before all of the message has left: a refusal ends it, and the
 * connection is of no more use. Anything else makes no sense. */
static void
body(struct client *c)
{
	if (c->reply.code < 400) {
		client_protocol(c);
		return;
	}
	client_settle_reply_all(c, CLIENT_TAKEN);
	client_end(c);
}

/* RFC 2033 4.2: a reply for each recipient who was taken, in their order. */
static void
dot_of_one(struct client *c, uint64_t now)
{
	unsigned char *p = memchr(c->l->rcpt, CLIENT_TAKEN, c->l->n);
	size_t i;

	if (p) {
		i = (size_t)(p - c->l->rcpt);
		client_settle_reply(c, i, i + 1, CLIENT_TAKEN);
	}
	c->deadline = now + c->opts->done_ms;
	if (!p || --c->ntaken == 0)
		over(c);
}

static void
dot(struct client *c, uint64_t now)
{
	if (c->reply.code / 100 == 3) {
		client_garbage(c);
		return;
	}
	if (c->lmtp) {
		dot_of_one(c, now);
		return;
	}
	client_settle_reply_all(c, CLIENT_TAKEN);
	over(c);
}

void
client_reply(struct client *c, stralloc *out, uint64_t now)
{
	if (c->reply.code == 421 && c->state != CLIENT_QUIT &&
	    c->state != CLIENT_LONEDOT) {
		client_shutting_down(c);
		return;
	}
	switch (c->state) {
	case CLIENT_GREET: greeting(c, out, now); break;
	case CLIENT_EHLO:
	case CLIENT_HELO: helo(c, out, now); break;
	case CLIENT_STARTTLS: starttls(c, out, now); break;
	case CLIENT_AUTH: client_auth_reply(c, out, now); break;
	case CLIENT_RSET: rset(c, out, now); break;
	case CLIENT_MAIL: mail(c, out, now); break;
	case CLIENT_RCPT: rcpt(c, out, now); break;
	case CLIENT_DATA: data(c, out, now); break;
	case CLIENT_BODY: body(c); break;
	case CLIENT_DOT: dot(c, now); break;
	case CLIENT_LONEDOT: over(c); break;
	default: client_end(c);
	}
}
