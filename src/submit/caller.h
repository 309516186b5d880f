#ifndef SUBMIT_CALLER_H
#define SUBMIT_CALLER_H

#include <stddef.h>
#include <sys/types.h>

/* Who calls us: login name and full name of a uid. */

#define CALLER_OCTETS 256	/* of either; longer is cut */

struct caller {
	char login[CALLER_OCTETS + 1];
	char name[CALLER_OCTETS + 1];	/* "" if there is none */
};

/* Look uid up in /etc/passwd and, if it is not there, with getent(1), which
 * costs more than all the rest of a call. Returns 1, or 0 if there is no
 * such user (login is then its number). */
int caller_lookup(struct caller *c, uid_t uid);

/* One line of passwd(5) with or without its newline: 1 and c filled in if
 * it is uid's; 0 if it is another's, or malformed. */
int caller_scan(struct caller *c, const char *s, size_t n, uid_t uid);

/* The full name of a gecos field: up to a comma, '&' the login name with a
 * capital. */
void caller_gecos(struct caller *c, const char *gecos, size_t n);

#endif
