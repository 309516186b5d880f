#ifndef CONF_LISTEN_H
#define CONF_LISTEN_H

#include <stddef.h>
#include <stdint.h>

#include "conf/net.h"

/* An item of the setting listen: "address:port", "[address]:port", and
 * behind it what is spoken there:
 *
 *	/smtp		(or nothing) mail from other hosts
 *	/smtps		the same, TLS from the first octet
 *	/submission	mail of our users, who authenticate (RFC 6409)
 *	/submissions	the same, TLS from the first octet (RFC 8314)
 *
 * and "+proxy" at the end: each connection begins with a PROXY header, as
 * HAProxy sends it. */

enum listen_role {
	LISTEN_SMTP, LISTEN_SMTPS, LISTEN_SUBMISSION, LISTEN_SUBMISSIONS,
	LISTEN_ROLES
};

struct listen_at {
	struct net at;
	uint16_t port;
	enum listen_role role;
	int proxy;
};

/* Parse all of s[0..n). Returns 1, or -1 with errno EINVAL. */
int listen_scan(struct listen_at *l, const char *s, size_t n);

/* "smtp", ...; and back: the role of a word, or LISTEN_ROLES. */
const char *listen_word(enum listen_role r);
enum listen_role listen_role(const char *word);

/* 1 if TLS begins with the first octet there. */
#define listen_istls(r) ((r) == LISTEN_SMTPS || (r) == LISTEN_SUBMISSIONS)

#endif
