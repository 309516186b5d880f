#ifndef DELIVER_MAILBOX_H
#define DELIVER_MAILBOX_H

/* Where a virtual mailbox may lie: below its base and nowhere else. */

#define MAILBOX_PATH_OCTETS 1000

/* 1 if path is one for a mailbox: relative, no component that is empty,
 * "." or "..", no control characters, at most MAILBOX_PATH_OCTETS; one
 * slash at the end is allowed. Else 0. */
int mailbox_isgood(const char *path);

/* Make the directory path, relative to the current one, and what is missing
 * above it, each with mode (before umask), all durable: the directory that
 * holds a new one is fsynced. Returns 0, or -1 with errno. */
int mailbox_mkdir(const char *path, unsigned int mode);

#endif
