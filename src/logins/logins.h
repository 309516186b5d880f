#ifndef LOGINS_LOGINS_H
#define LOGINS_LOGINS_H

#include <stddef.h>
#include <sys/types.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

/* Our logins at other hosts: HOME/etc/sasl_passwd, written as Postfix's
 * smtp_sasl_password_maps. Lines
 *
 *	KEY USER:PASSWORD
 *
 * KEY is a sender's address or the @domain of senders, the name of a host, or
 * a next hop as relayhost and the table routes have it: domain, [host],
 * [address], each with :port or not. The password is the rest of the line
 * behind the first colon, spaces in it too, those at its end not; one that
 * begins with "oauth:" is a token (sasl/client.h). Lines that begin with
 * white space go on with the one before: USER:PASSWORD may stand there.
 * Empty lines, and lines that begin with # behind white space or none, are
 * passed over. Of two with one key the first counts.
 *
 * Nothing here ever tells more of a line than where it is: it has a
 * password. */

#define LOGINS_FILE "etc/sasl_passwd"
#define LOGINS_FILE_OCTETS (4u << 20)
#define LOGINS_USER_OCTETS 255		/* as sasl/server.h */
#define LOGINS_PASS_OCTETS 8192		/* RFC 4954 section 4: 12288 of base
					 * 64, and a token has company */

struct logins_row {
	const char *key;	/* in lower case */
	const char *user, *pass;
	unsigned int line;
};

struct logins {
	stralloc text;		/* what the rows point into */
	genalloc rows;		/* of struct logins_row, sorted by key */
	int senders;		/* there is a key with an @ */
};

#define LOGINS_ZERO { .text = STRALLOC_ZERO, .rows = GENALLOC_ZERO }

/* Something is wrong at this line and column, or only odd: warn. */
typedef void logins_tell(void *arg, unsigned int line, unsigned int col,
    int warn, const char *what);

/* Take x->text, the whole file, apart; it is changed. Rows that are wrong
 * are told of, and left out. Returns how many are wrong, or -1 with
 * ENOMEM. */
int logins_scan(struct logins *x, logins_tell *tell, void *arg);

/* Octets that hold passwords are overwritten, and freed. */
void logins_free(struct logins *x);

/* The row for a sender (its address; without its extension, behind one of
 * delimiters; @domain), or 0. */
const struct logins_row *logins_sender(const struct logins *x,
    const char *sender, const char *delimiters);

/* The row for a host that was found by way of a next hop, both in lower
 * case: the host's, else the next hop's; or 0. */
const struct logins_row *logins_host(const struct logins *x,
    const char *host, const char *nexthop);

/* What is wrong with the mode of the file, whose group is owner, for readers
 * whose group is ours; 0 if nobody else can read it. */
const char *logins_guard(mode_t mode, gid_t owner, gid_t ours);

/* One row (row.c): key, user and password of s[0..n), where lines that it
 * goes over have their newlines. Returns 0, or what is wrong at *at. */
struct logins_words {
	size_t key, keylen, user, userlen, pass, passlen;	/* offsets */
};
const char *logins_words(struct logins_words *w, const char *s, size_t n,
    size_t *at);

#endif
