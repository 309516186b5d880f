/* ETRN, RFC 1985: what waits for a domain is due now. */
#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <string.h>

#define LINE_OCTETS (64 + ADDRESS_DOMAIN_OCTETS + SESSION_CLIENT_OCTETS)

/* Those who may relay may ask. */
int
session_offersetrn(const struct session *s)
{
	return s->c->etrn && s->trusted && s->ops->etrn;
}

static void
unable(struct session *s)
{
	say(s, 458, "4.3.2", "Unable to queue messages");
	s->nbad[SMTP_ETRN]++;
	session_junk(s);
}

static void
deny(struct session *s, const char *node)
{
	char line[LINE_OCTETS];

	snprintf(line, sizeof line, "warning: reject: ETRN %s from %s", node,
	    s->client);
	s->ops->log(s->host, line);
	refuse(s, 459, "4.7.1", "<", node, ">: service unavailable");
}

void
session_etrn(struct session *s, const char *arg, size_t n)
{
	char node[ADDRESS_DOMAIN_OCTETS + 2];	/* "@" and a domain */
	int r, all = n && (*arg == '@' || *arg == '#');

	if (!s->proto)
		refuse(s, 503, "5.5.1", "Error: send HELO/EHLO first");
	else if (s->inmail)
		refuse(s, 503, "5.5.1", "Error: MAIL transaction in progress");
	else if (!n || memchr(arg, ' ', n))
		refuse(s, 500, "5.5.4", "Syntax: ETRN domain");
	else if (n >= sizeof node ||
	    !address_isdomain(arg + all, n - (size_t)all))
		refuse(s, 501, "5.5.4", "Error: invalid parameter syntax");
	else {
		memcpy(node, arg, n);
		node[n] = 0;
		if (!session_offersetrn(s)) {
			refuse(s, 554, "5.7.1", "<", node,
			    ">: Etrn command rejected: Access denied");
			return;
		}
		/* names of queues there are none, and below which domain a
		 * letter's is its name does not tell */
		r = all ? -1 : s->ops->etrn(s->host, node, n);
		s->mode = r > 0 ? SESSION_ETRN : SESSION_COMMAND;
		s->since = s->now;
		if (r < 0)
			deny(s, node);
		else if (!r)
			unable(s);
	}
}

void
session_flushed(struct session *s, const struct verdict *v, uint64_t now)
{
	s->now = now;
	if (s->mode != SESSION_ETRN)
		return;
	s->mode = SESSION_COMMAND;
	s->verb = SMTP_ETRN;
	s->active = now;
	if (v && v->kind == VERDICT_DONE) {
		say(s, 250, "2.0.0", "Queuing started");
		session_junk(s);
	} else
		unable(s);
	session_tick(s, now);
}
