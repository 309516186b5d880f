#ifndef DELIVER_MAILDIR_H
#define DELIVER_MAILDIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* One message on its way into a Maildir, a step a call:
 *
 *	maildir_create	tmp/NAME
 *	maildir_write	any number of times
 *	maildir_sync	fsync and close: the data is durable
 *	maildir_publish	rename to new/NAME,S=SIZE: readers may see it
 *	sync_dir	of new/: the message is delivered (maildir_new)
 *
 * A step that fails returns -1 with errno and has set failed to its name;
 * maildir_drop then removes what is there. Paths are relative to the current
 * directory. NAME is made as cr.yp.to/proto/maildir.html has it. */

#define MAILDIR_HOST_OCTETS 100	/* of a host's name in a file name */
#define MAILDIR_NAME_OCTETS 255
#define MAILDIR_PATH_OCTETS 1300

struct maildir_namer {
	char host[MAILDIR_HOST_OCTETS + 1];
	pid_t pid;
	uint64_t count;
};

/* host is kept cut and escaped. To be called anew after fork. */
void maildir_namer_init(struct maildir_namer *m, const char *host);

/* A name: SECONDS.MmicrosPpidQcount.host. s has MAILDIR_NAME_OCTETS + 1. */
void maildir_name(struct maildir_namer *m, char *s, uint64_t seconds,
    uint32_t micros);

struct maildir_file {
	const char *dir;		/* kept by the caller; no slash at end */
	const char *failed;		/* the step that failed, or 0 */
	int error;			/* its errno */
	int fd;				/* -1 if closed */
	char where;			/* 0 nowhere, 't' in tmp, 'n' in new */
	uint64_t size;
	char name[MAILDIR_NAME_OCTETS + 1];
};

/* Creates the Maildir too if it is missing (durably, mode 0700). The mode of
 * files is 0600. */
int maildir_create(struct maildir_file *f, const char *dir,
    struct maildir_namer *m);

/* Write all of v[0..n), which is changed. */
int maildir_write(struct maildir_file *f, struct iovec *v, int n);

int maildir_sync(struct maildir_file *f);
int maildir_publish(struct maildir_file *f);

/* Close and remove; from new/ too. Keeps failed and error. */
void maildir_drop(struct maildir_file *f);

/* Note that a step failed with errno. Returns -1. */
int maildir_fail(struct maildir_file *f, const char *step);

/* The path of SUB ("tmp", "new") or of NAME in it, into s, which has
 * MAILDIR_PATH_OCTETS. Returns 0, or -1 with ENAMETOOLONG. */
int maildir_path(char *s, const char *dir, const char *sub,
    const char *name);

#endif
