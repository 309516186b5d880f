#include "submit/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mail/date.h"
#include "run/service.h"

#define SETTINGS "etc/pneu.cdb"

int
submit_fail(struct submit *s, char kind, const char *code, const char *text,
    int e)
{
	if (e)
		snprintf(s->text, sizeof s->text, "%s: %s", text, strerror(e));
	else
		snprintf(s->text, sizeof s->text, "%s", text);
	verdict_set(&s->verdict, kind, code, 0, s->text);
	return 0;
}

static int
later(struct submit *s, const char *text)
{
	return submit_fail(s, VERDICT_LATER, "4.3.0", text, errno);
}

void
submit_free(struct submit *s)
{
	stralloc_free(&s->in.raw);
	stralloc_free(&s->in.sa);
	stralloc_free(&s->head.path);
	stralloc_free(&s->head.bad);
	stralloc_free(&s->head.head);
	stralloc_free(&s->sender);
	rcpts_free(&s->head.rcpts);
	rcpts_free(&s->head.resent_rcpts);
	rcpts_free(&s->rcpts);
}

/* A file that we open must not become the message or the error output. */
static int
open_standard(void)
{
	struct pollfd p[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	int i;

	if (poll(p, 3, 0) < 0)
		return 0;
	for (i = 0; i < 3; i++)
		if ((p[i].revents & POLLNVAL) &&
		    open("/dev/null", O_RDWR) != i)
			return 0;
	return 1;
}

int
submit_open(struct submit *s)
{
	if (!open_standard())
		return later(s, "unable to open /dev/null");
	if (chdir(run_home()) < 0)
		return later(s, "mail system is not installed: chdir to "
		    "its home");
	if (conf_open(&s->conf, SETTINGS) < 0 &&
	    (errno != ENOENT || conf_open(&s->conf, 0) < 0))
		return later(s, "unable to read the settings etc/pneu.cdb");
	s->head.origin = conf_str(&s->conf, myorigin);
	rewrite_init(&s->rewrite, &s->conf);
	if (rewrite_incoming(&s->rewrite)) {
		s->head.map = rewrite_header_in;
		s->head.mapx = &s->rewrite;
	}
	return 1;
}

static int
later_or_many(struct submit *s)
{
	return errno == E2BIG ? submit_fail(s, VERDICT_NEVER, "5.5.3",
	    "too many recipients", 0) : later(s, "unable to go on");
}

int
submit_header(struct submit *s)
{
	size_t len;

	if (input_header(&s->in, &len, &s->body) < 0)
		return errno == EMSGSIZE ? submit_fail(s, VERDICT_NEVER,
		    "5.6.0", "message header too long", 0) :
		    later(s, "unable to read the message");
	if (!compose_fields(&s->head, s->in.sa.s, len))
		return later_or_many(s);
	if (s->head.hops > s->hops)
		s->hops = s->head.hops;
	return s->hops < conf_num(&s->conf, hopcount_limit) ||
	    submit_fail(s, VERDICT_NEVER, "5.4.6", "too many hops", 0);
}

void
submit_caller(struct submit *s)
{
	if (!s->known)
		caller_lookup(&s->caller, getuid());
	s->known = 1;
}

int
submit_sender(struct submit *s)
{
	if (s->sender.len)
		return 1;
	submit_caller(s);
	return stralloc_cats(&s->sender, s->caller.login) &&
	    stralloc_append(&s->sender, '@') &&
	    stralloc_cats(&s->sender, s->head.origin) &&
	    stralloc_0(&s->sender) ? 1 : later(s, "unable to go on");
}

int
submit_finish(struct submit *s, const char *from, const char *host)
{
	int lacks = compose_lacks(&s->head);
	char zone[9] = "";
	struct timespec t;
	struct address a;
	struct compose_who w = { .from = from, .name = s->name, .host = host };

	if ((lacks & COMPOSE_FROM) && !w.name) {
		submit_caller(s);
		w.name = s->caller.name;
	}
	if ((lacks & COMPOSE_FROM) && s->head.map) {
		int r = rewrite_in(&a, &s->rewrite, from, strlen(from),
		    HEADMAP_SENDER);

		if (r < 0)
			return later(s, "unable to go on");
		if (r)
			w.from = a.s;
	}
	clock_gettime(CLOCK_REALTIME, &t);
	w.us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	w.pid = (uint64_t)getpid();
	if (lacks & COMPOSE_DATE) {
		w.zone = date_zone((uint64_t)t.tv_sec, zone);
		w.zonename = zone;
	}
	return (compose_missing(&s->head, &w) &&
	    stralloc_append(&s->head.head, '\n')) ||
	    later(s, "unable to go on");
}

/* RFC 6531: is there more than ASCII? */
static int
isutf8(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 128)
			return 1;
	return 0;
}

/* The envelope; its strings are those of s. */
static int
make_envelope(struct submit *s, struct envelope *e)
{
	size_t i;

	e->sender = s->sender.s;
	e->body = s->type;
	e->ret = s->ret;
	e->envid = s->envid;
	e->smtputf8 = isutf8(s->sender.s, s->sender.len) ||
	    isutf8(s->rcpts.text.s, s->rcpts.text.len) || s->head.utf8 ||
	    (s->utf8 && isutf8(s->head.head.s, s->head.head.len));
	for (i = 0; i < rcpts_len(&s->rcpts); i++) {
		struct envelope_rcpt *r = envelope_add(e,
		    rcpts_at(&s->rcpts, i));

		if (!r)
			return 0;
		r->notify = *rcpts_notify(&s->rcpts, i) ?
		    rcpts_notify(&s->rcpts, i) : s->notify;
		r->orcpt = *rcpts_orcpt(&s->rcpts, i) ?
		    rcpts_orcpt(&s->rcpts, i) : 0;
	}
	return 1;
}

/* The verdict of the hand-in, kept beyond it. */
static int
take_verdict(struct submit *s, const struct handin *h, int ok)
{
	s->verdict = h->verdict;
	memcpy(s->text, h->text, sizeof s->text);
	s->verdict.text = s->text;
	return ok;
}

/* Read the next piece of the body; one after the other they are in in.sa. */
static int
next_piece(struct submit *s, struct handin *h)
{
	int r;

	s->in.sa.len = 0;
	while ((r = input_read(&s->in, SUBMIT_WAIT_MS)) == 2)
		if (!handin_wait(h))
			return take_verdict(s, h, 0);
	return r >= 0 || later(s, "unable to read the message");
}

static int
send_letter(struct submit *s, struct handin *h, const struct envelope *e)
{
	uint64_t limit = conf_num(&s->conf, message_size_limit);
	uint64_t size = s->head.head.len;
	const char *piece = s->in.sa.s + s->body;
	size_t n = s->in.sa.len - s->body;
	int ok = handin_begin(h, e) &&
	    handin_put(h, s->head.head.s, s->head.head.len);

	for (; ok; piece = s->in.sa.s, n = s->in.sa.len) {
		size += n;
		if (limit && size > limit)
			return submit_fail(s, VERDICT_NEVER, "5.3.4",
			    "message file too big", 0);
		ok = handin_put(h, piece, n);
		if (!ok || s->in.eof)
			break;
		if (!next_piece(s, h))
			return 0;
	}
	return take_verdict(s, h, ok && handin_end(h));
}

int
submit_post(struct submit *s)
{
	struct handin h = HANDIN_ZERO;
	struct envelope e = ENVELOPE_ZERO;
	int r;

	while (!s->in.eof && s->in.sa.len - s->body < SUBMIT_AHEAD_OCTETS)
		if (input_read(&s->in, -1) < 0)
			return later(s, "unable to read the message");
	r = make_envelope(s, &e) ? send_letter(s, &h, &e) :
	    later(s, "unable to go on");
	handin_drop(&h);
	return r;
}

static int
write_all(int fd, const char *s, size_t n)
{
	ssize_t r;

	for (; n; s += r, n -= (size_t)r)
		while ((r = write(fd, s, n)) < 0)
			if (errno != EINTR)
				return 0;
	return 1;
}

int
submit_print(struct submit *s, int fd)
{
	const char *piece = s->in.sa.s + s->body;
	size_t n = s->in.sa.len - s->body;

	if (!write_all(fd, s->head.head.s, s->head.head.len))
		return later(s, "unable to write");
	for (;; piece = s->in.sa.s, n = s->in.sa.len) {
		if (!write_all(fd, piece, n))
			return later(s, "unable to write");
		if (s->in.eof)
			return 1;
		s->in.sa.len = 0;
		if (input_read(&s->in, -1) < 0)
			return later(s, "unable to read the message");
	}
}
