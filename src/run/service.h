#ifndef RUN_SERVICE_H
#define RUN_SERVICE_H

#include <sys/types.h>

#include "conf/conf.h"

/* How every service starts, in this order:
 *
 *	run_init	home, settings, log prefix
 *	run_dir		directories that it owns, while still root
 *	run_bind	its sockets, while still root
 *	run_become	its uid, no new privileges, its jail
 *	run_ready	tell the supervisor
 *
 * Without root all services have the caller's uid, and run_become only
 * does the last two. All of these die (111, or 100 for misuse) with a
 * message rather than fail. */

#define RUN_HOME_OCTETS 1024

/* The home of this instance: PNEU_HOME, or what conf-home said. Absolute,
 * no trailing slash. */
const char *run_home(void);

/* "HOME/SUB" in static storage that lasts until the next call. */
const char *run_path(const char *sub);

/* Set PROG, ignore SIGPIPE, chdir to the home, open etc/pneu.cdb into c. If
 * there is none the defaults count; if there is a pneu.conf then, die. From
 * here on, paths relative to the home work. */
void run_init(const char *prog, struct conf *c);

/* Open etc/pneu.cdb anew, for SIGHUP. c is as it was if that fails, which
 * is logged. Returns 1 or 0. */
int run_reload(struct conf *c);

/* uid and gid of one of our users ("pneuq", ...): from the setting "users",
 * else from the system's; without root, the caller's own. */
void run_user(const struct conf *c, const char *name, uid_t *uid, gid_t *gid);

/* 1 if there is such a user of ours, or we are not root. */
int run_hasuser(const struct conf *c, const char *name);

/* Make HOME/SUB with this mode, owner and group (names as for run_user, 0
 * is root), or mend an existing one. */
void run_dir(const struct conf *c, const char *sub, mode_t mode,
    const char *user, const char *group);

/* Bind and listen on HOME/run/DIR/NAME; make run/DIR, mode 0710 (0755 for
 * "pub") root:GROUP. A dead socket in the place is replaced. Returns a
 * non-blocking, close-on-exec descriptor. */
int run_bind(const struct conf *c, const char *dir, const char *name,
    const char *group);

/* Connect to HOME/run/DIR/NAME. Returns a non-blocking, close-on-exec
 * descriptor, or -1 with errno (ECONNREFUSED or ENOENT: not running;
 * EAGAIN: its backlog is full). Never waits. */
int run_connect(const char *dir, const char *name);

/* accept(2), non-blocking and close-on-exec; -1 with errno. */
int run_accept(int fd);

/* uid of the peer of a connected Unix socket. Returns 0, or -1 with errno. */
int run_peer(int fd, uid_t *uid);

/* 1 if uid is that of our user NAME (see run_user) or, without root, our
 * own. */
int run_isuser(const struct conf *c, uid_t uid, const char *name);

/* A directory that may be read in the jail beside those of the table in
 * run/jail.c: before run_become. The string is copied; more than
 * RUN_GRANTS are passed over. */
#define RUN_GRANTS 64
void run_grant(const char *path);

/* Become what the table in run/jail.c says of PROG: user, group,
 * supplementary groups, capabilities, no new privileges, Landlock,
 * seccomp. What the kernel lacks is logged in one line and done without. */
void run_become(const struct conf *c, const char *prog);

/* Tell the supervisor that we serve: a newline on descriptor 3 if the
 * environment's PNEU_NOTIFY names one (the run scripts do), then close. */
void run_ready(void);

#endif
