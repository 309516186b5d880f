#ifndef RUN_JAIL_INTERNAL_H
#define RUN_JAIL_INTERNAL_H

#include <stddef.h>

/* The two halves of a jail, each in one file, and each a no-op returning 0
 * where the system has no such thing, or with -DPNEU_NO_JAIL in conf-cc
 * (for valgrind and the sanitizers, which need more calls than we do). */

/* A file or directory, from the home or from the root, and what may be done
 * with it and below: 'r' read, 'w' read, write, make, rename and remove, 'x'
 * read and execute. One that is not there is passed over. */
struct jail_path {
	char right;
	const char *path;
};

/* System calls beyond those that every service needs. */
#define JAIL_WRITE 1u		/* change files and directories */
#define JAIL_FORK 2u		/* make processes, signal and await them */
#define JAIL_EXEC 4u		/* become another program */
#define JAIL_CODE 8u		/* load shared objects: NSS */
#define JAIL_NET 16u		/* sockets of IPv4 and IPv6 */
#define JAIL_OPEN 32u		/* no jail at all, only another user: for who
				 * starts programs that are not ours */
#define JAIL_GUISE 64u		/* be another, but root, to the file system */
#define JAIL_SECRET 128u	/* not a call: it holds passwords, so no
				 * core of it is written, and as a user of
				 * its own nobody traces it */

/* No file is reached but those in paths[0..n); no TCP without JAIL_NET; no
 * signals and no abstract sockets beyond the jail. As much of it as the
 * kernel has. Returns 1, 0 if it has nothing of it, -1 with errno. */
int jail_files(const struct jail_path *paths, size_t n, unsigned int sets);

/* No system calls but those of the sets. Others are answered ENOSYS, and
 * each is named in the log once. Returns as jail_files. */
int jail_calls(unsigned int sets);

#endif
