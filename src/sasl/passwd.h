#ifndef SASL_PASSWD_H
#define SASL_PASSWD_H

#include <stddef.h>

#include "sasl/verifier.h"

/* Our own file of users, HOME/etc/passwd: lines
 *
 *	USER:{SCRAM-SHA-256}ITERATIONS,SALT,STOREDKEY,SERVERKEY
 *
 * as Dovecot's passwd-file has them; what stands behind another colon is
 * passed over, and so are empty lines and those that begin with #. */

#define PASSWD_FILE "etc/passwd"
#define PASSWD_FILE_OCTETS (64u << 20)
#define PASSWD_LINE_OCTETS 4096

struct passwd_line {
	const char *user;	/* points into the text, no NUL */
	size_t userlen;
	const char *word;	/* what verifier_scan takes */
	size_t wordlen;
};

enum passwd_kind { PASSWD_END, PASSWD_LINE, PASSWD_EMPTY, PASSWD_BAD };

/* The line at offset *at of the text s[0..n); *at becomes that of the next.
 * PASSWD_BAD: there is no colon, no user, or it is too long; whether the
 * word is one is for verifier_scan. */
enum passwd_kind passwd_next(struct passwd_line *l, const char *s, size_t n,
    size_t *at);

/* 1 if s[0..n) may be a user's name: not empty, not over 255 octets
 * (sasl/server.h), no colon, no control character, not a # in front. */
int passwd_isuser(const char *s, size_t n);

#endif
