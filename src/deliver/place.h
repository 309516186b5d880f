#ifndef DELIVER_PLACE_H
#define DELIVER_PLACE_H

#include <stdint.h>
#include <sys/stat.h>
#include <skalibs/stralloc.h>

#include "deliver/mbox.h"
#include "wire/verdict.h"

/* Where a worker delivers, and by which rules. */

struct place {
	const char *home;	/* the user's home or, for virtual mailboxes,
				 * their base */
	int from;		/* where home begins if it is relative: a
				 * directory open for reading */
	const char *maildir;	/* the user's Maildir, from his home; or 0 */
	const char *mbox;	/* or his mbox, from there or from the root;
				 * both 0: each recipient's own Maildir
				 * (virtual mailboxes) */
	const char *command;	/* or, if not 0, what takes all his mail: the
				 * setting mailbox_command */
	const char *relay;	/* for reports: "local" or "virtual" */
	const char *host;	/* for the names of files */

	/* what a user may say; user 0: nothing */
	const char *user, *shell;
	const char *forward_path;	/* the setting */
	int obeys;		/* does what target= says: the user has no
				 * rights (default_privs) */
	struct mbox_rules box;	/* for mbox; for other files but spool, gid */
	uint64_t limit_ms;	/* of a command, and of waiting for a lock */
};

/* Make home the current directory and look whether mail may be delivered
 * there now: as with qmail, not while others may write to it (they could
 * put a Maildir there) or while it is sticky (its owner is at work on it).
 * Base directories of virtual mailboxes are only entered, and who obeys need
 * have no home: his is the root. Returns 1, or 0 with v filled, its text in
 * text. */
int place_enter(const struct place *p, struct verdict *v, stralloc *text);

/* 1 if others may write to what st describes: everybody, or a group that is
 * not the user's own. That is his primary group if it has his number, as
 * Debian and others make it for each user (and a umask of 002 with it). */
int place_isothers(const struct stat *st);

/* 1 if p is for virtual mailboxes. */
int place_isvirtual(const struct place *p);

/* Make v "later", code, the strings up to a null pointer, which text keeps.
 * Returns 0. */
int place_fail(struct verdict *v, stralloc *text, const char *code, ...);
#define place_refuse(v, text, ...) \
	place_fail(v, text, __VA_ARGS__, (const char *)0)

/* The status code of RFC 3463 for a file that could not be written because
 * of errno e. */
const char *place_code(int e);

#endif
