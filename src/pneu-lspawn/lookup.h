#ifndef PNEU_LSPAWN_LOOKUP_H
#define PNEU_LSPAWN_LOOKUP_H

#include <stdint.h>
#include <sys/types.h>

/* Who a user is. Asking that in every forked child costs more than the fork
 * (each page of the NSS code is a fault there), so a process that is kept
 * for it, and has no rights, is asked first. It may hang: who is not known
 * from it in time is looked up by the child. It remembers users (known.h).
 *
 * It is trusted as far as the system's own database of users is: with what
 * it says of a user that user's child is made. Nothing that a stranger wrote
 * reaches it but the name, which pneu-alias found to be a user's; whoever
 * broke it could have mail for one user delivered as another, but not as
 * root, nor below min_uid: the child refuses that, whoever says so. */

#define LOOKUP_ASKERS 64	/* runners (runner.h) ask it, too */
#define LOOKUP_PATIENCE_MS 200
#define LOOKUP_S 30		/* a lookup that takes longer ends by SIGALRM */
#define LOOKUP_USER_OCTETS 255
#define LOOKUP_HOME_OCTETS 1000
#define LOOKUP_SHELL_OCTETS 255		/* of one that is longer none is kept */
#define LOOKUP_GROUPS 64

#define WHO_NOBODY 65534	/* uid and gid without rights */

struct who {
	uid_t uid;
	gid_t gid;
	int ngroups;			/* -1: not known */
	gid_t groups[LOOKUP_GROUPS];	/* gid among them */
	char home[LOOKUP_HOME_OCTETS + 1];
	char shell[LOOKUP_SHELL_OCTETS + 1];
};

/* Look user up here and now; the groups too if with is not 0. Returns 1; 0
 * if he is not known; -1 with errno, ERANGE if he is past our limits. */
int who_look_up(struct who *w, const char *user, int withgroups);

struct lookup {
	int fd;			/* -1: not running */
	uint32_t asked, answered;
};

#define LOOKUP_ZERO { .fd = -1 }

/* Ask the process, which is started if it is not there. keep is a
 * descriptor that it keeps as 2; -1: it is not started. Returns 1; 0 if the answer is not known in
 * time, or is not that he is there. */
int lookup_ask(struct lookup *l, const char *user, struct who *w, int keep);

/* A socket for another process of ours to ask the same process by: the fd of
 * its struct lookup. Returns -1 if that cannot be had. */
int lookup_share(struct lookup *l, int keep);

/* Have it end, and with it what it remembers: the next question starts it. */
void lookup_stop(struct lookup *l);

#endif
