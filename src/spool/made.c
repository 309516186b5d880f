#include "spool/made.h"

#include <skalibs/nonposix.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/genalloc.h>

#include "spool/walk.h"

#define KEY_OCTETS (LETTER_ID_OCTETS + 1 + MADE_STEP_OCTETS + 1)
#define PATH_OCTETS (5 + LETTER_ID_OCTETS + 2)	/* made/ID.d */
#define TRIES 100			/* ids that others have already */

static void
path_fmt(char p[PATH_OCTETS + 1], const char *id, int gone)
{
	snprintf(p, PATH_OCTETS + 1, "made/%.18s%s", id, gone ? ".d" : "");
}

static size_t
key_fmt(char key[KEY_OCTETS + 1], const char *parent, const char *step)
{
	size_t n = strlen(step), i;

	for (i = 0; i < n; i++)
		if ((unsigned char)step[i] < 32 || step[i] == 127)
			n = 0;
	if (!letter_isid(parent, strlen(parent)) || !n ||
	    n > MADE_STEP_OCTETS)
		return 0;
	return (size_t)sprintf(key, "%s %s\n", parent, step);
}

static int
put_key(int fd, const char *key, size_t n)
{
	ssize_t r;
	int e;

	do
		r = pwrite(fd, key, n, 0);
	while (r < 0 && errno == EINTR);
	e = r < 0 ? errno : ENOSPC;
	if (close(fd) < 0 && r == (ssize_t)n)
		return -1;
	return r == (ssize_t)n ? 1 : (errno = e, -1);
}

/* Is the file at path about this key? 1; 0: about another; 2: there is no
 * file, or one that a power cut has left empty or torn; -1. */
static int
has_key(int queuefd, const char *path, const char *key, size_t n)
{
	char s[KEY_OCTETS + 1];
	int fd = openat(queuefd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t r;

	if (fd < 0)
		return errno == ENOENT ? 2 : -1;
	do
		r = read(fd, s, sizeof s);
	while (r < 0 && errno == EINTR);
	close(fd);
	if (r < 0)
		return -1;
	if (!r || s[r - 1] != '\n')
		return 2;
	return (size_t)r == n && !memcmp(s, key, n);
}

/* One id: as made_claim, or 3: it is another step's. */
static int
claim(int queuefd, const char *id, const char *key, size_t n)
{
	char path[PATH_OCTETS + 1];
	int fd, r;

	path_fmt(path, id, 1);
	if ((r = has_key(queuefd, path, key, n)) != 2)
		return r < 0 ? -1 : r ? MADE_GONE : 3;
	path_fmt(path, id, 0);
	fd = openat(queuefd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0640);
	if (fd >= 0)
		return put_key(fd, key, n) < 0 ? -1 : MADE_NEW;
	if (errno != EEXIST ||
	    (r = has_key(queuefd, path, key, n)) < 0)
		return -1;
	if (r == 2) {
		fd = openat(queuefd, path, O_WRONLY | O_CREAT | O_CLOEXEC,
		    0640);
		if (fd < 0 || put_key(fd, key, n) < 0)
			return -1;
	}
	return r ? MADE_AGAIN : 3;
}

int
made_claim(int queuefd, const char *parent, const char *step,
    char id[LETTER_ID_OCTETS + 1])
{
	char key[KEY_OCTETS + 1];
	size_t n = key_fmt(key, parent, step);
	unsigned int try;
	int r;

	if (!n)
		return (errno = EINVAL, -1);
	for (try = 0; try < TRIES; try++) {
		letter_id_derive(id, parent, step, try);
		if ((r = claim(queuefd, id, key, n)) != 3)
			return r;
	}
	return (errno = EEXIST, -1);
}

/* Is the letter in this directory? */
static int
find_in(int queuefd, const char *dir, const char *id)
{
	struct walk w = WALK_ZERO;
	struct letter_name n;
	const char *bad;
	int r = walk_open(&w, queuefd, dir), found = 0;

	if (r <= 0)
		return r;
	while (!found && (r = walk_next(&w, &n, &bad)) > 0)
		found = r == 1 && !strcmp(n.id, id);
	walk_close(&w);
	return r < 0 ? -1 : found;
}

static int
find_below(int queuefd, const char *top, const char *id)
{
	genalloc dirs = GENALLOC_ZERO;
	char dir[32];
	size_t i;
	int r = walk_dirs(queuefd, top, &dirs) < 0 ? -1 : 0;

	for (i = 0; !r && i < genalloc_len(uint64_t, &dirs); i++) {
		uint64_t u = genalloc_s(uint64_t, &dirs)[i];

		if (*top == 'n')
			snprintf(dir, sizeof dir, "%s/%08llx", top,
			    (unsigned long long)u);
		else
			snprintf(dir, sizeof dir, "%s/%llu", top,
			    (unsigned long long)u);
		r = find_in(queuefd, dir, id);
	}
	genalloc_free(uint64_t, &dirs);
	return r;
}

/* In the order in which letters move, so that one that does is not missed;
 * and last whether it has gone meanwhile. */
int
made_find(int queuefd, const char *id)
{
	char path[PATH_OCTETS + 1];
	struct stat st;
	int r;

	if ((r = find_in(queuefd, "hold", id)) ||
	    (r = find_below(queuefd, "new", id)) ||
	    (r = find_below(queuefd, "defer", id)) ||
	    (r = find_in(queuefd, "hold", id)) ||
	    (r = find_in(queuefd, "bad", id)))
		return r;
	path_fmt(path, id, 1);
	if (fstatat(queuefd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -1;
}

int
made_gone(int queuefd, const char *id)
{
	char from[PATH_OCTETS + 1], to[PATH_OCTETS + 1];

	path_fmt(from, id, 0);
	path_fmt(to, id, 1);
	return renameat(queuefd, from, queuefd, to) == 0 ||
	    errno == ENOENT ? 1 : -1;
}

int
made_forget(int queuefd, const char *id)
{
	char path[PATH_OCTETS + 1];
	int gone;

	for (gone = 0; gone < 2; gone++) {
		path_fmt(path, id, gone);
		if (unlinkat(queuefd, path, 0) < 0 && errno != ENOENT)
			return -1;
	}
	return 1;
}

int
made_sweep(int queuefd, uint64_t now)
{
	int fd = openat(queuefd, "made", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? 0 : fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (!dir)
		return -1;
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.' && fstatat(fd, e->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 &&
		    (uint64_t)st.st_mtime + MADE_KEEP_S < now)
			unlinkat(fd, e->d_name, 0);
	closedir(dir);
	return 1;
}
