#include <skalibs/nonposix.h>

#include "spool/spare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/direntry.h>

#include "spool/letter.h"
#include "spool/slot.h"

/* Is it whole, and does a recipient wait? 1 with its path in to; 0; -1 with
 * errno: it cannot be read. */
static int
waits(struct letter *l, int queuefd, const char *path,
    char to[LETTER_PATH_OCTETS + 1])
{
	struct letter_name n;
	unsigned int len;
	int r = letter_open(l, queuefd, path);

	if (r > 0)
		r = memchr(l->status, LETTER_WAITING, l->head.nrcpts) ?
		    letter_verify(l) : 0;
	if (r < 0)
		r = errno == EBADMSG ? 0 : -1;
	if (r > 0) {
		memcpy(n.id, l->head.id, sizeof n.id);
		n.hash = letter_hash_envelope(&l->env);
		n.size = l->head.msglen;
		len = at_dir_fmt(to, AT_NEW, l->env.time / GENERATION_S);
		to[len++] = '/';
		letter_name_fmt(to + len, &n);
	}
	letter_close(l);
	return r;
}

/* It has its name in dir: without the other, when that is durable. */
static int
keep(int queuefd, const char *path, const char *dir)
{
	int fd = openat(queuefd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	r = fsync(fd);
	close(fd);
	return r < 0 ? -1 : unlinkat(queuefd, path, 0);
}

/* To its place in new/, where it mostly has its second name. 1 if it had
 * not, 0, or -1 with errno. */
static int
bring(int queuefd, const char *path, const char *to)
{
	char dir[LETTER_PATH_OCTETS + 1];
	struct stat here, there;

	strcpy(dir, to);
	*strrchr(dir, '/') = 0;
	if (mkdirat(queuefd, dir, 0750) < 0 && errno != EEXIST)
		return -1;
	if (fstatat(queuefd, path, &here, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (fstatat(queuefd, to, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    here.st_ino == there.st_ino && here.st_dev == there.st_dev)
		return keep(queuefd, path, dir);
	return renameat(queuefd, path, queuefd, to) < 0 ? -1 : 1;
}

int
spare_start(int queuefd, void (*warn)(const char *path))
{
	struct letter l = LETTER_ZERO;
	char path[sizeof "spare/" + 255], to[LETTER_PATH_OCTETS + 1];
	int fd = openat(queuefd, "spare", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? 0 : fdopendir(fd);
	struct dirent *e;
	int n = 0;

	if (!dir)
		return -1;
	while ((e = readdir(dir))) {
		int r;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "spare/%s", e->d_name);
		r = waits(&l, queuefd, path, to);
		if (r > 0)
			r = bring(queuefd, path, to);
		else if (!r)
			r = unlinkat(queuefd, path, 0);
		if (r > 0)
			n++;
		if (r < 0)
			warn(path);
	}
	closedir(dir);
	letter_free(&l);
	return n;
}
