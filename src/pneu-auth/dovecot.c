#include "pneu-auth/auth.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/socket.h>
#include <skalibs/types.h>

#include "run/log.h"
#include "sasl/base64.h"
#include "wire/verdict.h"

/* The client's side of Dovecot's authentication protocol, version 1 (its
 * doc/auth-protocol): lines of words divided by tabs. */

#define RETRY_MS 1000		/* before it is tried again */
#define LINE_OCTETS 16384	/* of what it says */
#define WORDS 32		/* of a line that are looked at */
#define UNSENT_OCTETS 262144	/* that it has not taken: above it nobody new
				 * is sent there */

void
dovecot_init(struct auth *a, const char *path)
{
	a->dovecot.path = path;
	a->dovecot.fd = -1;
}

/* Nobody answers what it was asked. */
static void
broken(struct auth *a, const char *why)
{
	struct dovecot *d = &a->dovecot;
	struct exchange *x, *next;

	if (why && !d->told)
		log_warn(d->path, ": ", why);
	d->told = 1;	/* until it is back */
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	d->ready = 0;
	d->in.len = d->out.len = d->outpos = d->later.len = 0;
	d->retry = a->now + RETRY_MS;
	for (x = a->first; x; x = next) {
		next = x->next;
		if (!x->sent)
			continue;
		x->sent = 0;
		exchange_end(a, x, VERDICT_LATER, "4.7.0",
		    AUTH_LOST);
	}
}

/* 1 if there is a connection; its handshake may be under way. */
static int
reach(struct auth *a)
{
	struct dovecot *d = &a->dovecot;
	char pid[PID_FMT];

	if (d->fd >= 0)
		return 1;
	if (a->now < d->retry)
		return 0;
	d->fd = ipc_stream_nbcoe();
	if (d->fd >= 0 && !ipc_connect(d->fd, d->path)) {
		close(d->fd);
		d->fd = -1;
	}
	if (d->fd < 0) {
		if (!d->told)
			log_warnsys("unable to connect to ", d->path);
		d->told = 1;
		d->retry = a->now + RETRY_MS;
		return 0;
	}
	pid[pid_fmt(pid, getpid())] = 0;
	d->offered.len = 0;
	if (stralloc_cats(&d->out, "VERSION\t1\t1\nCPID\t") &&
	    stralloc_cats(&d->out, pid) && stralloc_append(&d->out, '\n'))
		return 1;
	broken(a, "out of memory");
	return 0;
}

static const char *
mechanisms(struct auth *a)
{
	return a->dovecot.mechs.len ? a->dovecot.mechs.s : "PLAIN LOGIN";
}

/* A line of ours: once it has greeted us. */
static void
put(struct auth *a, struct exchange *x, const char *word,
    const struct auth_start *s, const char *in, size_t n)
{
	struct dovecot *d = &a->dovecot;
	stralloc *sa = d->ready ? &d->out : &d->later;
	char id[UINT32_FMT];
	size_t at = sa->len;

	id[uint32_fmt(id, x->id)] = 0;
	if (!stralloc_cats(sa, word) || !stralloc_append(sa, '\t') ||
	    !stralloc_cats(sa, id) || (s && (!stralloc_append(sa, '\t') ||
	    !stralloc_cats(sa, s->mech) ||
	    !stralloc_cats(sa, "\tservice=smtp\tnologin") ||
	    (s->tls && !stralloc_cats(sa, "\tsecured")) ||
	    !stralloc_cats(sa, "\trip=") || !stralloc_cats(sa, s->client))) ||
	    (in && (!stralloc_cats(sa, s ? "\tresp=" : "\t") ||
	    !base64_put(sa, in, n))) || !stralloc_append(sa, '\n')) {
		sa->len = at;
		step_memory(a, x);
		return;
	}
	x->sent = 1;
	x->state = EXCHANGE_SOURCE;
}

/* No tabs or the like in what becomes a word. */
static int
isword(const char *s)
{
	for (; *s; s++)
		if (*s < 33 || *s > 126)
			return 0;
	return 1;
}

static void
begin(struct auth *a, struct exchange *x, const struct auth_start *s)
{
	if (!isword(s->mech) || !isword(s->client))
		exchange_end(a, x, VERDICT_NEVER, "5.5.4",
		    "unrecognized authentication mechanism");
	else if (!reach(a) || a->dovecot.out.len + a->dovecot.later.len >
	    UNSENT_OCTETS)
		exchange_end(a, x, VERDICT_LATER, "4.7.0",
		    AUTH_LOST);
	else
		put(a, x, "AUTH", s, s->initial, s->initiallen);
}

static void
take(struct auth *a, struct exchange *x, const char *in, size_t n)
{
	put(a, x, "CONT", 0, in, n);
}

/* There is no CANCEL before version 1.1, which is older than ours. */
static void
forget(struct auth *a, struct exchange *x)
{
	struct dovecot *d = &a->dovecot;
	char id[UINT32_FMT];

	if (d->fd < 0)
		return;
	id[uint32_fmt(id, x->id)] = 0;
	if (!stralloc_cats(d->ready ? &d->out : &d->later, "CANCEL\t") ||
	    !stralloc_cats(d->ready ? &d->out : &d->later, id) ||
	    !stralloc_append(d->ready ? &d->out : &d->later, '\n'))
		broken(a, "out of memory");
}

static size_t
words(char **w, char *line)
{
	size_t n = 0;

	for (w[n++] = line; n < WORDS && (line = strchr(line, '\t')); n++) {
		*line++ = 0;
		w[n] = line;
	}
	return n;
}

/* The word NAME=, or NAME alone; 0 if it is not there. */
static const char *
find(char **w, size_t n, const char *name)
{
	size_t len = strlen(name), i;

	for (i = 2; i < n; i++)
		if (!strncmp(w[i], name, len) &&
		    (!w[i][len] || w[i][len] == '='))
			return w[i] + len + (w[i][len] == '=');
	return 0;
}

/* MECH name flags: those that prove who he is. */
static int
mech(struct dovecot *d, char **w, size_t n)
{
	if (n < 2 || find(w, n, "anonymous") || find(w, n, "private") ||
	    !strcmp(w[1], "EXTERNAL"))
		return 1;
	return (!d->offered.len || stralloc_append(&d->offered, ' ')) &&
	    stralloc_cats(&d->offered, w[1]);
}

static int
done(struct auth *a)
{
	struct dovecot *d = &a->dovecot;
	stralloc swap = d->mechs;

	d->ready = 1;
	if (d->told)
		log_info(d->path, ": it is there again");
	d->told = 0;
	if (!stralloc_0(&d->offered) ||
	    !stralloc_catb(&d->out, d->later.s, d->later.len))
		return 0;
	d->later.len = 0;
	d->mechs = d->offered;
	d->offered = swap;
	if (!swap.len || strcmp(swap.s, d->mechs.s))
		client_mechanisms(a);
	return 1;
}

static void
name(struct exchange *x, char **w, size_t n)
{
	const char *user = find(w, n, "user");

	if (user && (!stralloc_copys(&x->user, user) || !stralloc_0(&x->user)))
		x->user.len = 0;
}

static void
failed(struct auth *a, struct exchange *x, char **w, size_t n)
{
	const char *reason = find(w, n, "reason"), *code = find(w, n, "code");

	if (find(w, n, "temp") || (code && !strcmp(code, "temp_fail")))
		exchange_end(a, x, VERDICT_LATER, "4.7.0",
		    AUTH_LOST ": temporary failure");
	else
		exchange_fail(a, x, reason && *reason ? reason :
		    "authentication failure");
}

/* About an exchange: OK, CONT or FAIL. */
static int
about(struct auth *a, char **w, size_t n)
{
	struct exchange *x;
	uint32_t id;

	if (n < 2 || !uint320_scan(w[1], &id))
		return 0;
	x = exchange_byid(a, id);
	if (!x || !x->sent)
		return 1;	/* it has ended */
	x->sent = 0;
	if (!strcmp(w[0], "CONT")) {
		a->tmp.len = 0;
		if (base64_scan(&a->tmp, n > 2 ? w[2] : "",
		    n > 2 ? strlen(w[2]) : 0) <= 0)
			return 0;
		x->sent = 1;
		exchange_challenge(a, x, a->tmp.s, a->tmp.len);
		return 1;
	}
	name(x, w, n);
	if (!exchange_mayask(a, x))
		return 1;
	if (!strcmp(w[0], "OK") && x->user.len)
		exchange_pass(a, x);
	else
		failed(a, x, w, n);
	return 1;
}

/* Returns 1, or 0: it makes no sense. */
static int
heard(struct auth *a, char *line)
{
	struct dovecot *d = &a->dovecot;
	char *w[WORDS];
	size_t n = words(w, line);

	if (!strcmp(w[0], "VERSION"))
		return n > 1 && !strcmp(w[1], "1");
	if (!strcmp(w[0], "MECH"))
		return mech(d, w, n);
	if (!strcmp(w[0], "DONE"))
		return done(a);
	if (!strcmp(w[0], "OK") || !strcmp(w[0], "CONT") ||
	    !strcmp(w[0], "FAIL"))
		return about(a, w, n);
	return 1;	/* SPID, CUID, COOKIE, and what may come */
}

static void
hear(struct auth *a)
{
	struct dovecot *d = &a->dovecot;
	char *nl, *s;
	ssize_t r;

	if (!stralloc_readyplus(&d->in, LINE_OCTETS)) {
		broken(a, "out of memory");
		return;
	}
	r = sanitize_read(fd_read(d->fd, d->in.s + d->in.len, LINE_OCTETS));
	if (r <= 0) {
		if (r < 0)
			broken(a, "it has ended the connection");
		return;
	}
	d->in.len += (size_t)r;
	for (s = d->in.s; (nl = memchr(s, '\n',
	    (size_t)(d->in.s + d->in.len - s))); s = nl + 1) {
		*nl = 0;
		if (!heard(a, s))
			broken(a, "it makes no sense");
		if (d->fd < 0)
			return;
	}
	d->in.len -= (size_t)(s - d->in.s);
	memmove(d->in.s, s, d->in.len);
	if (d->in.len > LINE_OCTETS)
		broken(a, "a line without end");
}

short
dovecot_events(const struct auth *a)
{
	const struct dovecot *d = &a->dovecot;

	return (short)(IOPAUSE_READ |
	    (d->out.len > d->outpos ? IOPAUSE_WRITE : 0));
}

void
dovecot_io(struct auth *a, short revents)
{
	if (revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
		hear(a);
}

/* Send; and have a connection, so that it is known what it offers. */
uint64_t
dovecot_turn(struct auth *a, uint64_t next)
{
	struct dovecot *d = &a->dovecot;
	ssize_t r;

	if (!reach(a))
		return d->retry < next ? d->retry : next;
	if (d->out.len == d->outpos)
		return next;
	r = send(d->fd, d->out.s + d->outpos, d->out.len - d->outpos,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (r < 0 && errno != EAGAIN && errno != EINTR)
		broken(a, strerror(errno));
	else if (r > 0 && (d->outpos += (size_t)r) == d->out.len) {
		hash_wipe(d->out.s, d->out.len);
		d->out.len = d->outpos = 0;
	}
	return next;
}

const struct source dovecot_source = {
	mechanisms, begin, take, 0, forget
};
