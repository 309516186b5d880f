#include "deliver/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/uint64.h>

#include "deliver/mailbox.h"
#include "run/sync.h"

void
maildir_namer_init(struct maildir_namer *m, const char *host)
{
	size_t n = 0;

	for (; *host && n + 4 <= MAILDIR_HOST_OCTETS; host++) {
		unsigned char c = (unsigned char)*host;

		if (c == '/' || c == ':' || c == ',' || c <= 32 || c == 127)
			n += (size_t)sprintf(m->host + n, "\\%03o", c);
		else
			m->host[n++] = (char)c;
	}
	m->host[n] = 0;
	m->pid = getpid();
	m->count = 0;
}

void
maildir_name(struct maildir_namer *m, char *s, uint64_t seconds,
    uint32_t micros)
{
	char *p = s;

	p += uint64_fmt(p, seconds);
	*p++ = '.';
	*p++ = 'M';
	p += uint64_fmt(p, micros);
	*p++ = 'P';
	p += uint64_fmt(p, (uint64_t)m->pid);
	*p++ = 'Q';
	p += uint64_fmt(p, ++m->count);
	*p++ = '.';
	strcpy(p, m->host);
}

int
maildir_path(char *s, const char *dir, const char *sub, const char *name)
{
	size_t d = strlen(dir), u = strlen(sub), n = strlen(name);

	if (d + u + n + 3 > MAILDIR_PATH_OCTETS)
		return (errno = ENAMETOOLONG, -1);
	memcpy(s, dir, d);
	s[d] = '/';
	memcpy(s + d + 1, sub, u + 1);
	if (!n)
		return 0;
	s[d + 1 + u] = '/';
	memcpy(s + d + u + 2, name, n + 1);
	return 0;
}

int
maildir_fail(struct maildir_file *f, const char *step)
{
	if (!f->failed) {
		f->failed = step;
		f->error = errno;
	}
	return -1;
}

static int
make_sub(const char *dir, const char *sub)
{
	char path[MAILDIR_PATH_OCTETS];

	if (maildir_path(path, dir, sub, "") < 0)
		return -1;
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

/* tmp/ comes last, when the rest is durable: where it is, all is. It needs no
 * fsync itself: if it is lost, so is only what was not delivered. */
static int
make(const char *dir)
{
	if (mailbox_mkdir(dir, 0700) < 0 || make_sub(dir, "cur") < 0 ||
	    make_sub(dir, "new") < 0 || sync_dir(dir) < 0)
		return -1;
	return make_sub(dir, "tmp");
}

static int
open_tmp(struct maildir_file *f, const char *path)
{
	f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return f->fd;
}

int
maildir_create(struct maildir_file *f, const char *dir,
    struct maildir_namer *m)
{
	char path[MAILDIR_PATH_OCTETS];
	struct timespec now;

	memset(f, 0, sizeof *f);
	f->dir = dir;
	f->fd = -1;
	clock_gettime(CLOCK_REALTIME, &now);
	maildir_name(m, f->name, (uint64_t)now.tv_sec,
	    (uint32_t)(now.tv_nsec / 1000));
	if (maildir_path(path, dir, "tmp", f->name) < 0)
		return maildir_fail(f, "create");
	if (open_tmp(f, path) < 0 && errno == ENOENT) {
		if (make(dir) < 0)
			return maildir_fail(f, "make Maildir");
		open_tmp(f, path);
	}
	if (f->fd < 0)
		return maildir_fail(f, "create");
	f->where = 't';
	return 0;
}

int
maildir_write(struct maildir_file *f, struct iovec *v, int n)
{
	while (n) {
		ssize_t r = writev(f->fd, v, n);

		if (r < 0) {
			if (errno == EINTR)
				continue;
			return maildir_fail(f, "write");
		}
		f->size += (uint64_t)r;
		for (; n && (size_t)r >= v->iov_len; v++, n--)
			r -= (ssize_t)v->iov_len;
		if (n) {
			v->iov_base = (char *)v->iov_base + r;
			v->iov_len -= (size_t)r;
		}
	}
	return 0;
}

int
maildir_sync(struct maildir_file *f)
{
	int fd = f->fd;

	/* Not a second time, whatever it says: it would lie. */
	if (fsync(fd) < 0)
		return maildir_fail(f, "fsync");
	f->fd = -1;
	if (close(fd) < 0 && errno != EINTR)
		return maildir_fail(f, "close");
	return 0;
}

/* Dovecot and Courier read the size from the name. A Maildir that lacks only
 * its new/ is mended here. */
int
maildir_publish(struct maildir_file *f)
{
	char from[MAILDIR_PATH_OCTETS], to[MAILDIR_PATH_OCTETS];
	char *p;

	if (maildir_path(from, f->dir, "tmp", f->name) < 0)
		return maildir_fail(f, "rename");
	p = f->name + strlen(f->name);
	memcpy(p, ",S=", 3);
	p[3 + uint64_fmt(p + 3, f->size)] = 0;
	if (maildir_path(to, f->dir, "new", f->name) < 0 ||
	    (rename(from, to) < 0 && (errno != ENOENT ||
	    make(f->dir) < 0 || rename(from, to) < 0))) {
		*p = 0;
		return maildir_fail(f, "rename");
	}
	f->where = 'n';
	return 0;
}

void
maildir_drop(struct maildir_file *f)
{
	char path[MAILDIR_PATH_OCTETS];

	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	if (f->where && maildir_path(path, f->dir,
	    f->where == 't' ? "tmp" : "new", f->name) == 0)
		unlink(path);
	f->where = 0;
}
