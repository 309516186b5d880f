#include "table/table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cdb.h>

struct table {
	struct cdb cdb;
};

struct table_maker {
	struct cdb_make cdb;
	int fd;
	char *path, *tmp;
};

struct table *
table_open(const char *path)
{
	struct table *t = malloc(sizeof *t);
	int fd, e;

	if (!t)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		free(t);
		return 0;
	}
	memset(t, 0, sizeof *t);
	errno = EPROTO;
	if (cdb_init(&t->cdb, fd) < 0) {
		e = errno;
		close(fd);
		free(t);
		errno = e;
		return 0;
	}
	close(fd);	/* the map is all that we need */
	t->cdb.cdb_fd = -1;
	return t;
}

void
table_close(struct table *t)
{
	if (!t)
		return;
	cdb_free(&t->cdb);
	free(t);
}

int
table_find(struct table *t, const char *key, size_t keylen, const char **v,
    size_t *n)
{
	const void *data;
	int r;

	if (keylen > UINT_MAX)
		return 0;
	errno = EPROTO;
	r = cdb_find(&t->cdb, key, (unsigned int)keylen);
	if (r <= 0)
		return r;
	data = cdb_getdata(&t->cdb);
	if (!data)
		return (errno = EPROTO, -1);
	*v = data;
	*n = cdb_datalen(&t->cdb);
	return 1;
}

int
table_next(struct table *t, uint32_t *pos, const char **key, size_t *keylen,
    const char **v, size_t *n)
{
	unsigned int at = *pos;
	int r;

	if (!at)
		cdb_seqinit(&at, &t->cdb);
	errno = EPROTO;
	r = cdb_seqnext(&at, &t->cdb);
	if (r <= 0)
		return r;
	*pos = at;
	*key = cdb_getkey(&t->cdb);
	*v = cdb_getdata(&t->cdb);
	if (!*key || !*v)
		return (errno = EPROTO, -1);
	*keylen = cdb_keylen(&t->cdb);
	*n = cdb_datalen(&t->cdb);
	return 1;
}

static char *
join(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	char *s = malloc(n + m + 1);

	if (!s)
		return 0;
	memcpy(s, a, n);
	memcpy(s + n, b, m + 1);
	return s;
}

struct table_maker *
table_make(const char *path, unsigned int mode)
{
	struct table_maker *m = calloc(1, sizeof *m);
	int e;

	if (!m)
		return 0;
	m->fd = -1;
	m->path = join(path, "");
	m->tmp = join(path, ".new");
	if (!m->path || !m->tmp)
		goto fail;
	/* What a crash left is of no use; a link in the place is no trap. */
	if (unlink(m->tmp) < 0 && errno != ENOENT)
		goto fail;
	m->fd = open(m->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (m->fd < 0)
		goto fail;
	if (fchmod(m->fd, mode) < 0 || cdb_make_start(&m->cdb, m->fd) < 0) {
		e = errno;
		unlink(m->tmp);
		errno = e;
		goto fail;
	}
	return m;
fail:
	e = errno;
	if (m->fd >= 0)
		close(m->fd);
	free(m->path);
	free(m->tmp);
	free(m);
	errno = e;
	return 0;
}

int
table_put(struct table_maker *m, const char *key, size_t keylen,
    const char *v, size_t n)
{
	int r;

	if (keylen > UINT_MAX || n > UINT_MAX)
		return (errno = EINVAL, -1);
	r = cdb_make_put(&m->cdb, key, (unsigned int)keylen, v,
	    (unsigned int)n, CDB_PUT_INSERT);
	return r < 0 ? -1 : r ? 0 : 1;
}

/* fsync the directory that holds path. */
static int
sync_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd, r, e;

	dir = join(slash ? path : ".", "");
	if (!dir)
		return -1;
	if (slash)
		dir[slash == path ? 1 : slash - path] = 0;
	fd = open(dir, O_RDONLY | O_CLOEXEC);
	free(dir);
	if (fd < 0)
		return -1;
	r = fsync(fd);
	e = errno;
	close(fd);
	errno = e;
	return r;
}

static void
maker_free(struct table_maker *m, int remove)
{
	int e = errno;

	if (m->fd >= 0)
		close(m->fd);
	if (remove)
		unlink(m->tmp);
	free(m->path);
	free(m->tmp);
	free(m);
	errno = e;
}

int
table_done(struct table_maker *m)
{
	int r;

	if (cdb_make_finish(&m->cdb) < 0 || fsync(m->fd) < 0 ||
	    rename(m->tmp, m->path) < 0) {
		maker_free(m, 1);
		return -1;
	}
	r = sync_dir(m->path);
	maker_free(m, 0);
	return r < 0 ? -1 : 1;
}

void
table_drop(struct table_maker *m)
{
	/* finish frees what tinycdb holds; the file goes anyway */
	cdb_make_finish(&m->cdb);
	maker_free(m, 1);
}
