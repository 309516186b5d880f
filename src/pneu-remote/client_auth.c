#include "pneu-remote/client-internal.h"

#include <string.h>
#include <skalibs/bytestr.h>

#include "sasl/base64.h"

/* Logging in, RFC 4954. What the mechanisms say is sasl/client.h's; here are
 * their base 64, and what failure means: the letter waits, and is not sent
 * without, as with Postfix and its smtp_sasl_auth_soft_bounce. */

#define COMMAND_OCTETS 510	/* without CRLF: RFC 5321 4.5.3.1.4 */

static void
wipe(stralloc *sa)
{
	if (sa->a)
		byte_zzero(sa->s, sa->a);
	stralloc_free(sa);
}

/* Behind it the line ends. An empty one is "=" in the command. */
static void
put64(struct client *c, stralloc *out, const stralloc *sa, int command)
{
	if (command && !sa->len)
		client_put(c, out, "=", (char *)0);
	else if (sa->len && !base64_put(out, sa->s, sa->len))
		c->full = 1;
	client_put(c, out, "\r\n", (char *)0);
}

/* The command, with the initial response if there is one, and room for it in
 * the line. */
static void
begin(struct client *c, stralloc *out)
{
	const char *name = sasl_client_names[c->sasl.mechanism];
	stralloc sa = STRALLOC_ZERO;
	int r = sasl_client_initial(&c->sasl, &sa);

	if (!r)
		c->full = 1;
	c->unsaid = r == 1 && 6 + strlen(name) + (sa.len + 2) / 3 * 4 >
	    COMMAND_OCTETS;
	client_put(c, out, "AUTH ", name, (char *)0);
	if (r == 1 && !c->unsaid) {
		client_put(c, out, " ", (char *)0);
		put64(c, out, &sa, 1);
	} else
		client_put(c, out, "\r\n", (char *)0);
	wipe(&sa);
}

void
client_auth(struct client *c, stralloc *out, uint64_t now)
{
	const struct client_login *l = c->login;
	unsigned int set = c->mechs;
	int m;

	c->state = CLIENT_READY;
	if (!l)
		return;
	if (!c->secured)
		set &= 1u << SASL_CLIENT_SCRAM_SHA_256;
	m = sasl_client_best(set, l->pass);
	if (m < 0) {
		c->nologin = CLIENT_NOLOGIN;
		client_close(c, VERDICT_LATER, "4.7.0", 1, "SASL "
		    "authentication failed; server %s offered no compatible "
		    "authentication mechanism%s", c->host, c->secured ? "" :
		    " for a connection without TLS");
		return;
	}
	sasl_client_begin(&c->sasl, (enum sasl_client_mechanism)m, l->user,
	    l->pass, l->host, l->port, l->nonce);
	c->state = CLIENT_AUTH;
	c->deadline = now + c->opts->helo_ms;
	begin(c, out);
}

/* What the challenge asks for. Only SCRAM looks at what it says: prompts of
 * LOGIN, and what servers say of tokens, are anything. */
static int
answer(struct client *c, stralloc *sa)
{
	stralloc in = STRALLOC_ZERO;
	int r;

	if (c->unsaid) {
		c->unsaid = 0;
		return sasl_client_initial(&c->sasl, sa);
	}
	r = base64_scan(&in, c->reply.line, c->reply.linelen);
	if (r && (r > 0 || c->sasl.mechanism != SASL_CLIENT_SCRAM_SHA_256))
		r = sasl_client_step(&c->sasl, in.s ? in.s : "", in.len, sa);
	stralloc_free(&in);
	return r;
}

static void
respond(struct client *c, stralloc *out)
{
	stralloc sa = STRALLOC_ZERO;
	int r = answer(c, &sa);

	if (!r)
		c->full = 1;
	if (r > 0)
		put64(c, out, &sa, 0);
	else {
		c->cancelled = 1;
		client_put(c, out, "*\r\n", (char *)0);
	}
	wipe(&sa);
}

static void
failed(struct client *c)
{
	char code[VERDICT_CODE_OCTETS + 1];

	client_code(c, code, '4');
	if (!c->reply.dsn[0])
		strcpy(code, c->reply.code == 535 ? "4.7.8" : "4.7.0");
	c->nologin = c->reply.code >= 500 ? CLIENT_DENIED : CLIENT_NOLOGIN;
	client_close(c, VERDICT_LATER, code, 1, "SASL authentication failed; "
	    "server %s said: %u %.*s", c->host, c->reply.code, 360,
	    c->reply.text);
}

/* A server that has not shown that it knows the password of SCRAM is another
 * than we think. */
static void
stranger(struct client *c)
{
	c->nologin = CLIENT_NOLOGIN;
	client_close(c, VERDICT_LATER, "4.7.0", 1, "SASL authentication "
	    "failed; server %s has not proved that it knows the password",
	    c->host);
}

void
client_auth_reply(struct client *c, stralloc *out, uint64_t now)
{
	if (c->cancelled)
		stranger(c);
	else if (c->reply.code / 100 == 3) {
		c->deadline = now + c->opts->helo_ms;
		respond(c, out);
	} else if (c->reply.code / 100 != 2)
		failed(c);
	else if (!sasl_client_isdone(&c->sasl))
		stranger(c);
	else {
		sasl_client_free(&c->sasl);
		c->state = CLIENT_READY;
		c->login = 0;
	}
}
