#include "pneu-remote/client-internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

/* The name of the command that c->reply answers, in Postfix's words. */
static const char *
command(const struct client *c)
{
	switch (c->state) {
	case CLIENT_GREET: return "initial server greeting";
	case CLIENT_EHLO: return c->lmtp ? "LHLO command" : "EHLO command";
	case CLIENT_HELO: return "HELO command";
	case CLIENT_STARTTLS: return "STARTTLS command";
	case CLIENT_AUTH: return "AUTH command";
	case CLIENT_RSET: return "RSET command";
	case CLIENT_MAIL: return "MAIL FROM command";
	case CLIENT_RCPT: return "RCPT TO command";
	case CLIENT_DATA: return "DATA command";
	case CLIENT_BODY: return "message body";
	default: return "end of DATA command";
	}
}

/* The enhanced code that goes with a reply: its own, else X.0.0. With class
 * not 0 that class instead of the reply's. */
void
client_code(const struct client *c, char code[VERDICT_CODE_OCTETS + 1],
    char class)
{
	strcpy(code, c->reply.dsn[0] ? c->reply.dsn :
	    c->reply.code < 300 ? "2.0.0" :
	    c->reply.code < 500 ? "4.0.0" : "5.0.0");
	if (class)
		code[0] = class;
}

uint32_t
client_wait(const char *s)
{
	uint64_t u;
	size_t n;

	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			continue;
		n = uint64_scan(s, &u);
		if (!n)
			return 0;
		s += n;
		n = strspn(s, " ");
		if (u > 86400)
			u = 86400;
		if (!strncasecmp(s + n, "second", 6) ||
		    !strncasecmp(s + n, "secs", 4))
			return (uint32_t)u;
		if (!strncasecmp(s + n, "minute", 6) ||
		    !strncasecmp(s + n, "mins", 4))
			return (uint32_t)(u > 1440 ? 86400 : u * 60);
		if (!*s)
			break;
	}
	return 0;
}

/* c->reply is the verdict on those of the recipients lo to hi - 1 that are
 * mark. */
void
client_settle_reply(struct client *c, size_t lo, size_t hi, unsigned char mark)
{
	char text[2 * CLIENT_FAIL_OCTETS];
	struct verdict v;

	if (c->reply.code < 300)
		snprintf(text, sizeof text, "%u %s", c->reply.code,
		    c->reply.text);
	else
		snprintf(text, sizeof text, "host %s said: %u %.*s%s (in "
		    "reply to %s)", c->host, c->reply.code, 400,
		    c->reply.text, c->reply.textlen > 400 ? "..." : "",
		    command(c));
	verdict_set(&v, c->reply.code < 300 ? VERDICT_DONE :
	    c->reply.code < 500 ? VERDICT_LATER : VERDICT_NEVER, "", 0, text);
	client_code(c, v.code, 0);
	if (v.kind == VERDICT_LATER)
		v.seconds = client_wait(c->reply.text);
	client_settle(c, lo, hi, mark, &v, 0);
}

void
client_settle_reply_all(struct client *c, unsigned char mark)
{
	client_settle_reply(c, 0, c->l->n, mark);
}

/* The host talks, but not to us: another may. */
void
client_refused(struct client *c)
{
	char code[VERDICT_CODE_OCTETS + 1];

	client_code(c, code, '4');
	client_close(c, VERDICT_LATER, code, 1, "host %s refused to talk to "
	    "me: %u %.*s", c->host, c->reply.code, 380, c->reply.text);
}

/* 421 at any point: RFC 5321 4.2.2. */
void
client_shutting_down(struct client *c)
{
	char code[VERDICT_CODE_OCTETS + 1];

	if (c->state <= CLIENT_HELO) {
		client_refused(c);
		return;
	}
	client_code(c, code, '4');
	client_close(c, VERDICT_LATER, code, 1, "host %s said: %u %.*s (in "
	    "reply to %s)", c->host, c->reply.code, 380, c->reply.text,
	    command(c));
}

void
client_protocol(struct client *c)
{
	client_close(c, VERDICT_LATER, "4.5.0", 1, "Protocol error: host %s "
	    "said: %u %.*s (in reply to %s)", c->host, c->reply.code, 360,
	    c->reply.text, command(c));
}

void
client_garbage(struct client *c)
{
	if (c->state == CLIENT_DOT) {
		char text[CLIENT_FAIL_OCTETS];

		/* as if the connection had broken: it may have arrived */
		snprintf(text, sizeof text, "Protocol error: host %s sent no "
		    "reply of SMTP to end of data -- message may be sent "
		    "more than once", c->host);
		client_settle_all(c, CLIENT_TAKEN, VERDICT_LATER, "4.5.0", 1,
		    text);
		client_end(c);
	} else if (c->state == CLIENT_QUIT || c->state == CLIENT_LONEDOT)
		client_end(c);
	else
		client_close(c, VERDICT_LATER, "4.5.0", 1, "Protocol error: "
		    "host %s sent something other than a reply of SMTP: "
		    "%.300s", c->host, c->reply.line);
}
