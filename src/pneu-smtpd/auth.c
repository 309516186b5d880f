#include "pneu-smtpd/smtpd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf/listen.h"
#include "wire/auth.h"
#include "wire/verdict.h"

/* The tag of an exchange: the session's slot, and a number. */
#define SLOT_BITS 16

/* Names of mechanisms end in the reply to EHLO. */
#define MECHS_OCTETS 300

static int
hassubmission(const struct conf *c)
{
	struct listen_at l;
	const char *s;

	for (s = conf_first(c, CONF_listen); s;
	    s = conf_next(c, CONF_listen, s))
		if (listen_scan(&l, s, strlen(s)) > 0 &&
		    (l.role == LISTEN_SUBMISSION ||
		    l.role == LISTEN_SUBMISSIONS))
			return 1;
	return 0;
}

void
auth_conf(struct smtpd *m)
{
	struct conf *c = &m->conf;
	const char *v, *path = conf_str(c, smtpd_sasl_path);
	size_t n;

	m->sc.auth = conf_num(c, smtpd_sasl_auth_enable) != 0;
	m->sc.tlsauth = conf_num(c, smtpd_tls_auth_only) != 0;
	m->sc.quota = conf_num(c, smtpd_client_message_rate_limit) ||
	    conf_num(c, smtpd_client_recipient_rate_limit);
	m->wantauth = m->sc.auth || hassubmission(c);
	m->owned = conf_lookup(c, "senders", "", 0, &v, &n) != 0;
	/* until pneu-auth says it */
	if (!m->mechs.len && stralloc_copys(&m->mechs, *path ?
	    "PLAIN LOGIN" : "PLAIN LOGIN SCRAM-SHA-256"))
		stralloc_0(&m->mechs);
	m->sc.mechs = m->wantauth && m->mechs.len ? m->mechs.s : 0;
}

static int
reach(struct smtpd *m)
{
	return smtpd_reach(m, &m->auth, &m->auth_retry, "auth");
}

static uint32_t
tag_of(const struct conn *c)
{
	return c->slot << SLOT_BITS | c->authtag;
}

static int
start(struct conn *c, const char *mech, const char *s, size_t n)
{
	struct auth_start a = { .mech = mech, .initial = s, .initiallen = n,
	    .tls = c->s.tls.len != 0, .local = c->s.local };
	char peer[SESSION_CLIENT_OCTETS + 1];
	stralloc *out = &c->m->auth.out;
	const char *from = strchr(c->s.client, '[');
	ssize_t at;

	peer[0] = 0;
	if (from)
		strcpy(peer, from + 1);
	peer[strcspn(peer, "]")] = 0;
	a.client = peer;
	c->authtag = ++c->m->authseq;
	c->authwaits = 's';
	at = frame_begin(out, 'S', tag_of(c));
	return at >= 0 && auth_start_put(out, &a) && frame_end(out, at);
}

static int
quota(struct conn *c, const char *user, size_t rcpts)
{
	struct auth_quota q = { user, rcpts };
	stralloc *out = &c->m->auth.out;
	ssize_t at;

	c->authtag = ++c->m->authseq;
	c->authwaits = 'q';
	at = frame_begin(out, 'Q', tag_of(c));
	return at >= 0 && auth_quota_put(out, &q) && frame_end(out, at);
}

void
auth_drop(struct conn *c)
{
	if (c->authwaits == 's' && c->m->auth.fd >= 0)
		frame_put(&c->m->auth.out, 'A', tag_of(c), "", 0);
	c->authwaits = 0;
}

int
auth_send(struct conn *c, char type, const char *mech, const char *s,
    size_t n)
{
	if (type == 'A') {
		auth_drop(c);
		return 1;
	}
	if (type == 'R')	/* that of a connection that has gone is lost */
		return c->authwaits == 's' && c->m->auth.fd >= 0 &&
		    frame_put(&c->m->auth.out, 'R', tag_of(c), s, n);
	if (!reach(c->m))
		return 0;
	return type == 'S' ? start(c, mech, s, n) : quota(c, mech, n);
}

/* Is addr one of list[0..n): addresses, @domains, or *? */
static int
islisted(const char *addr, const char *list, size_t n)
{
	const char *at = strrchr(addr, '@'), *v = list, *end = list + n;
	size_t len;

	for (; v < end; v += len + 1) {
		for (len = 0; v + len < end && v[len] != ' '; len++)
			;
		if ((len == 1 && *v == '*') ||
		    (len == strlen(addr) && !strncasecmp(v, addr, len)) ||
		    (at && *v == '@' && len == strlen(at) &&
		    !strncasecmp(v, at, len)))
			return 1;
	}
	return 0;
}

/* Take the extension out of addr; 0 if it has none. Behind a + only: where -
 * divides, too, ann-marie may be somebody else than ann. */
static int
shorten(char *addr, const char *delimiters)
{
	char *at = strrchr(addr, '@'), *ext = strchr(addr, '+');

	if (!strchr(delimiters, '+') || !at || !ext || ext == addr ||
	    ext > at || *addr == '"')
		return 0;
	memmove(ext, at, strlen(at) + 1);
	return 1;
}

/* By the row of a user; who has none is himself. As in Postfix, who is ann@
 * is ann+ext@, too. */
int
auth_owns(struct conn *c, const char *user, const char *addr)
{
	const char *v;
	char key[256], own[ADDRESS_PATH_OCTETS + 1];
	size_t n;
	int r;

	if (!c->m->owned)
		return 1;
	for (n = 0; user[n] && n < sizeof key; n++)
		key[n] = user[n] >= 'A' && user[n] <= 'Z' ? user[n] | 32 :
		    user[n];
	r = conf_lookup(&c->m->conf, "senders", key, n, &v, &n);
	if (r < 0)
		return -1;
	snprintf(own, sizeof own, "%s", addr);
	do
		if (r ? islisted(own, v, n) : !strcasecmp(user, own))
			return 1;
	while (shorten(own, conf_str(&c->m->conf, recipient_delimiter)));
	return 0;
}

/* Nobody will answer what is asked. */
static void
broken(struct smtpd *m)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;

	stream_close(&m->auth);
	for (i = 0; i < n; i++) {
		if (!all[i] || !all[i]->authwaits)
			continue;
		if (all[i]->authwaits == 's')
			session_authed(&all[i]->s, 0, m->now);
		else
			session_allowed(&all[i]->s, 0, m->now);
		all[i]->authwaits = 0;
		all[i]->dirty = 1;
	}
}

/* Which mechanisms there are: words of printable ASCII. */
static int
mechanisms(struct smtpd *m, const struct frame *f)
{
	size_t i;

	if (f->n > MECHS_OCTETS)
		return (errno = EPROTO, -1);
	for (i = 0; i < f->n; i++)
		if (f->s[i] < 32 || f->s[i] > 126)
			return (errno = EPROTO, -1);
	m->mechs.len = 0;
	if (!stralloc_catb(&m->mechs, f->s, f->n) || !stralloc_0(&m->mechs))
		m->mechs.len = 0;
	m->sc.mechs = m->wantauth && m->mechs.len > 1 ? m->mechs.s : 0;
	return 0;
}

static int
answer(struct smtpd *m, struct frame *f)
{
	uint32_t slot = f->tag >> SLOT_BITS;
	struct verdict v;
	struct conn *c;
	char waits;

	if (f->type == 'M')
		return mechanisms(m, f);
	if (slot >= genalloc_len(struct conn *, &m->conns))
		return (errno = EPROTO, -1);
	c = genalloc_s(struct conn *, &m->conns)[slot];
	if (!c || !c->authwaits || c->authtag != (uint16_t)f->tag)
		return 0;	/* nobody waits for it any more */
	c->dirty = 1;
	if (f->type == 'C')
		session_challenged(&c->s, f->s, f->n, m->now);
	else if (f->type == 'U')
		session_named(&c->s, f->s, f->n);
	else if (f->type == 'V' && verdict_scan(&v, f->s, f->n) > 0) {
		waits = c->authwaits;
		c->authwaits = 0;
		if (waits == 's')
			session_authed(&c->s, &v, m->now);
		else
			session_allowed(&c->s, &v, m->now);
	} else
		return (errno = EPROTO, -1);
	return 0;
}

void
auth_read(struct smtpd *m)
{
	if (smtpd_hear(m, &m->auth, "run/auth/auth", answer) < 0)
		broken(m);
}

/* A connection is there before it is needed, so that what pneu-auth offers is
 * known. */
void
auth_turn(struct smtpd *m)
{
	if (m->wantauth && m->nconns)
		reach(m);
	if (m->auth.fd < 0 || !stream_pending(&m->auth))
		return;
	if (stream_flush(&m->auth) < 0)
		broken(m);
	else if (!stream_pending(&m->auth))
		memset(m->auth.out.s, 0, m->auth.out.a);
}
