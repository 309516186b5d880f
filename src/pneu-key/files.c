#include <skalibs/nonposix.h>

#include "pneu-key/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/iopause.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "pneu-key/keys.h"
#include "run/log.h"
#include "run/service.h"
#include "run/stream.h"
#include "wire/field.h"

/* By which one sees that a file is another, or has been written to. */
struct seen {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
	int error;
};

struct files {
	struct conf *c;
	struct stream s;
	struct seen seen[KEYS_FILES];
};

static void
note(struct seen *x, const struct stat *st, int error)
{
	memset(x, 0, sizeof *x);
	x->error = error;
	if (error)
		return;
	x->dev = st->st_dev;
	x->ino = st->st_ino;
	x->size = st->st_size;
	x->changed = st->st_ctim;
}

static int
same(const struct seen *a, const struct seen *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec && a->error == b->error;
}

static int
haschanged(const struct files *f)
{
	const char *s;
	struct stat st;
	struct seen x;
	size_t i = 0;

	for (s = conf_first(f->c, CONF_smtpd_tls_chain_files);
	    s && i < KEYS_FILES;
	    s = conf_next(f->c, CONF_smtpd_tls_chain_files, s), i++) {
		note(&x, &st, stat(s, &st) < 0 ? errno : 0);
		if (!same(&x, &f->seen[i]))
			return 1;
	}
	return 0;
}

static void
frame(struct files *f, char type, const char *path, int fd, int error)
{
	stralloc sa = STRALLOC_ZERO;

	if ((path && !field_puts(&sa, "path", path)) ||
	    (error && !field_puts(&sa, "error", strerror(error))) ||
	    (fd >= 0 && !stream_putfd(&f->s, fd)) ||
	    !frame_put(&f->s.out, type, 0, sa.s, sa.len))
		strerr_diefu1sys(111, "hand on a file");
	stralloc_free(&sa);
}

/* No device, no pipe: opening those may do anything. */
static int
open_one(const char *path, struct seen *x)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		note(x, &st, 0);
		return fd;
	}
	if (fd >= 0) {
		close(fd);
		errno = EINVAL;
	}
	note(x, &st, errno);
	return -1;
}

static void
send_all(struct files *f)
{
	const char *s;
	size_t i = 0;

	frame(f, 'B', 0, -1, 0);
	for (s = conf_first(f->c, CONF_smtpd_tls_chain_files);
	    s && i < KEYS_FILES;
	    s = conf_next(f->c, CONF_smtpd_tls_chain_files, s), i++) {
		int fd = open_one(s, &f->seen[i]);

		frame(f, 'F', s, fd, f->seen[i].error);
	}
	frame(f, 'E', 0, -1, 0);
}

static void
hear(struct files *f)
{
	struct frame x;
	ssize_t r = stream_fill(&f->s);

	while (stream_next(&f->s, &x) > 0)
		if (x.type == 'H' && run_reload(f->c))
			send_all(f);
	if (r < 0)
		_exit(0);	/* the other half has ended */
}

void
files_run(struct conf *c, int fd)
{
	struct files f = { c, STREAM_ZERO, { { 0, 0, 0, { 0, 0 }, 0 } } };
	iopause_fd x;
	tain look;

	sig_ignore(SIGHUP);	/* it is for the other half */
	stream_open(&f.s, fd);
	send_all(&f);
	tain_addsec_g(&look, FILES_LOOK_S);
	for (;;) {
		if (stream_flush(&f.s) < 0)
			_exit(0);
		x.fd = fd;
		x.events = stream_events(&f.s);
		if (iopause_g(&x, 1, conf_first(c, CONF_smtpd_tls_chain_files) ?
		    &look : &tain_infinite) < 0)
			strerr_diefu1sys(111, "poll");
		if (x.revents)
			hear(&f);
		if (tain_future(&look))
			continue;
		tain_addsec_g(&look, FILES_LOOK_S);
		if (haschanged(&f))
			send_all(&f);
	}
}
