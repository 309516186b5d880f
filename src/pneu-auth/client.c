#include "pneu-auth/auth.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/verdict.h"

static void
tell(struct auth *a, struct client *c)
{
	const char *s = a->source->mechanisms(a);

	frame_put(&c->s.out, 'M', 0, s, strlen(s));
}

void
client_mechanisms(struct auth *a)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		if (a->clients[i].s.fd >= 0)
			tell(a, a->clients + i);
}

void
client_knock(struct auth *a)
{
	size_t i;
	uid_t uid;
	int fd;

	for (i = 0; i < CLIENTS; i++) {
		if (a->clients[i].s.fd >= 0)
			continue;
		fd = run_accept(a->listen);
		if (fd < 0)
			return;
		if (run_peer(fd, &uid) < 0 ||
		    !run_isuser(&a->conf, uid, "pneud")) {
			log_warn("connection refused: not one of our users");
			close(fd);
			continue;
		}
		stream_open(&a->clients[i].s, fd);
		tell(a, a->clients + i);
	}
}

void
client_drop(struct auth *a, struct client *c)
{
	exchange_freeof(a, c);
	stream_close(&c->s);
}

static int
start(struct auth *a, struct client *c, struct frame *f)
{
	static const char busy[] = "L 4.3.2 0 " AUTH_LOST
	    ": too many at a time";
	struct auth_start s;
	struct exchange *x;

	if (exchange_find(a, c, f->tag))
		return (errno = EPROTO, -1);
	if (auth_start_scan(&s, f->s, f->n) < 0)
		return -1;
	x = exchange_new(a, c, f->tag);
	if (x) {
		exchange_begin(a, x, &s);
		return 0;
	}
	return frame_put(&c->s.out, 'V', f->tag, busy, sizeof busy - 1) ?
	    0 : -1;
}

/* May a user send one more? */
static int
quota(struct auth *a, struct client *c, struct frame *f)
{
	static const struct {
		const char *code, *text;
	} no[] = {
		[RATE_YES] = { "2.0.0", "" },
		[RATE_LETTERS] = { "4.7.1", "too much mail" },
		[RATE_RCPTS] = { "4.7.1", "too many recipients" },
		[RATE_MEMORY] = { "4.3.0", "out of memory" }
	};
	struct auth_quota q;
	struct verdict v;
	uint32_t left;
	enum rate_verdict r;
	ssize_t at;

	if (auth_quota_scan(&q, f->s, f->n) < 0)
		return -1;
	r = rate_ask(&a->rate, q.user, q.rcpts,
	    conf_num(&a->conf, smtpd_client_message_rate_limit),
	    conf_num(&a->conf, smtpd_client_recipient_rate_limit),
	    a->now / 1000, &left);
	verdict_set(&v, r == RATE_YES ? VERDICT_DONE : VERDICT_LATER,
	    no[r].code, r == RATE_YES ? 0 : left, no[r].text);
	at = frame_begin(&c->s.out, 'V', f->tag);
	return at >= 0 && verdict_put(&c->s.out, &v) &&
	    frame_end(&c->s.out, at) ? 0 : -1;
}

/* Returns 0, or -1 if the connection is to end. */
static int
take(struct auth *a, struct client *c, struct frame *f)
{
	struct exchange *x;

	if (f->type == 'S')
		return start(a, c, f);
	if (f->type == 'Q')
		return quota(a, c, f);
	x = exchange_find(a, c, f->tag);
	if (f->type == 'A') {
		if (x)
			exchange_free(a, x);
		return 0;
	}
	if (f->type != 'R')
		return (errno = EPROTO, -1);
	if (!x)
		return 0;	/* it has just been answered */
	if (x->state != EXCHANGE_CLIENT)
		return (errno = EPROTO, -1);
	exchange_step(a, x, f->n ? f->s : "", f->n);
	return 0;
}

void
client_read(struct auth *a, struct client *c)
{
	struct frame f;
	ssize_t r = stream_fill(&c->s);
	int got;

	while ((got = stream_next(&c->s, &f)) > 0)
		if ((got = take(a, c, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("what pneu-smtpd says");
	/* passwords do not stay here */
	if (c->s.in.s && c->s.inpos == c->s.in.len)
		hash_wipe(c->s.in.s, c->s.in.len);
	if (r < 0 || got < 0)
		client_drop(a, c);
}
