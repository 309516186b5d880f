#include "pneu-remote/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pneu-remote/client-internal.h"

/* What we were doing, in Postfix's words. */
static const char *
doing(const struct client *c)
{
	switch (c->state) {
	case CLIENT_GREET: return "receiving the initial server greeting";
	case CLIENT_EHLO: return c->lmtp ? "performing the LHLO handshake" :
	    "performing the EHLO handshake";
	case CLIENT_HELO: return "performing the HELO handshake";
	case CLIENT_STARTTLS:
	case CLIENT_TLS: return c->wrapped ? "performing the TLS handshake" :
	    "performing the STARTTLS handshake";
	case CLIENT_AUTH: return "performing the AUTH exchange";
	case CLIENT_RSET:
	case CLIENT_MAIL: return "sending MAIL FROM";
	case CLIENT_RCPT: return "sending RCPT TO";
	case CLIENT_DATA: return "sending DATA command";
	case CLIENT_BODY: return "sending message body";
	case CLIENT_DOT:
		return "sending end of data -- message may be sent more than "
		    "once";
	default: return "sending QUIT command";
	}
}

void
client_end(struct client *c)
{
	c->state = CLIENT_CLOSED;
	sasl_client_free(&c->sasl);
	c->l = 0;
	c->kind = 0;
	c->text[0] = c->code[0] = 0;
	c->site = 0;
}

/* The session has failed. Recipients that were under way may be tried
 * elsewhere. */
void
client_close(struct client *c, char kind, const char *code, int site,
    const char *fmt, ...)
{
	va_list ap;
	size_t i;

	if (c->l)
		for (i = 0; i < c->l->n; i++)
			if (c->l->rcpt[i] == CLIENT_SENT ||
			    c->l->rcpt[i] == CLIENT_TAKEN)
				c->l->rcpt[i] = CLIENT_TODO;
	c->state = CLIENT_CLOSED;
	sasl_client_free(&c->sasl);
	c->l = 0;
	c->kind = kind;
	c->site = site;
	strncpy(c->code, code, VERDICT_CODE_OCTETS);
	c->code[VERDICT_CODE_OCTETS] = 0;
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof c->text, fmt, ap);
	va_end(ap);
}

/* Give those of the recipients lo to hi - 1 that are mark a verdict. */
void
client_settle(struct client *c, size_t lo, size_t hi, unsigned char mark,
    const struct verdict *v, int site)
{
	struct client_letter *l = c->l;
	size_t i;

	l->settle(l->arg, lo, hi, mark, v, site);
	for (i = lo; i < hi; i++)
		if (l->rcpt[i] == mark)
			l->rcpt[i] = v->kind == VERDICT_LATER ? CLIENT_HELD :
			    CLIENT_SETTLED;
}

void
client_settle_all(struct client *c, unsigned char mark, char kind,
    const char *code, int site, const char *text)
{
	struct verdict v;

	verdict_set(&v, kind, code, 0, text);
	client_settle(c, 0, c->l->n, mark, &v, site);
}

/* To be called before the calls that may have appended to out return: a
 * command of which a part is missing must not leave. */
static void
check_memory(struct client *c, stralloc *out)
{
	if (!c->full || c->state == CLIENT_CLOSED)
		return;
	out->len = 0;
	client_close(c, VERDICT_LATER, "4.3.0", 0, "out of memory");
}

void
client_init(struct client *c, const struct client_opts *opts,
    const char *host, uint64_t now)
{
	memset(c, 0, sizeof *c);
	c->opts = opts;
	c->host = host;
	c->state = CLIENT_GREET;
	c->first = 1;
	c->deadline = now + opts->helo_ms;
	smtp_reply_init(&c->reply);
}

void
client_begin(struct client *c, stralloc *out, struct client_letter *l,
    uint64_t now)
{
	c->l = l;
	c->answered = 0;
	c->at = c->next = c->ntaken = c->nsent = c->ndomains = 0;
	c->refused = c->odd = c->dotted = 0;
	c->first = 1;
	if (!client_check(c)) {
		c->l = 0;
		return;
	}
	c->mails++;
	c->pipelined = (c->ext & CLIENT_PIPELINING) != 0;
	c->state = c->dirty ? CLIENT_RSET : CLIENT_MAIL;
	c->deadline = now + c->opts->mail_ms;
	smtp_reply_init(&c->reply);
	if (c->dirty)
		client_put(c, out, "RSET\r\n", (char *)0);
	if (c->pipelined) {
		client_put_mail(c, out);
		while (client_put_rcpt(c, out))
			;
		client_put(c, out, "DATA\r\n", (char *)0);
	} else if (!c->dirty)
		client_put_mail(c, out);
	c->dirty = 0;
	check_memory(c, out);
}

/* A reply that nobody has asked for yet. Behind the reply to STARTTLS it was
 * sent in clear, by who knows whom: CVE-2011-0411, and "Why TLS Is Better
 * Without STARTTLS" (USENIX Security 2021). */
static void
early(struct client *c)
{
	client_close(c, VERDICT_LATER, "4.5.0", 1, "Protocol error: host %s "
	    "sent a reply %s", c->host, c->state == CLIENT_TLS ?
	    "in clear after its reply to STARTTLS" : "too early");
}

void
client_input(struct client *c, stralloc *out, const char *s, size_t n,
    uint64_t now)
{
	size_t used, before;

	while (n && c->state != CLIENT_CLOSED) {
		enum smtp_reply_event e;

		if (c->state == CLIENT_TLS) {
			early(c);
			return;
		}
		if (c->state == CLIENT_READY) {
			/* nobody asked: out of step, or about to close */
			client_end(c);
			return;
		}
		e = smtp_reply_feed(&c->reply, s, n, &used);
		s += used;
		n -= used;
		if (e == SMTP_REPLY_MORE)
			break;
		if (e == SMTP_REPLY_BAD) {
			client_garbage(c);
			break;
		}
		client_line(c);
		if (e == SMTP_REPLY_LINE)
			continue;
		before = out->len;
		client_reply(c, out, now);
		smtp_reply_init(&c->reply);
		check_memory(c, out);
		/* An answer to what is only about to be asked would be taken
		 * for another's: the connection is out of step. */
		if (n && (out->len > before || c->state == CLIENT_BODY ||
		    c->state == CLIENT_TLS) && c->state != CLIENT_CLOSED)
			early(c);
	}
}

void
client_wrap(struct client *c, uint64_t now)
{
	c->wrapped = 1;
	c->state = CLIENT_TLS;
	c->deadline = now + CLIENT_TLS_MS;
}

void
client_secured(struct client *c, stralloc *out, uint64_t now)
{
	c->secured = 1;
	c->ext = c->mechs = 0;
	c->maxsize = 0;
	memset(&c->limits, 0, sizeof c->limits);
	c->odd = 0;
	smtp_reply_init(&c->reply);
	if (c->wrapped) {
		c->state = CLIENT_GREET;
		c->first = 1;
		c->deadline = now + c->opts->helo_ms;
		return;
	}
	client_put_ehlo(c, out, now);
	check_memory(c, out);
}

void
client_unsecured(struct client *c, char kind, const char *code, int site,
    const char *text)
{
	client_close(c, kind, code, site, "%s", text);
}

/* After the final dot nobody knows whether the letter has arrived: it
 * stays, and no other host gets it now. */
static void
broken(struct client *c, const char *text)
{
	if (c->state == CLIENT_DOT) {
		client_settle_all(c, CLIENT_TAKEN, VERDICT_LATER, "4.4.2", 1,
		    text);
		client_end(c);
	} else if (c->state == CLIENT_READY || c->state == CLIENT_QUIT ||
	    c->state == CLIENT_LONEDOT)
		client_end(c);
	else
		client_close(c, VERDICT_LATER, "4.4.2", 1, "%s", text);
}

void
client_eof(struct client *c)
{
	char text[CLIENT_FAIL_OCTETS];

	if (c->state == CLIENT_CLOSED)
		return;
	snprintf(text, sizeof text, "lost connection with %s while %s",
	    c->host, doing(c));
	broken(c, text);
}

void
client_timeout(struct client *c)
{
	char text[CLIENT_FAIL_OCTETS];

	if (c->state == CLIENT_CLOSED)
		return;
	snprintf(text, sizeof text, "conversation with %s timed out while %s",
	    c->host, doing(c));
	broken(c, text);
}

void
client_wrote(struct client *c, int all, uint64_t now)
{
	if (c->state != CLIENT_BODY)
		return;
	c->deadline = now + c->opts->xfer_ms;
	if (all && c->dotted) {
		c->state = CLIENT_DOT;
		c->deadline = now + c->opts->done_ms;
	}
}

void
client_dot(struct client *c)
{
	c->dotted = 1;
}

void
client_abort(struct client *c, const char *code, const char *text)
{
	client_close(c, VERDICT_LATER, code, 0, "%s", text);
}

void
client_quit(struct client *c, stralloc *out, uint64_t now)
{
	client_put(c, out, "QUIT\r\n", (char *)0);
	c->state = CLIENT_QUIT;
	c->deadline = now + CLIENT_QUIT_MS;
	smtp_reply_init(&c->reply);
	check_memory(c, out);
}
