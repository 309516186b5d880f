#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sasl/base64.h"

/* AUTH, RFC 4954. What the mechanisms say is pneu-auth's; here is their
 * envelope. */

int
session_offersauth(const struct session *s)
{
	return s->c->mechs && (s->c->auth || s->submission) &&
	    (s->tls.len || !s->c->tlsauth);
}

/* 1 if the mechanism is one of those offered. */
static int
isoffered(const struct session *s, const char *m, size_t n)
{
	const char *p = s->c->mechs;
	size_t len;

	for (; *p; p += len + (p[len] == ' ')) {
		len = strcspn(p, " ");
		if (len == n && !strncasecmp(p, m, n))
			return 1;
	}
	return 0;
}

static void
over(struct session *s)
{
	s->authing = 0;
	if (s->authline.s)
		memset(s->authline.s, 0, s->authline.len);
	stralloc_free(&s->authline);
	s->mode = SESSION_COMMAND;
}

/* "warning: unknown[192.0.2.1]: SASL PLAIN authentication failed: ...", as
 * Postfix has it and its readers know it. */
static void
log_failure(struct session *s, const char *why, size_t n)
{
	char line[512];

	snprintf(line, sizeof line, "warning: %s: SASL %s authentication "
	    "failed: %.*s%s%.200s", s->client, s->method,
	    n > 200 ? 200 : (int)n, why, s->authname.len ?
	    ", sasl_username=" : "", s->authname.len ? s->authname.s : "");
	s->ops->log(s->host, line);
}

/* Hand it on; the answer is session_challenged or session_authed. */
static void
hand_on(struct session *s, char type, const char *data, size_t n)
{
	s->mode = SESSION_AUTH;
	s->since = s->now;
	if (!s->ops->auth || !s->ops->auth(s->host, type, s->method, data, n))
		session_authed(s, 0, s->now);
}

/* The client's octets in base 64, "=" for none at all (RFC 4954 section 4),
 * go on. first: they came with the command. */
static void
pass(struct session *s, const char *line, size_t n, int first)
{
	stralloc sa = STRALLOC_ZERO;
	int r = first && n == 1 && *line == '=' ? 1 :
	    base64_scan(&sa, line, n);

	if (r > 0)
		hand_on(s, first ? 'S' : 'R', sa.len ? sa.s : "", sa.len);
	if (sa.s)
		memset(sa.s, 0, sa.len);
	stralloc_free(&sa);
	if (r > 0)
		return;
	if (!first)
		s->ops->auth(s->host, 'A', 0, 0, 0);
	over(s);
	refuse(s, 501, "5.5.2", "Error: malformed base64 in AUTH");
}

void
session_auth(struct session *s, const char *arg, size_t n)
{
	const char *sp = memchr(arg, ' ', n);
	size_t len = sp ? (size_t)(sp - arg) : n;

	if (s->proto != 'E')
		refuse(s, 503, "5.5.1", "Error: send EHLO first");
	else if (!s->c->mechs || !(s->c->auth || s->submission))
		refuse(s, 503, "5.5.1", "Error: authentication not enabled");
	else if (!session_offersauth(s))
		refuse(s, 538, "5.7.11", "Encryption required for requested "
		    "authentication mechanism");
	else if (s->login.len)
		refuse(s, 503, "5.5.1", "Error: already authenticated");
	else if (s->inmail)
		refuse(s, 503, "5.5.1", "Error: MAIL transaction in progress");
	else if (!n)
		refuse(s, 501, "5.5.4", "Syntax: AUTH mechanism");
	else if (len >= sizeof s->method || !isoffered(s, arg, len))
		refuse(s, 504, "5.5.4",
		    "Unrecognized authentication mechanism");
	else {
		memcpy(s->method, arg, len);
		s->method[len] = 0;
		for (; len; len--)
			if (s->method[len - 1] >= 'a' &&
			    s->method[len - 1] <= 'z')
				s->method[len - 1] ^= 32;
		s->authname.len = 0;
		while (sp && *sp == ' ')	/* none ends the line */
			sp++;
		if (sp)
			pass(s, sp, (size_t)(arg + n - sp), 1);
		else
			hand_on(s, 'S', 0, 0);
	}
}

/* A line of the client, which is not a command now. */
static void
respond(struct session *s)
{
	stralloc line = s->authline;
	const stralloc zero = STRALLOC_ZERO;
	int long_ = s->skip;

	s->authline = zero;
	s->authing = 0;
	s->skip = 0;
	while (line.len && line.s[line.len - 1] == '\r')
		line.len--;
	s->verb = SMTP_AUTH;
	if (long_) {
		s->ops->auth(s->host, 'A', 0, 0, 0);
		refuse(s, 500, "5.5.6",
		    "Authentication exchange line is too long");
	} else if (line.len == 1 && *line.s == '*') {
		s->ops->auth(s->host, 'A', 0, 0, 0);
		refuse(s, 501, "5.7.0", "Authentication aborted");
	} else
		pass(s, line.len ? line.s : "", line.len, 0);
	if (line.s)
		memset(line.s, 0, line.len);
	stralloc_free(&line);
}

size_t
session_response(struct session *s, const char *buf, size_t n)
{
	const char *nl = memchr(buf, '\n', n);
	size_t k = nl ? (size_t)(nl - buf) : n;

	if (!s->authline.len && !s->skip)
		s->active = s->now;
	if (s->authline.len + k > SESSION_AUTH_OCTETS)
		s->skip = 1;
	else if (!stralloc_catb(&s->authline, buf, k)) {
		session_lost(s, s->now);
		return n;
	}
	if (!nl)
		return n;
	respond(s);
	return k + 1;
}

void
session_challenged(struct session *s, const char *data, size_t n,
    uint64_t now)
{
	stralloc sa = STRALLOC_ZERO;

	s->now = now;
	if (s->mode != SESSION_AUTH)
		return;
	s->mode = SESSION_COMMAND;
	s->active = now;
	if (!stralloc_cats(&s->out, "334 ") || !base64_put(&sa, data, n) ||
	    !stralloc_cat(&s->out, &sa) || !stralloc_cats(&s->out, "\r\n"))
		session_lost(s, now);
	else
		s->authing = 1;
	stralloc_free(&sa);
	session_tick(s, now);
}

/* A name for the log and the envelope: nothing that looks like two. */
void
session_named(struct session *s, const char *name, size_t n)
{
	size_t i;

	if (s->mode != SESSION_AUTH)
		return;
	s->authname.len = 0;
	if (!stralloc_catb(&s->authname, name, n) ||
	    !stralloc_0(&s->authname)) {
		s->authname.len = 0;
		return;
	}
	for (i = 0; i < n; i++)
		if ((unsigned char)s->authname.s[i] <= 32 ||
		    s->authname.s[i] == 127)
			s->authname.s[i] = '?';
}

/* He is who he says: one of ours. */
static void
let_in(struct session *s)
{
	if (!stralloc_copy(&s->login, &s->authname)) {
		session_lost(s, s->now);
		return;
	}
	s->trusted = 1;
	say(s, 235, "2.7.0", "Authentication successful");
}

/* Replies of RFC 4954 section 6. */
static void
keep_out(struct session *s, const struct verdict *v)
{
	char text[VERDICT_TEXT_OCTETS + 1];

	snprintf(text, sizeof text, "%.*s", (int)v->textlen, v->text);
	log_failure(s, v->text, v->textlen);
	if (v->kind == VERDICT_LATER) {
		session_error(s);
		say(s, 454, v->code, "Temporary authentication failure: ",
		    text);
	} else if (!strcmp(v->code, "5.5.2"))
		refuse(s, 501, "5.5.2", "Error: ", text);
	else if (!strcmp(v->code, "5.5.4"))
		refuse(s, 504, "5.5.4", "Error: ", text);
	else
		refuse(s, 535, "5.7.8", "Error: authentication failed: ",
		    text);
}

void
session_authed(struct session *s, const struct verdict *v, uint64_t now)
{
	s->now = now;
	if (s->mode != SESSION_AUTH)
		return;
	s->verb = SMTP_AUTH;
	over(s);
	s->active = now;
	if (!v) {
		say(s, 454, "4.7.0", "Temporary authentication failure: "
		    "Connection lost to authentication server");
		s->nbad[SMTP_AUTH]++;
		log_failure(s, "Connection lost to authentication server", 40);
	} else if (v->kind == VERDICT_DONE && s->authname.len > 1)
		let_in(s);
	else if (v->kind == VERDICT_DONE) {
		struct verdict none;

		verdict_set(&none, VERDICT_LATER, "4.7.0", 0, "no name");
		keep_out(s, &none);
	} else
		keep_out(s, v);
	session_tick(s, now);
}

int
session_needsauth(struct session *s)
{
	if (!s->submission || s->login.len)
		return 0;
	if (s->c->tlsauth && !s->tls.len)
		refuse(s, 530, "5.7.0", "Must issue a STARTTLS command first");
	else
		refuse(s, 530, "5.7.0", "Authentication required");
	return 1;
}

int
session_mayown(struct session *s, const char *addr)
{
	char text[SMTP_LINE_OCTETS];
	int r;

	if (!s->login.len || !*addr || !s->ops->owns)
		return 1;
	r = s->ops->owns(s->host, s->login.s, addr);
	if (r > 0)
		return 1;
	if (r < 0) {
		say(s, 451, "4.3.0", "<", addr, ">: Temporary lookup failure");
		s->nbad[SMTP_MAIL]++;
		return 0;
	}
	snprintf(text, sizeof text, "<%.500s>: Sender address rejected: not "
	    "owned by user %.255s", addr, s->login.s);
	session_logreject(s, "MAIL", 553, "5.7.1", text, 0);
	refuse(s, 553, "5.7.1", text);
	return 0;
}

const char *
session_proto(const struct session *s, int utf8)
{
	static const char *const names[2][4] = {
		{ "ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA" },
		{ "UTF8SMTP", "UTF8SMTPS", "UTF8SMTPA", "UTF8SMTPSA" }
	};

	if (s->proto != 'E' && !utf8)
		return "SMTP";
	return names[utf8][(s->tls.len > 0) + 2 * (s->login.len > 0)];
}
