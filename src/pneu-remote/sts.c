#include "pneu-remote/remote.h"

#include <errno.h>
#include <string.h>
#include <skalibs/strerr.h>

#include "run/log.h"
#include "run/service.h"
#include "sts/policy.h"
#include "wire/field.h"

/* What pneu-sts says of a job's next hop (doc/PROTOCOLS 13). Where it was
 * never started there are no policies. Where it has gone, one that is started
 * anew is waited for a little: until it is there no policy is known. */
#define RETRY_MS 100
#define ABSENT_MS 2000
#define GRACE_MS 2000

/* The connection to it. Returns 1; 0: it may be back soon; -1: it is not
 * there. */
static int
isup(struct remote *r)
{
	struct stsin *l = &r->sts;
	int fd;

	if (l->s.fd >= 0)
		return 1;
	/* one that has been gone for long is back without notice */
	if (r->now >= l->retry || (!l->absent && l->told)) {
		fd = run_connect("sts", "sts");
		if (fd >= 0) {
			stream_open(&l->s, fd);
			l->down = 0;
			l->told = 0;
			return 1;
		}
		l->absent = errno == ENOENT;
		l->retry = r->now + (l->absent ? ABSENT_MS : RETRY_MS);
		if (!l->down)
			l->down = r->now;
	}
	if (!l->absent && r->now < l->down + GRACE_MS) {
		if (l->retry < r->refind)
			r->refind = l->retry;
		return 0;
	}
	if (!l->absent && !l->told) {
		log_warn("pneu-sts is not there: mail goes on without "
		    "MTA-STS policies");
		l->told = 1;
	}
	return -1;
}

static void
ask(struct job *j)
{
	struct stsin *l = &j->r->sts;
	ssize_t at;

	if (!++l->tag)
		l->tag++;
	j->ststag = l->tag;
	at = frame_begin(&l->s.out, 'P', l->tag);
	if (at < 0 || !field_puts(&l->s.out, "domain", j->hop.host) ||
	    !frame_end(&l->s.out, at))
		strerr_diefusys(111, "ask pneu-sts");
}

int
sts_find(struct job *j)
{
	struct remote *r = j->r;
	int up = 1;

	if (j->sts == JOBSTS_KNOWN)
		return 1;
	if (j->sts == JOBSTS_NEW) {
		sts_policy_clear(&j->policy_sts);
		j->sts = JOBSTS_WAITS;
		j->ststag = 0;
		j->stsasked = r->now;
	}
	if (!j->ststag && (up = isup(r)) > 0)
		ask(j);
	if (up >= 0 && r->now < j->stsasked + REMOTE_STS_MS)
		return 0;
	j->sts = JOBSTS_KNOWN;
	return 1;
}

static struct job *
find(const struct remote *r, uint32_t tag)
{
	struct job *j = r->stage[JOB_FIND];

	while (j && (j->sts != JOBSTS_WAITS || j->ststag != tag))
		j = j->next;
	return j;
}

/* Nobody will answer what was asked: it is asked again. */
static void
lost(struct remote *r)
{
	struct job *j;

	stream_close(&r->sts.s);
	r->sts.down = r->now;
	r->sts.retry = r->refind = r->now;
	for (j = r->stage[JOB_FIND]; j; j = j->next)
		j->ststag = 0;
}

static int
answer(struct remote *r, struct frame *f)
{
	struct job *j = f->tag ? find(r, f->tag) : 0;

	if (f->type != 'A')
		return (errno = EPROTO, -1);
	if (!j)
		return 1;	/* he does not wait any more */
	if (sts_policy_get(&j->policy_sts, f->s, f->n) < 0)
		return -1;
	j->sts = JOBSTS_KNOWN;
	r->refind = r->now;
	return 1;
}

void
sts_read(struct remote *r)
{
	struct stream *s = &r->sts.s;
	ssize_t n = stream_fill(s);
	struct frame f;
	int got;

	while ((got = stream_next(s, &f)) > 0)
		if ((got = answer(r, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("run/sts/sts: an answer that makes no sense");
	if (n < 0 || got < 0)
		lost(r);
}

void
sts_turn(struct remote *r)
{
	if (r->sts.s.fd >= 0 && stream_pending(&r->sts.s) &&
	    stream_flush(&r->sts.s) < 0)
		lost(r);
}

void
sts_would(const struct job *j, const char *host, const char *why)
{
	log_info(j->hop.host, ": MTA-STS policy, testing: it would refuse ",
	    host, ": ", why);
}
