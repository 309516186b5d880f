#include "pneu-smtpd/session-internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mail/header.h"
#include "submit/compose.h"

/* Submission (RFC 6409 section 8): what a header of one of our users lacks is
 * added, Bcc goes, addresses get their domain, as in sendmail(1). So it is of
 * programs of this host that speak SMTP, as with Postfix (which adds missing
 * fields where local_header_rewrite_clients says so); but not of letters that
 * have been on their way: of a content filter, or of fetchmail. */

#define HEADER_MAX_OCTETS 262144	/* of such a header */

/* A From field for who did not write one. */
static const char *
from(const struct session *s, char *buf, size_t n)
{
	if (s->sender.len > 1)
		return s->sender.s;
	if (!s->login.len)
		snprintf(buf, n, "MAILER-DAEMON@%s", s->c->origin);
	else
		snprintf(buf, n, strchr(s->login.s, '@') ? "%s" : "%s@%s",
		    s->login.s, s->c->origin);
	return buf;
}

/* Leave the header as it is. */
static int
leave(struct session *s)
{
	session_map(s);
	return 2;
}

/* The new header and what is behind it. 1; 2: it is left; 0 with errno. */
static int
rewrite(struct session *s, struct compose *c, size_t len, size_t body)
{
	char address[2 * SESSION_HELO_OCTETS + 2];
	struct compose_who w;
	stralloc *head = &c->head, swap;

	memset(&w, 0, sizeof w);
	if (!compose_fields(c, s->msg.s, len))
		return 0;
	if (c->hops && !s->submission)
		return leave(s);
	s->ops->who(s->host, &w);
	w.from = from(s, address, sizeof address);
	w.host = s->c->name;
	if (!compose_missing(c, &w) || !stralloc_append(head, '\n') ||
	    !stralloc_catb(head, s->msg.s + body, s->msg.len - body))
		return 0;
	swap = s->msg;
	s->msg = *head;
	*head = swap;
	return 1;
}

int
session_complete(struct session *s)
{
	struct compose c = COMPOSE_ZERO;
	size_t len, body;
	int r = header_end(s->msg.s, s->msg.len, s->decoder.done, &len,
	    &body);

	if (r == 0 && s->msg.len <= HEADER_MAX_OCTETS)
		return 0;
	s->completing = 0;
	if (r <= 0 && !s->submission)
		return leave(s);
	if (r <= 0) {
		session_condemn(s, 552, "5.3.4",
		    "Error: message header too big", 29);
		return 1;
	}
	c.origin = s->c->origin;
	c.map = s->c->map;
	c.mapx = s->c->mapx;
	r = rewrite(s, &c, len, body);
	if (!r) {
		if (errno == ENOMEM)
			session_lost(s, s->now);
		else
			session_condemn(s, 451, "4.3.0",
			    "Error: table lookup failure", 27);
	}
	stralloc_free(&c.head);
	stralloc_free(&c.path);
	stralloc_free(&c.bad);
	rcpts_free(&c.rcpts);
	rcpts_free(&c.resent_rcpts);
	return s->mode == SESSION_CLOSED ? 0 : r ? r : 1;
}
