#include "run/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/types.h>

#define LINE_OCTETS 4096	/* a write to a pipe of so much is one piece */
#define PROG_OCTETS 32
#define WAIT_MS 2000		/* for a logger that takes nothing */

static char name[PROG_OCTETS] = "pneu";

struct line {
	size_t n;
	char s[LINE_OCTETS];
};

/* The pipe to the logger, opened anew: this description of it is ours and can
 * be told not to block, that of the supervisor's is others' too. Without /proc,
 * or if the pipe is another user's, it stays as it is, or as who started us
 * made it. */
static void
unblock(void)
{
	struct stat st;
	int fd;

	if (fstat(2, &st) < 0 || !S_ISFIFO(st.st_mode))
		return;
	fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	dup2(fd, 2);
	close(fd);
}

void
log_init(const char *prog)
{
	const char *base = getenv("PNEU_LOG_NAME");

	unblock();
	if (strncmp(prog, "pneu-", 5))
		snprintf(name, sizeof name, "%s", prog);
	else
		snprintf(name, sizeof name, "%.16s/%s", base && *base ? base :
		    "pneu", prog + 5);
}

/* Octets of the UTF-8 character at s[0..n) that may be shown as it is, 0 if
 * there is none: overlong, surrogates, cut short or of the C1 controls
 * (RFC 3629 section 4). */
static size_t
utf8(const unsigned char *s, size_t n)
{
	unsigned int c = s[0], lo = 0x80, hi = 0xbf;
	size_t len, i;

	if (c < 0xc2 || c > 0xf4)
		return 0;
	len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	switch (c) {
	case 0xc2: lo = 0xa0; break;
	case 0xe0: lo = 0xa0; break;
	case 0xed: hi = 0x9f; break;
	case 0xf0: lo = 0x90; break;
	case 0xf4: hi = 0x8f; break;
	}
	if (n < len || s[1] < lo || s[1] > hi)
		return 0;
	for (i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Octets of printable ASCII at s[0..n). */
static size_t
plain(const unsigned char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] >= 32 && s[i] < 127; i++)
		;
	return i;
}

/* Append s with what is not text replaced, as far as there is room for it,
 * for "..." and for the newline. */
static void
put(struct line *l, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = strlen(s), left = LINE_OCTETS - 4 - l->n, m;

	if (l->n >= LINE_OCTETS - 4)
		return;
	for (; n; p += m, n -= m, left -= m) {
		m = plain(p, n);
		if (left && m > left)
			m = left;
		if (!m)
			m = utf8(p, n);
		if ((m ? m : 1) > left) {
			memcpy(l->s + l->n, "...", 3);
			l->n = LINE_OCTETS - 1;
			return;
		}
		if (m)
			memcpy(l->s + l->n, p, m);
		else
			l->s[l->n] = '?';
		m += !m;
		l->n += m;
	}
}

/* Lines held back: whole ones, since when; who we are while they are. */
static struct line held;
static uint64_t since;
static int holding;
static pid_t pid;

static void
begin(struct line *l)
{
	char fmt[UINT64_FMT];

	l->n = 0;
	put(l, name);
	fmt[pid_fmt(fmt, holding ? pid : getpid())] = 0;
	put(l, "[");
	put(l, fmt);
	put(l, "]: ");
}

static uint64_t lost;		/* lines, since one was taken */

/* 1; 0 if it cannot be written. A logger whose disk is full takes nothing,
 * for as long as it is: the mail must not wait for that. */
static int
put_out(const char *s, size_t n)
{
	struct pollfd p = { 2, POLLOUT, 0 };
	ssize_t r;

	while (n) {
		r = write(2, s, n);
		if (r > 0) {
			s += r;
			n -= (size_t)r;
		} else if (r < 0 && errno == EAGAIN) {
			if (lost || poll(&p, 1, WAIT_MS) == 0)
				return 0;
		} else if (r < 0 && errno != EINTR)
			return 0;
	}
	return 1;
}

static int
put_lost(void)
{
	char fmt[UINT64_FMT];
	struct line l;

	fmt[uint64_fmt(fmt, lost)] = 0;
	begin(&l);
	put(&l, "warning: the log took nothing: ");
	put(&l, fmt);
	put(&l, " lines are lost");
	l.s[l.n++] = '\n';
	return put_out(l.s, l.n);
}

static void
put_lines(const char *s, size_t n)
{
	size_t i;

	if (lost && put_lost())
		lost = 0;
	if (!lost && put_out(s, n))
		return;
	for (i = 0; i < n; i++)
		lost += s[i] == '\n';
}

static void
put_held(void)
{
	put_lines(held.s, held.n);
	held.n = 0;
	since = 0;
}

static void
end(struct line *l)
{
	l->s[l->n++] = '\n';
	if (!holding) {
		put_lines(l->s, l->n);
		return;
	}
	if (held.n + l->n > LINE_OCTETS)
		put_held();
	memcpy(held.s + held.n, l->s, l->n);
	held.n += l->n;
}

void
log_hold(void)
{
	holding = 1;
	pid = getpid();
}

uint64_t
log_turn(uint64_t now, uint64_t next)
{
	int e = errno;

	if (!held.n)
		return next;
	if (!since)
		since = now;
	if (now >= since + LOG_HELD_MS) {
		put_held();
		errno = e;
		return next;
	}
	return next < since + LOG_HELD_MS ? next : since + LOG_HELD_MS;
}

void
log_release(void)
{
	int e = errno;

	holding = 0;
	put_held();
	errno = e;
}

static void
put_all(struct line *l, const char *first, const char *s, va_list ap)
{
	begin(l);
	put(l, first);
	for (; s; s = va_arg(ap, const char *))
		put(l, s);
}

void
log_line(const char *s, ...)
{
	int e = errno;
	struct line l;
	va_list ap;

	va_start(ap, s);
	put_all(&l, "", s, ap);
	va_end(ap);
	end(&l);
	errno = e;
}

void
log_warning(int sys, const char *s, ...)
{
	int e = errno;
	struct line l;
	va_list ap;

	va_start(ap, s);
	put_all(&l, "warning: ", s, ap);
	va_end(ap);
	if (sys) {
		put(&l, ": ");
		put(&l, strerror(e));
	}
	end(&l);
	errno = e;
}
