#ifndef SPOOL_STEP_H
#define SPOOL_STEP_H

#include <stddef.h>
#include <stdint.h>

#include "spool/at.h"
#include "spool/letter.h"

/* What is done to a letter that is there (doc/INTERNALS: MARK to PRUNE).
 * All is repeatable, and nothing of it is flushed. Paths are relative to
 * the queue directory queuefd, and scanned before (spool/at.h). */

/* Open a letter to change it, and read its head. Returns a descriptor, or
 * -1 with errno: ENOENT, EBADMSG (damaged), ... */
int step_open(int queuefd, const char *path, struct letter_head *h);

struct step_mark {
	uint32_t n;		/* index of a recipient */
	char status;		/* enum letter_status */
};

/* Overwrite the status octets. 1, or -1 with errno; EINVAL: no such
 * recipient or status; nothing is written then. */
int step_mark(int fd, const struct letter_head *h, const struct step_mark *m,
    size_t n);

/* Append the lines s[0..n) to the history, behind a newline if what is
 * there ends without one; nothing if they are its end already. What was
 * written is taken back if it did not all go. 1, or -1 with errno. */
int step_append(int fd, const char *s, size_t n);

/* Move the letter a, which lies at path, to directory dir of top, made if
 * it is missing. Returns 1 with the new path in to, also if it was there
 * already; 0 if it is at neither; -1 with errno. */
int step_move(int queuefd, const char *path, const struct at *a,
    enum at_top top, uint64_t dir, char to[AT_PATH_OCTETS + 1]);

/* Look for the letter name in all directories of top. Returns 1 with its
 * path in to, 0 if it is in none, -1 with errno. */
int step_find(int queuefd, const char *name, enum at_top top,
    char to[AT_PATH_OCTETS + 1]);

/* Remove the letter. 1, also if it is not there; -1 with errno. */
int step_retire(int queuefd, const char *path);

/* Remove the directory a at path if it is empty. 1, also if it is not
 * there; 0 if it is not empty or (new/G) still in use at now, Unix seconds;
 * -1 with errno. */
int step_prune(int queuefd, const char *path, const struct at *a,
    uint64_t now);

#endif
