#include <skalibs/nonposix.h>

#include "pneu-sendmail/serve.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pneu-sendmail/deliver.h"
#include "pneu-sendmail/say.h"
#include "pneu-sendmail/talk.h"
#include "pneu-sendmail/tools.h"

#define READ_OCTETS 65536	/* at a time */
#define MOST (SIZE_MAX / 4)	/* octets of a message, without a limit */

struct serve {
	struct submit s;
	struct talk t;
	stralloc in;		/* read; what is before pos has been taken */
	size_t pos;
	int skip;		/* the line at hand is dropped */
	size_t crs;		/* CR in front of the LF of the last line */
};

static int
isnetwork(void)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;

	return getsockname(0, (struct sockaddr *)&a, &n) == 0 &&
	    (a.ss_family == AF_INET || a.ss_family == AF_INET6);
}

/* Who does not hear us needs no answer. */
static void
flush(struct serve *v)
{
	stralloc *out = &v->t.out;
	size_t done = 0;
	ssize_t r;

	while (done < out->len) {
		r = write(1, out->s + done, out->len - done);
		if (r < 0 && errno != EINTR)
			_exit(EX_IOERR);
		done += r > 0 ? (size_t)r : 0;
	}
	out->len = 0;
}

/* Read some more, behind what is not taken yet. Replies leave before. At the
 * end we leave too: what was not said to be queued is not. */
static void
fill(struct serve *v)
{
	size_t left = v->in.len - v->pos;
	ssize_t r;

	flush(v);
	if (left)
		memmove(v->in.s, v->in.s + v->pos, left);
	v->in.len = left;
	v->pos = 0;
	if (!stralloc_readyplus(&v->in, READ_OCTETS))
		die(EX_TEMPFAIL, "out of memory", "");
	do
		r = read(0, v->in.s + left, READ_OCTETS);
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		_exit(r < 0 ? EX_IOERR : EX_OK);
	v->in.len += (size_t)r;
}

/* The next line, without its end: CRLF or LF. Of one that is longer than max
 * all is passed over, and *n is max + 1. */
static const char *
line(struct serve *v, size_t max, size_t *n)
{
	size_t seen = 0;
	const char *s, *nl;

	for (;;) {
		s = v->pos ? v->in.s + v->pos : v->in.s;
		nl = v->in.len - v->pos > seen ? memchr(s + seen, '\n',
		    v->in.len - v->pos - seen) : 0;
		if (nl)
			break;
		seen = v->in.len - v->pos;
		if (v->skip || seen > max) {
			v->skip = 1;
			v->pos = v->in.len;
			seen = 0;
		}
		fill(v);
	}
	*n = (size_t)(nl - s);
	v->pos += *n + 1;
	for (v->crs = 0; *n && s[*n - 1] == '\r'; v->crs++)
		--*n;
	if (v->skip || *n > max)
		*n = max + 1;
	v->skip = 0;
	return s;
}

/* Read a message to s->in.sa, as a whole. Returns 0 if it is too big. Who
 * says DATA with CRLF ends it with CRLF.CRLF only: what he has been given, and
 * has doubled the dots of by CRLF, may hold others. */
static int
take_message(struct serve *v, struct submit *s)
{
	int strict = v->crs != 0, begins = 1;
	size_t max = v->t.size && v->t.size < MOST ? (size_t)v->t.size : MOST;
	size_t n;
	const char *text;
	int fits = 1, r = 1;

	do {
		text = line(v, max, &n);
		if (n > max || s->in.sa.len + n > max)
			fits = 0;
		if (!fits)
			s->in.sa.len = 0;
		if (n <= max)
			r = talk_text(&s->in.sa, text, n,
			    !strict || (begins && v->crs == 1));
		begins = v->crs != 0;
		if (!r)
			die(EX_TEMPFAIL, "out of memory", "");
	} while (r != 2);
	s->in.eof = 1;
	return fits;
}

/* A message of its own: the envelope is the session's. */
static void
post(struct serve *v)
{
	struct submit s = SUBMIT_ZERO;

	s.conf = v->s.conf;
	s.rewrite = v->s.rewrite;
	s.head.origin = v->s.head.origin;
	s.head.map = v->s.head.map;
	s.head.mapx = v->s.head.mapx;
	s.type = v->t.body;
	s.ret = v->t.ret;
	s.envid = v->t.envid.len ? v->t.envid.s : 0;
	s.name = "";		/* the sender need not be the caller */
	s.sender = v->t.sender;
	s.rcpts = v->t.rcpts;
	v->t.sender = (stralloc)STRALLOC_ZERO;
	v->t.rcpts = (struct rcpts)RCPTS_ZERO;
	submit_fail(&s, VERDICT_LATER, "4.3.0", "out of memory", 0);
	if (!take_message(v, &s))
		submit_fail(&s, VERDICT_NEVER, "5.3.4", "message file too big",
		    0);
	else if (stralloc_ready(&s.in.sa, 1) && submit_header(&s) &&
	    deliver_finish(&s))
		submit_post(&s);
	talk_verdict(&v->t, &s.verdict);
	submit_free(&s);
}

void
serve(void)
{
	static struct serve v = { .s = SUBMIT_ZERO, .t = TALK_ZERO,
		.in = STRALLOC_ZERO };
	enum talk_next next = TALK_MORE;
	const char *s;
	size_t n;

	if (isnetwork())
		tools_smtpd();
	if (!submit_open(&v.s))
		die_verdict(&v.s);
	v.t.name = conf_str(&v.s.conf, myhostname);
	v.t.banner = conf_str(&v.s.conf, smtpd_banner);
	v.t.origin = v.s.head.origin;
	v.t.size = conf_num(&v.s.conf, message_size_limit);
	v.t.hard = (unsigned int)conf_num(&v.s.conf, smtpd_hard_error_limit);
	talk_init(&v.t);
	while (next != TALK_END) {
		s = line(&v, TALK_LINE_OCTETS, &n);
		next = talk_line(&v.t, s, n);
		if (next == TALK_MESSAGE)
			post(&v);
	}
	flush(&v);
	_exit(EX_OK);
}
