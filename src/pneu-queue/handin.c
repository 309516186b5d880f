#include "pneu-queue/handin-internal.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <skalibs/types.h>

#include "run/log.h"

#define PART_OCTETS 65536		/* of the message; doc/PROTOCOLS 1 */
#define ANSWER_OCTETS 1024		/* at most: a verdict */
#define SMALL_OCTETS PART_OCTETS	/* of a letter that is not big */
#define READY_OCTETS 4096		/* enough for most letters */
#define KEEP_OCTETS (1u << 20)		/* of storage, from one to the next */

int
handin_init(struct handin *h, const struct desk *d, const struct door *r,
    size_t seat)
{
	h->desk = d;
	h->door = r;
	h->seat = d->seats + seat;
	bell_open(&h->bell);
	rewrite_init(&h->rewrite, &d->conf);
	h->bcc.facts = h->rewrite.facts;
	h->bcc.has = rewrite_has(&d->conf, "bcc");
	/* so that "no memory" can be said without any */
	return draft_init(&h->draft, d, seat) > 0 &&
	    stralloc_ready(&h->out, ANSWER_OCTETS) &&
	    stralloc_ready(&h->text, READY_OCTETS) ? 1 : -1;
}

void
handin_begin(struct handin *h, int fd, uid_t uid)
{
	input_init(&h->in, fd);
	h->uid = uid;
	h->state = HANDIN_IDLE;
	h->tag = 0;
}

/* Who hands it in at intake; without root all have one uid, then the letter
 * says which. */
static const char *
origin(const struct desk *d, uid_t uid, const char *said)
{
	static const char *const others[] = { "bounce", "forward" };
	const uid_t uids[] = { d->pneub, d->pneuf };
	size_t i;

	for (i = 0; i < 2; i++)
		if (uid == uids[i] && (uid != d->pneud ||
		    (said && !strcmp(said, others[i]))))
			return others[i];
	return "smtp";
}

/* What came with the letter, to what we say of it ourselves. */
static void
claims(struct handin *h, struct envelope *e)
{
	const struct desk *d = h->desk;
	size_t i;

	/* only pneu-forward may say what a recipient stands for */
	for (i = 0; i < envelope_nrcpts(e) && (h->uid != d->pneuf ||
	    h->door->kind == DOOR_SUBMIT); i++)
		envelope_rcpt(e, i)->target = envelope_rcpt(e, i)->orig = 0;
	if (h->door->kind == DOOR_SUBMIT) {
		e->origin = "submit";
		e->client = e->helo = e->proto = e->tls = e->login = e->method =
		    e->parent = e->step = 0;
		e->has_uid = 1;
		e->uid = h->uid;
		return;
	}
	e->origin = origin(d, h->uid, e->origin);
	e->has_uid = 0;
}

/* The envelope is whole: make sense of it. 1, 0 if the letter is refused
 * (and answered), -1. */
static int
examine(struct handin *h, struct envelope *e)
{
	const struct conf *c = &h->desk->conf;
	const char *lack;

	if (envelope_scan(e, h->text.s, h->text.len) < 0) {
		if (errno == ENOMEM)
			return handin_failed(h, "read the envelope") < 0 ?
			    -1 : 0;
		return handin_refuse(h, VERDICT_NEVER, "5.5.4",
		    "Malformed envelope") < 0 ? -1 : 0;
	}
	if (!e->sender || !envelope_nrcpts(e))
		return handin_refuse(h, VERDICT_NEVER, "5.5.4",
		    "Envelope without sender or recipient") < 0 ? -1 : 0;
	claims(h, e);
	if (!strcmp(e->origin, "bounce"))
		return 1;
	lack = reserve_lack(&h->reserve, h->desk->queue,
	    conf_num(c, queue_minfree));
	if (!lack)
		return 1;
	log_warn(h->draft.id, ": refused for lack of ", lack);
	return handin_refuse(h, VERDICT_LATER, "4.3.1",
	    "Insufficient system storage") < 0 ? -1 : 0;
}

/* A letter of a step that was done before, by one who did not hear of it, is
 * passed over. As examine. */
static int
succeed(struct handin *h)
{
	int r = draft_succeed(&h->draft);

	if (r < 0 && errno == EINVAL)
		return handin_refuse(h, VERDICT_NEVER, "5.5.4",
		    "Malformed envelope") < 0 ? -1 : 0;
	if (r < 0)
		return handin_failed(h, "remember the letter") < 0 ? -1 : 0;
	if (r)
		return 1;
	log_info(h->draft.id, ": made of ", h->draft.env.parent, " before");
	h->known = 1;
	h->state = HANDIN_SKIP;
	return 0;
}

/* The sender's address by the tables, if it did not go through here before.
 * As examine. */
static int
rewrite_sender(struct handin *h, struct envelope *e)
{
	int r = 0;

	if (rewrite_senders(&h->rewrite) && strcmp(e->origin, "bounce") &&
	    !e->parent)
		r = rewrite_in(&h->sender, &h->rewrite, e->sender,
		    strlen(e->sender), HEADMAP_SENDER);
	if (r < 0)
		return handin_failed(h, "look up the sender") < 0 ? -1 : 0;
	if (r)
		e->sender = h->sender.s;
	return 1;
}

/* Who gets a copy becomes a recipient, after the Received line, which names
 * the only one. As examine. */
static int
copies(struct handin *h, struct envelope *e)
{
	if (!strcmp(e->origin, "bounce") || bcc_add(&h->bcc, e) > 0)
		return 1;
	if (errno == E2BIG)
		return handin_refuse(h, VERDICT_NEVER, "5.5.3",
		    "Too many recipients") < 0 ? -1 : 0;
	return handin_failed(h, "find who gets a copy") < 0 ? -1 : 0;
}

/* The letter gets its id and its Received line. As examine. */
static int
begin(struct handin *h)
{
	struct timespec now;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	draft_begin(&h->draft, h->seat, &now);
	r = examine(h, &h->draft.env);
	if (r <= 0 || (h->draft.env.parent && h->draft.env.step &&
	    (r = succeed(h)) <= 0))
		return r;
	h->draft.env.time = (uint64_t)now.tv_sec;
	if (draft_trace(&h->draft, conf_str(&h->desk->conf, myhostname)) < 0)
		return handin_failed(h, "make the Received line") < 0 ? -1 : 0;
	r = rewrite_sender(h, &h->draft.env);
	if (r <= 0)
		return r;
	return copies(h, &h->draft.env);
}

/* A further part: from here on the letter goes to disk as it comes. Past
 * SMALL_OCTETS it is a big one. */
static int
stream(struct handin *h, char *s, size_t n)
{
	const struct desk *d = h->desk;
	uint64_t limit = conf_num(&d->conf, message_size_limit);
	size_t most = h->door->n > 1 ? h->door->n / 2 : 1;

	if (h->state == HANDIN_HELD) {
		if (draft_write(&h->draft, input_kept(&h->in), h->held) < 0)
			return handin_failed(h, "write the letter");
		h->state = HANDIN_STREAM;
	}
	if (!h->seat->big && draft_octets(&h->draft) + n > SMALL_OCTETS) {
		h->seat->big = 1;
		if (door_big(d, h->door) > most)
			return handin_refuse(h, VERDICT_LATER, "4.3.2",
			    "Too many large messages at a time");
	}
	if (h->door->kind == DOOR_SUBMIT && limit &&
	    draft_octets(&h->draft) + n > limit)
		return handin_refuse(h, VERDICT_NEVER, "5.3.4",
		    "Message size exceeds fixed limit");
	return draft_write(&h->draft, s, n) < 0 ?
	    handin_failed(h, "write the letter") : 1;
}

static void
log_submit(const struct handin *h)
{
	char uid[UID_FMT];

	uid[uid_fmt(uid, h->uid)] = 0;
	log_info(h->draft.id, ": uid=", uid, " from=<", h->draft.env.sender,
	    ">");
}

/* X: the letter is whole. After draft_commit it is safe. */
static int
commit(struct handin *h)
{
	char path[LETTER_PATH_OCTETS + 1];
	int r;

	h->draft.whole = h->state != HANDIN_STREAM;
	if (h->draft.whole &&
	    draft_write(&h->draft, input_kept(&h->in), h->held) < 0)
		return handin_failed(h, "write the letter");
	if (spool_breaks("early"))
		handin_answer(h, VERDICT_DONE, "2.0.0", h->draft.id);
	if (draft_commit(&h->draft, path) < 0)
		return handin_failed(h, "commit the letter");
	h->seat->big = 0;
	r = spool_breaks("early") ? 1 :
	    handin_answer(h, VERDICT_DONE, "2.0.0", h->draft.id);
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
	stralloc_free(&h->bcc.text);
	genalloc_free(char, &h->bcc.all);
	draft_slim(&h->draft, KEEP_OCTETS);
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
		strcpy(h->draft.id, "NOQUEUE");	/* as Postfix logs it */
		h->tag = f->tag;
		h->held = 0;
		h->known = 0;
		h->state = HANDIN_ENVELOPE;
	} else if (h->state != HANDIN_ENVELOPE || f->tag != h->tag)
		return -1;
	if (h->over) {
		handin_refuse(h, VERDICT_LATER, "4.3.2",
		    "Too many connections of this user");
		return -1;
	}
	if (h->door->kind == DOOR_SUBMIT && h->uid == h->desk->overflow &&
	    h->uid != h->desk->self)
		return handin_refuse(h, VERDICT_NEVER, "5.7.1",
		    "This user has no rights here");
	if (h->text.len + f->n > ENVELOPE_OCTETS)
		return handin_refuse(h, VERDICT_NEVER, "5.5.3",
		    "Too many recipients");
	if (!stralloc_catb(&h->text, f->s, f->n))
		return handin_failed(h, "keep the envelope");
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
	if (h->known && r >= 0)
		r = handin_answer(h, VERDICT_DONE, "2.0.0", h->draft.id);
	h->known = 0;
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
		handin_forget(h);
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
	handin_forget(h);
	h->state = HANDIN_IDLE;
}
