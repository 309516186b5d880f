#ifndef DELIVER_MBOX_H
#define DELIVER_MBOX_H

#include <stdint.h>
#include <sys/types.h>
#include <skalibs/stralloc.h>

#include "deliver/boxlock.h"

/* Appending messages to an mbox, a step a call:
 *
 *	mbox_open	open it, make it if it is missing, lock it
 *	mbox_append	any number of times; one that fails leaves nothing
 *	mbox_sync	fsync; the directory too if the file is new. If that
 *			fails all that was appended is taken back
 *	mbox_close	give up the lock
 *
 * A step that fails returns -1 with errno and has set failed to its name. */

#define MBOX_NOGID ((gid_t)-1)

struct mbox_rules {
	unsigned int locks;	/* BOXLOCK_ */
	int spool;		/* of the system's directory of mailboxes: no
				 * symlink, nobody else's, mode 0660 */
	gid_t gid;		/* that has the right to make files in that
				 * directory: our saved one; or MBOX_NOGID */
};

struct mbox {
	const char *path;	/* the caller's */
	const char *failed;
	int fd;
	int created;
	uint64_t before, size;	/* octets before the first append; now */
	struct mbox_rules rules;
	struct boxlock lock;
	stralloc out;
};

#define MBOX_ZERO { .fd = -1, .out = STRALLOC_ZERO }

/* Wait for locks until the monotonic time end, in ms. errno is EINVAL if it
 * is no regular file, EMLINK if it has other names, EPERM if a spool file is
 * not ours. */
int mbox_open(struct mbox *m, const char *path, const struct mbox_rules *r,
    uint64_t end);

/* head is what goes before the message as it stands, its From_ line first;
 * the message is all of descriptor src. */
int mbox_append(struct mbox *m, const char *head, size_t headlen, int src);

int mbox_sync(struct mbox *m);

/* Keeps failed; to be called also after a failed mbox_open. */
void mbox_close(struct mbox *m);
void mbox_free(struct mbox *m);

#endif
