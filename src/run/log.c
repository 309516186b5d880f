#include "run/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/types.h>

#define LINE_OCTETS 4096	/* a write to a pipe of so much is one piece */
#define PROG_OCTETS 32

static char name[PROG_OCTETS] = "pneu";

struct line {
	size_t n;
	char s[LINE_OCTETS];
};

void
log_init(const char *prog)
{
	const char *dash = strncmp(prog, "pneu-", 5) ? 0 : prog + 4;
	size_t n = strlen(prog);

	if (n >= sizeof name)
		n = sizeof name - 1;
	memcpy(name, prog, n);
	name[n] = 0;
	if (dash)
		name[4] = '/';
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

/* Append s with what is not text replaced, as far as there is room for it,
 * for "..." and for the newline. */
static void
put(struct line *l, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = strlen(s), room = LINE_OCTETS - 4, m;

	if (l->n >= room)
		return;
	while (n) {
		m = *p >= 32 && *p < 127 ? 1 : utf8(p, n);
		if (l->n + (m ? m : 1) > room) {
			memcpy(l->s + l->n, "...", 3);
			l->n = room + 3;
			return;
		}
		if (m)
			memcpy(l->s + l->n, p, m);
		else
			l->s[l->n] = '?';
		m += !m;
		l->n += m;
		p += m;
		n -= m;
	}
}

/* Lines held back: whole ones; who we are while they are. */
static struct line held;
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

static void
put_out(const char *s, size_t n)
{
	ssize_t r;

	while (n) {
		r = write(2, s, n);
		if (r < 0 && errno != EINTR)
			break;	/* nobody to tell */
		if (r > 0) {
			s += r;
			n -= (size_t)r;
		}
	}
}

static void
end(struct line *l)
{
	l->s[l->n++] = '\n';
	if (holding && held.n + l->n > LINE_OCTETS) {
		put_out(held.s, held.n);
		held.n = 0;
	}
	if (!holding) {
		put_out(l->s, l->n);
		return;
	}
	memcpy(held.s + held.n, l->s, l->n);
	held.n += l->n;
}

void
log_hold(void)
{
	holding = 1;
	if (!pid)
		pid = getpid();
}

void
log_release(void)
{
	int e = errno;

	holding = 0;
	put_out(held.s, held.n);
	held.n = 0;
	errno = e;
}

static void
put_all(struct line *l, const char *s, va_list ap)
{
	for (; s; s = va_arg(ap, const char *))
		put(l, s);
}

void
log_line(const char *s, ...)
{
	int e = errno;
	struct line l;
	va_list ap;

	begin(&l);
	va_start(ap, s);
	put_all(&l, s, ap);
	va_end(ap);
	end(&l);
	errno = e;
}

void
log_warning(const char *s, ...)
{
	int e = errno;
	struct line l;
	va_list ap;

	begin(&l);
	put(&l, "warning: ");
	va_start(ap, s);
	put_all(&l, s, ap);
	va_end(ap);
	end(&l);
	errno = e;
}

void
log_warningsys(const char *s, ...)
{
	int e = errno;
	struct line l;
	va_list ap;

	begin(&l);
	put(&l, "warning: ");
	va_start(ap, s);
	put_all(&l, s, ap);
	va_end(ap);
	put(&l, ": ");
	put(&l, strerror(e));
	end(&l);
	errno = e;
}
