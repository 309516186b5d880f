#include "pneu-smtpd/session-internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "smtp/reply.h"

#define TEXT_OCTETS 1024	/* of a reply of several lines */
#define LOG_OCTETS 2048

/* As in Postfix's "disconnect from", by enum smtp_verb. */
static const char *const verbs[] = {
	"helo", "ehlo", "mail", "rcpt", "data", "rset", "noop", "vrfy",
	"quit", "unknown", "help", "bdat",
	"starttls", "auth", "xclient", "xforward", "etrn",
	"unknown", "unknown"
};

static size_t
join(char *out, size_t size, const char *s, va_list ap)
{
	size_t len = 0, n;

	for (; s; s = va_arg(ap, const char *)) {
		n = strlen(s);
		if (n > size - 1 - len)
			n = size - 1 - len;
		memcpy(out + len, s, n);
		len += n;
	}
	out[len] = 0;
	return len;
}

static void
put(struct session *s, unsigned int code, const char *dsn, const char *text,
    va_list ap)
{
	char buf[TEXT_OCTETS];
	size_t n = join(buf, sizeof buf, text, ap);

	if (!smtp_reply_put(&s->out, code, dsn, buf, n))
		session_close(s);	/* no memory */
}

void
session_say(struct session *s, unsigned int code, const char *dsn,
    const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	put(s, code, dsn, text, ap);
	va_end(ap);
}

void
session_error(struct session *s)
{
	s->errors++;
	s->nbad[s->verb]++;
	if (s->errors >= s->c->hard) {
		say(s, 421, "4.7.0", s->c->name, " Error: too many errors");
		session_log(s, "too many errors after", 0);
		session_close(s);
	}
	if (s->errors > s->c->soft && s->c->sleep_ms)
		s->wake = s->now + s->c->sleep_ms;
}

void
session_refuse(struct session *s, unsigned int code, const char *dsn,
    const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	put(s, code, dsn, text, ap);
	va_end(ap);
	session_error(s);
}

void
session_log(struct session *s, const char *what, const char *more)
{
	char buf[LOG_OCTETS], verb[16];
	size_t i;

	snprintf(verb, sizeof verb, "%s", s->mode == SESSION_DATA && s->verb != SMTP_BDAT ? "data" :
	    s->verb == SMTP_UNKNOWN && !s->nlines[SMTP_UNKNOWN] ? "connect" :
	    verbs[s->verb]);
	for (i = 0; verb[i]; i++)
		verb[i] = (char)(verb[i] - 32);
	snprintf(buf, sizeof buf, "%s %s from %s%s%.200s", what, verb,
	    s->client, more ? ": " : "", more ? more : "");
	s->ops->log(s->host, buf);
}

void
session_logreject(struct session *s, const char *of, unsigned int code,
    const char *dsn, const char *text, const char *rcpt)
{
	char buf[LOG_OCTETS];

	snprintf(buf, sizeof buf, "NOQUEUE: reject: %s from %s: %u %s %.500s;"
	    " from=<%.300s>%s%.300s%s proto=%s helo=<%s>", of, s->client, code,
	    dsn, text, s->sender.len ? s->sender.s : "", rcpt ? " to=<" : "",
	    rcpt ? rcpt : "", rcpt ? ">" : "",
	    s->proto == 'E' ? "ESMTP" : "SMTP",
	    s->helo.len ? s->helo.s : "");
	s->ops->log(s->host, buf);
}

void
session_logend(struct session *s)
{
	char buf[LOG_OCTETS];
	unsigned int i, all = 0, bad = 0;
	int n;

	n = snprintf(buf, sizeof buf, "disconnect from %s", s->client);
	for (i = 0; i <= SMTP_FOREIGN; i++) {
		unsigned int total = s->nlines[i], wrong = s->nbad[i];

		if (wrong > total)
			wrong = total;
		all += total;
		bad += wrong;
		if (!total)
			continue;
		n += snprintf(buf + n, sizeof buf - (size_t)n,
		    wrong ? " %s=%u/%u" : " %s=%u", verbs[i], total - wrong,
		    total);
	}
	snprintf(buf + n, sizeof buf - (size_t)n,
	    bad ? " commands=%u/%u" : " commands=%u", all - bad, all);
	s->ops->log(s->host, buf);
}
