#include "pneu-queue/handin.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "mail/date.h"
#include "mail/received.h"
#include "run/log.h"
#include "wire/crc32c.h"
#include "wire/verdict.h"

#define PART_OCTETS 65536		/* of the message; doc/PROTOCOLS 1 */
#define ANSWER_OCTETS 1024		/* at most: a verdict */
#define READY_OCTETS 4096		/* enough for most letters */
#define KEEP_OCTETS (1u << 20)		/* of storage, from one to the next */

int
handin_init(struct handin *h, const struct desk *d, const struct door *r,
    size_t seat)
{
	memset(h, 0, sizeof *h);
	h->desk = d;
	h->door = r;
	h->seat = d->seats + seat;
	h->fd = -1;
	h->clock.worker = (unsigned int)seat;
	h->clock.start = d->start;
	bell_open(&h->bell);
	if (spool_open(&h->spool, d->queue) < 0)
		return -1;
	h->spool.group = d->group;
	/* so that "no memory" can be said without any */
	return stralloc_ready(&h->out, ANSWER_OCTETS) &&
	    stralloc_ready(&h->text, READY_OCTETS) &&
	    stralloc_ready(&h->front, READY_OCTETS) &&
	    stralloc_ready(&h->trace, READY_OCTETS) ? 1 : -1;
}

void
handin_begin(struct handin *h, int fd, uid_t uid)
{
	input_init(&h->in, fd);
	h->uid = uid;
	h->state = HANDIN_IDLE;
	h->tag = 0;
}

/* Send a verdict; blocks at most as long as the socket's timeout. */
static int
answer(struct handin *h, char kind, const char *code, const char *text)
{
	struct verdict v;
	const char *s;
	size_t n;
	ssize_t at;

	verdict_set(&v, kind, code, 0, text);
	h->out.len = 0;
	at = frame_begin(&h->out, 'V', h->tag);
	if (at < 0 || !verdict_put(&h->out, &v) || !frame_end(&h->out, at))
		return -1;
	for (s = h->out.s, n = h->out.len; n; ) {
		ssize_t r = send(h->in.fd, s, n, MSG_NOSIGNAL);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return -1;
		s += r;
		n -= (size_t)r;
	}
	return 1;
}

static void
forget(struct handin *h)
{
	if (h->fd >= 0)
		spool_abort(&h->spool, h->fd, h->id);
	h->fd = -1;
	h->seat->big = 0;
}

/* Say no to the letter at hand, and pass over the rest of it. 1 or -1. */
static int
refuse(struct handin *h, char kind, const char *code, const char *why)
{
	forget(h);
	h->state = HANDIN_SKIP;
	return answer(h, kind, code, why);
}

/* The system would not: errno says why. Nothing of the letter is left. */
static int
failed(struct handin *h, const char *what)
{
	int e = errno;

	log_warnsys(h->id, ": unable to ", what);
	if (h->spool.lingers)
		log_warn(h->id, ": its sender was asked to repeat it, but it "
		    "could not be removed and may be delivered, too");
	h->spool.lingers = 0;
	if (e == ENOSPC || e == EDQUOT)
		return refuse(h, VERDICT_LATER, "4.3.1",
		    "Insufficient system storage");
	if (e == ENOMEM)
		return refuse(h, VERDICT_LATER, "4.3.0",
		    "Out of memory");
	return refuse(h, VERDICT_LATER, "4.3.0",
	    "Queue file write error");
}

/* What came with the letter, to what we say of it ourselves. */
static void
claims(struct handin *h, struct envelope *e)
{
	if (h->door->kind == DOOR_SUBMIT) {
		e->origin = "submit";
		e->client = e->helo = e->proto = e->login = e->parent = 0;
		e->has_uid = 1;
		e->uid = h->uid;
		return;
	}
	/* without root both have one uid: then the letter says which */
	if (h->uid != h->desk->pneub || (h->uid == h->desk->pneud &&
	    (!e->origin || strcmp(e->origin, "bounce"))))
		e->origin = "smtp";
	else
		e->origin = "bounce";
	e->has_uid = 0;
}

/* The envelope is whole: make sense of it, give the letter its id and its
 * Received line. 1, 0 if it was refused (and answered), -1. */
static int
begin(struct handin *h)
{
	struct received r;
	struct timespec now;
	const struct conf *c = &h->desk->conf;
	struct envelope *e = &h->env;
	const char *lack;
	char zone[9];

	clock_gettime(CLOCK_REALTIME, &now);
	h->clock.last_us = h->seat->last_us;
	letter_id_make(h->id, &h->clock, (uint64_t)now.tv_sec * 1000000 +
	    (uint64_t)now.tv_nsec / 1000);
	h->seat->last_us = h->clock.last_us;
	if (envelope_scan(e, h->text.s, h->text.len) < 0) {
		if (errno == ENOMEM)
			return failed(h, "read the envelope") < 0 ? -1 : 0;
		return refuse(h, VERDICT_NEVER, "5.5.4",
		    "Malformed envelope") < 0 ? -1 : 0;
	}
	if (!e->sender || !envelope_nrcpts(e))
		return refuse(h, VERDICT_NEVER, "5.5.4",
		    "Envelope without sender or recipient") < 0 ? -1 : 0;
	claims(h, e);
	lack = strcmp(e->origin, "bounce") ? reserve_lack(&h->reserve,
	    h->desk->queue, conf_num(c, queue_minfree),
	    conf_num(c, queue_minfiles)) : 0;
	if (lack) {
		log_warn(h->id, ": refused for lack of ", lack);
		return refuse(h, VERDICT_LATER, "4.3.1",
		    "Insufficient system storage") < 0 ? -1 : 0;
	}
	e->time = (uint64_t)now.tv_sec;
	memset(&r, 0, sizeof r);
	r.client = e->client;
	r.helo = e->helo;
	r.proto = e->proto;
	r.login = e->login;
	r.by = conf_str(c, myhostname);
	r.id = h->id;
	r.rcpt = envelope_nrcpts(e) == 1 ? envelope_rcpt(e, 0)->addr : 0;
	r.uid = e->uid;
	r.has_uid = e->has_uid;
	r.time = e->time;
	r.zone = date_zone(e->time, zone);
	r.zonename = zone;
	h->trace.len = h->front.len = 0;
	if (!received_put(&h->trace, &r))
		return failed(h, "make the Received line") < 0 ? -1 : 0;
	memset(&h->head, 0, sizeof h->head);
	memcpy(h->head.id, h->id, sizeof h->id);
	h->head.msglen = h->trace.len;
	h->head.mcrc = crc32c(0, h->trace.s, h->trace.len);
	return 1;
}

/* Create the file and write it as far as it is known: front, trace and the
 * part s[0..n). 1 or -1 with errno. */
static int
create(struct handin *h, char *s, size_t n)
{
	struct iovec v[3];

	h->head.msglen += n;
	h->head.mcrc = crc32c(h->head.mcrc, s, n);
	if (!letter_front(&h->front, &h->head, &h->env))
		return -1;
	h->fd = spool_create(&h->spool, h->id);
	if (h->fd < 0)
		return -1;
	v[0].iov_base = h->front.s;
	v[0].iov_len = h->front.len;
	v[1].iov_base = h->trace.s;
	v[1].iov_len = h->trace.len;
	v[2].iov_base = s;
	v[2].iov_len = n;
	return spool_write(h->fd, v, n ? 3 : 2);
}

/* A further part. The first such turns the letter into a big one. */
static int
stream(struct handin *h, char *s, size_t n)
{
	const struct desk *d = h->desk;
	uint64_t limit = conf_num(&d->conf, message_size_limit);
	size_t most = h->door->n > 1 ? h->door->n / 2 : 1;
	struct iovec v;

	if (h->state == HANDIN_HELD) {
		h->seat->big = 1;
		if (door_big(d, h->door) > most)
			return refuse(h, VERDICT_LATER, "4.3.2",
			    "Too many large messages at a time");
		if (create(h, input_kept(&h->in), h->held) < 0)
			return failed(h, "write the letter");
		h->state = HANDIN_STREAM;
	}
	if (h->door->kind == DOOR_SUBMIT && limit &&
	    h->head.msglen - h->trace.len + n > limit)
		return refuse(h, VERDICT_NEVER, "5.3.4",
		    "Message size exceeds fixed limit");
	h->head.msglen += n;
	h->head.mcrc = crc32c(h->head.mcrc, s, n);
	v.iov_base = s;
	v.iov_len = n;
	if (spool_write(h->fd, &v, 1) < 0)
		return failed(h, "write the letter");
	return 1;
}

/* Length and CRC of a big letter are known at its end only. */
static int
write_head(struct handin *h)
{
	char line[LETTER_HEAD_OCTETS + 1];

	letter_front_head(line, &h->head,
	    h->front.s + letter_env_offset(&h->head));
	return pwrite(h->fd, line, LETTER_HEAD_OCTETS, 0) ==
	    LETTER_HEAD_OCTETS || spool_breaks("write") ? 1 : -1;
}

static void
log_submit(const struct handin *h)
{
	char uid[UID_FMT];

	uid[uid_fmt(uid, h->uid)] = 0;
	log_info(h->id, ": uid=", uid, " from=<", h->env.sender, ">");
}

/* X: the letter is whole. After spool_commit it is safe. */
static int
commit(struct handin *h)
{
	char path[LETTER_PATH_OCTETS + 1];
	struct letter_name name;
	int r;

	if (h->state == HANDIN_STREAM)
		r = write_head(h);
	else
		r = create(h, input_kept(&h->in), h->held);
	if (r < 0)
		return failed(h, "write the letter");
	memcpy(name.id, h->id, sizeof h->id);
	name.hash = letter_hash_envelope(&h->env);
	name.size = h->head.msglen;
	if (spool_breaks("early"))
		answer(h, VERDICT_DONE, "2.0.0", h->id);
	r = spool_commit(&h->spool, h->fd, h->id, &name, h->env.time, path);
	h->fd = -1;
	if (r < 0)
		return failed(h, "commit the letter");
	h->seat->big = 0;
	r = spool_breaks("early") ? 1 :
	    answer(h, VERDICT_DONE, "2.0.0", h->id);
	bell_ring(&h->bell, path);
	if (h->door->kind == DOOR_SUBMIT)
		log_submit(h);
	return r;
}

/* A letter to very many leaves storage behind that few others need. */
static void
slim(struct handin *h)
{
	if (h->text.a <= KEEP_OCTETS)
		return;
	stralloc_free(&h->text);
	stralloc_free(&h->front);
	envelope_free(&h->env);
}

/* An E frame. */
static int
take_envelope(struct handin *h, const struct frame *f)
{
	if (h->state == HANDIN_SKIP)
		return f->tag == h->tag ? 1 : -1;
	if (h->state == HANDIN_IDLE) {
		slim(h);
		h->text.len = 0;
		h->tag = f->tag;
		h->held = 0;
		h->state = HANDIN_ENVELOPE;
	} else if (h->state != HANDIN_ENVELOPE || f->tag != h->tag)
		return -1;
	if (h->over) {
		refuse(h, VERDICT_LATER, "4.3.2",
		    "Too many connections of this user");
		return -1;
	}
	if (h->door->kind == DOOR_SUBMIT && h->uid == h->desk->overflow &&
	    h->uid != h->desk->self)
		return refuse(h, VERDICT_NEVER, "5.7.1",
		    "This user has no rights here");
	if (h->text.len + f->n > ENVELOPE_OCTETS)
		return refuse(h, VERDICT_NEVER, "5.5.3",
		    "Too many recipients");
	if (!stralloc_catb(&h->text, f->s, f->n))
		return failed(h, "keep the envelope");
	return 1;
}

/* An M frame. */
static int
take_part(struct handin *h, const struct frame *f)
{
	int r;

	if (h->state == HANDIN_SKIP)
		return 1;
	if (h->state == HANDIN_IDLE || f->n > PART_OCTETS)
		return -1;
	if (!f->n)
		return 1;
	if (h->state != HANDIN_ENVELOPE)
		return stream(h, f->s, f->n);
	r = begin(h);
	if (r <= 0)
		return r < 0 ? -1 : 1;
	h->held = f->n;
	h->state = HANDIN_HELD;
	return 1;
}

/* An X frame. */
static int
take_end(struct handin *h)
{
	int r = 1;

	switch (h->state) {
	case HANDIN_IDLE:
		return -1;
	case HANDIN_SKIP:
		break;
	case HANDIN_ENVELOPE:		/* an empty message */
		r = begin(h);
		if (r <= 0)
			break;
		/* fall through */
	default:
		r = commit(h);
	}
	h->state = HANDIN_IDLE;
	return r < 0 ? -1 : 1;
}

int
handin_frame(struct handin *h, const struct frame *f)
{
	int r;

	if (h->state != HANDIN_IDLE && f->tag != h->tag)
		return -1;
	switch (f->type) {
	case 'E':
		r = take_envelope(h, f);
		break;
	case 'M':
		r = take_part(h, f);
		if (r > 0 && h->state == HANDIN_HELD) {
			if (!f->n)
				input_drop(&h->in, f);
			return 1;	/* keep it */
		}
		break;
	case 'X':
		r = take_end(h);
		break;
	case 'A':
		forget(h);
		h->state = HANDIN_IDLE;
		r = 1;
		break;
	default:
		return -1;
	}
	input_done(&h->in);
	return r;
}

void
handin_end(struct handin *h)
{
	forget(h);
	h->state = HANDIN_IDLE;
}
