#include <skalibs/nonposix.h>

#include "run/jail-internal.h"

#include <errno.h>

#if defined(__linux__) && !defined(PNEU_NO_JAIL)

#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface (Documentation/userspace-api/landlock.rst), written
 * down here because the headers of Debian 12 end at version 2 of 7. */
#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule 445
#define __NR_landlock_restrict_self 446
#endif

#define VERSION 1u		/* landlock_create_ruleset: ask for it */
#define PATH_BENEATH 1

#define EXECUTE (1u << 0)
#define WRITE_FILE (1u << 1)
#define READ_FILE (1u << 2)
#define READ_DIR (1u << 3)
#define MAKE_ETC (0x1ffu << 4)	/* remove and make entries: bits 4 to 12 */
#define REFER (1u << 13)	/* 2: rename and link between directories */
#define TRUNCATE (1u << 14)	/* 3 */
#define IOCTL_DEV (1u << 15)	/* 5 */
#define MAKE_OURS (3u << 4 | 3u << 7)	/* remove both, make dir and file */

#define NET_TCP 3u		/* 4: bind and connect */
#define SCOPE 3u		/* 6: abstract sockets, signals */

struct ruleset {
	uint64_t fs, net, scoped;
};

struct beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

static uint64_t
rights(char c)
{
	switch (c) {
	case 'x':
		return READ_FILE | READ_DIR | EXECUTE;
	case 'w':
		return READ_FILE | READ_DIR | WRITE_FILE | MAKE_OURS | REFER |
		    TRUNCATE;
	default:
		return READ_FILE | READ_DIR;
	}
}

static int
allow(int rules, const struct jail_path *p, uint64_t handled)
{
	struct beneath b = { rights(p->right) & handled, -1 };
	struct stat st;
	int r, e;

	b.fd = open(p->path, O_PATH | O_CLOEXEC);
	if (b.fd < 0)
		return errno == ENOENT || errno == ENOTDIR ||
		    errno == EACCES ? 0 : -1;
	if (fstat(b.fd, &st) == 0 && !S_ISDIR(st.st_mode))
		b.allowed &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
	r = (int)syscall(__NR_landlock_add_rule, rules, PATH_BENEATH, &b, 0);
	e = errno;
	close(b.fd);
	errno = e;
	return r;
}

/* Rights that this version does not know must not be asked for. */
static void
mask(struct ruleset *r, int version, unsigned int sets)
{
	r->fs = EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | MAKE_ETC | REFER;
	if (version >= 3)
		r->fs |= TRUNCATE;
	if (version >= 4 && !(sets & JAIL_NET))
		r->net = NET_TCP;
	if (version >= 5)
		r->fs |= IOCTL_DEV;
	if (version >= 6)
		r->scoped = SCOPE;
}

int
jail_files(const struct jail_path *paths, size_t n, unsigned int sets)
{
	struct ruleset r = { 0, 0, 0 };
	int version, rules, e;
	size_t i;

	version = (int)syscall(__NR_landlock_create_ruleset, 0, 0, VERSION);
	if (version < 2)	/* 1 has no rename between directories */
		return 0;
	mask(&r, version, sets);
	rules = (int)syscall(__NR_landlock_create_ruleset, &r, sizeof r, 0);
	if (rules < 0)
		return -1;
	for (i = 0; i < n; i++)
		if (allow(rules, paths + i, r.fs) < 0)
			goto fail;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(__NR_landlock_restrict_self, rules, 0) < 0)
		goto fail;
	close(rules);
	return 1;
fail:
	e = errno;
	close(rules);
	errno = e;
	return -1;
}

#else

int
jail_files(const struct jail_path *paths, size_t n, unsigned int sets)
{
	return 0;
}

#endif
