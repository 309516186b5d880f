#include <skalibs/nonposix.h>

#include "run/service.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/posixplz.h>
#include <skalibs/socket.h>
#include <skalibs/strerr.h>
#include <skalibs/sysdeps.h>

#include "run/run-internal.h"

#define BACKLOG 1024		/* connections waiting for accept */

/* The owner of a directory below ours may have put a link in its place: so
 * owner and mode are set on what was opened, and no link is followed. */
void
run_dir(const struct conf *c, const char *sub, mode_t mode, const char *user,
    const char *group)
{
	struct stat st;
	uid_t uid;
	gid_t gid;
	int fd;

	run_user(c, user, &uid, &gid);
	gid = run_group(c, group);
	if (mkdir(sub, 0700) < 0 && errno != EEXIST)
		strerr_diefusys(111, "mkdir ", run_path(sub));
	fd = open(sub, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		strerr_diefusys(111, "open ", run_path(sub));
	if ((run_isroot() && (st.st_uid != uid || st.st_gid != gid) &&
	    fchown(fd, uid, gid) < 0) ||
	    ((st.st_mode & 07777) != mode && fchmod(fd, mode) < 0))
		strerr_diefusys(111, "set owner and mode of ", run_path(sub));
	close(fd);
}

/* Whose socket stands in our place: a live one is another instance. */
static void
clear(const struct sockaddr_un *un)
{
	int fd = ipc_stream_nbcoe();

	if (fd < 0)
		strerr_diefusys(111, "make a socket");
	if (connect(fd, (const struct sockaddr *)un, sizeof *un) == 0 ||
	    errno == EAGAIN)
		strerr_dief(111, run_path(un->sun_path),
		    " is served already, by another process");
	close(fd);
	if (unlink(un->sun_path) < 0 && errno != ENOENT)
		strerr_diefusys(111, "remove ", run_path(un->sun_path));
}

int
run_bind(const struct conf *c, const char *dir, const char *name,
    const char *group)
{
	struct sockaddr_un un;
	char sub[sizeof un.sun_path];
	mode_t mask;
	int fd, r;

	if (run_address(&un, dir, name) < 0)
		strerr_dief(100, "name of a socket too long: ", name);
	memcpy(sub, un.sun_path, sizeof sub);
	sub[4 + strlen(dir)] = 0;
	run_dir(c, "run", 0755, "root", "root");
	run_dir(c, sub, strcmp(dir, "pub") ? 0710 : 0755, "root", group);
	clear(&un);
	fd = ipc_stream_nbcoe();
	if (fd < 0)
		strerr_diefusys(111, "make a socket");
	mask = umask(0);	/* the directory says who may knock */
	r = bind(fd, (struct sockaddr *)&un, sizeof un);
	umask(mask);
	if (r < 0 || listen(fd, BACKLOG) < 0)
		strerr_diefusys(111, "listen on ", run_path(un.sun_path));
	return fd;
}

int
run_accept(int fd)
{
	int r;

	do
#ifdef SKALIBS_HASACCEPT4
		r = accept4(fd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
		r = accept(fd, 0, 0);
#endif
	while (r < 0 && errno == EINTR);
#ifndef SKALIBS_HASACCEPT4
	if (r >= 0 && (ndelay_on(r) < 0 || coe(r) < 0)) {
		close(r);
		return -1;
	}
#endif
	return r;
}

int
run_peer(int fd, uid_t *uid)
{
	gid_t gid;

	return getpeereid(fd, uid, &gid);
}
