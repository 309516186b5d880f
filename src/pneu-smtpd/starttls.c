/* STARTTLS, RFC 3207, and TLS from the first octet, RFC 8314. */
#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <string.h>

#define LINE_OCTETS 1024

int
session_offerstls(const struct session *s)
{
	return s->c->tls != SESSION_TLS_NONE && !s->tls.len && s->ops->tls &&
	    s->ops->tls(s->host);
}

void
session_starttls(struct session *s, size_t n)
{
	if (n)
		refuse(s, 501, "5.5.4", "Syntax: STARTTLS");
	else if (s->tls.len)
		refuse(s, 554, "5.5.1", "Error: TLS already active");
	else if (s->c->tls == SESSION_TLS_NONE)
		refuse(s, 502, "5.5.1", "Error: command not implemented");
	else if (!session_offerstls(s)) {
		say(s, 454, "4.7.0", "TLS not available due to local problem");
		s->nbad[SMTP_STARTTLS]++;
	} else {
		say(s, 220, "2.0.0", "Ready to start TLS");
		s->mode = SESSION_STARTTLS;
	}
}

int
session_needstls(struct session *s)
{
	if (s->c->tls != SESSION_TLS_ENCRYPT || s->tls.len)
		return 0;
	switch (s->verb) {
	case SMTP_HELO: case SMTP_EHLO: case SMTP_NOOP: case SMTP_QUIT:
	case SMTP_STARTTLS: case SMTP_UNKNOWN: case SMTP_ABSENT:
	case SMTP_FOREIGN:
	case SMTP_BDAT:		/* which passes its octets over */
		return 0;
	}
	refuse(s, 530, "5.7.0", "Must issue a STARTTLS command first");
	return 1;
}

void
session_wrap(struct session *s)
{
	s->out.len = 0;
	s->wrapped = 1;
	s->mode = SESSION_STARTTLS;
}

/* What came in clear behind the command may be another's who sits between
 * the client and us: it is never taken for the client's (CVE-2011-0411). */
int
session_handover(struct session *s, size_t n, uint64_t now)
{
	char line[LINE_OCTETS];

	if (s->mode != SESSION_STARTTLS || s->handed || s->out.len || s->wake)
		return 0;
	s->handed = 1;
	s->now = s->since = now;
	if (n) {
		snprintf(line, sizeof line, "improper command pipelining "
		    "after STARTTLS from %s: %zu octets are dropped",
		    s->client, n);
		s->ops->log(s->host, line);
	}
	return 1;
}

/* RFC 3207 4.2: all that was said before is forgotten. */
void
session_secured(struct session *s, const char *text, const char *sni,
    uint64_t now)
{
	char line[LINE_OCTETS];

	if (s->mode != SESSION_STARTTLS)
		return;
	s->now = s->active = now;
	s->mode = SESSION_COMMAND;
	s->handed = 0;
	session_anew(s);
	s->linelen = 0;
	snprintf(line, sizeof line, "Anonymous TLS connection established "
	    "from %s%s%.255s: %.300s", s->client, sni ? " to " : "",
	    sni ? sni : "", text);
	s->ops->log(s->host, line);
	if (!stralloc_copys(&s->tls, text) || !stralloc_0(&s->tls)) {
		session_close(s);
		return;
	}
	if (s->wrapped)
		say(s, 220, 0, s->c->name, " ", s->c->banner);
	session_mayfinish(s);
}

void
session_unsecured(struct session *s, const char *why, uint64_t now)
{
	if (s->mode != SESSION_STARTTLS)
		return;
	s->ops->log(s->host, why);
	if (!s->wrapped)
		s->verb = SMTP_STARTTLS;
	session_lost(s, now);
}
