#include "pneu-queue/draft.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mail/date.h"
#include "mail/header.h"
#include "mail/received.h"
#include "mail/utf8.h"
#include "spool/made.h"
#include "wire/crc32c.h"

#define READY_OCTETS 4096

int
draft_init(struct draft *d, const struct desk *desk, size_t seat)
{
	d->fd = -1;
	d->clock.worker = (unsigned int)seat;
	d->clock.start = desk->start;
	if (spool_open(&d->spool, desk->queue) < 0)
		return -1;
	d->spool.group = desk->group;
	if (desk->spares && spool_spares(&d->spool, desk->spares +
	    seat * SPARE_MAX, (unsigned int)seat) < 0)
		return -1;
	return stralloc_ready(&d->front, READY_OCTETS) &&
	    stralloc_ready(&d->trace, READY_OCTETS) ? 1 : -1;
}

void
draft_begin(struct draft *d, struct seat *seat, const struct timespec *now)
{
	d->clock.last_us = seat->last_us;
	letter_id_make(d->id, &d->clock, (uint64_t)now->tv_sec * 1000000 +
	    (uint64_t)now->tv_nsec / 1000);
	seat->last_us = d->clock.last_us;
	memset(&d->head, 0, sizeof d->head);
	memcpy(d->head.id, d->id, sizeof d->id);
	d->trace.len = d->front.len = 0;
	d->whole = 0;
	d->parts = 0;
	d->claimed = 0;
}

int
draft_succeed(struct draft *d)
{
	int queue = d->spool.fd, found;

	switch (made_claim(queue, d->env.parent, d->env.step, d->id)) {
	case MADE_NEW:
		d->claimed = 1;
		break;
	case MADE_AGAIN:
		found = made_find(queue, d->id);
		if (found)
			return found < 0 ? -1 : 0;
		/* of a worker that died, or came to a halt */
		if (unlinkat(d->spool.tmp, d->id, 0) < 0 && errno != ENOENT)
			return -1;
		break;
	case MADE_GONE:
		return 0;
	default:
		return -1;
	}
	memcpy(d->head.id, d->id, sizeof d->id);
	return 1;
}

/* It will not be: what was remembered for it goes. Keeps errno. */
static void
unclaim(struct draft *d)
{
	int e = errno;

	if (d->claimed)
		made_forget(d->spool.fd, d->id);
	d->claimed = 0;
	errno = e;
}

int
draft_trace(struct draft *d, const char *host)
{
	const struct envelope *e = &d->env;
	struct received r;
	char zone[9];

	memset(&r, 0, sizeof r);
	if (!e->parent) {	/* a successor does not come from there */
		r.client = e->client;
		r.helo = e->helo;
		r.proto = e->proto;
		r.tls = e->tls;
		r.login = e->login;
	}
	r.by = host;
	r.id = d->id;
	r.rcpt = envelope_nrcpts(e) == 1 ? envelope_rcpt(e, 0)->addr : 0;
	if (r.rcpt && utf8_has(r.rcpt, strlen(r.rcpt)))
		r.rcpt = 0;	/* it might make a header need SMTPUTF8 */
	r.uid = e->uid;
	r.has_uid = e->has_uid;
	r.time = e->time;
	r.zone = date_zone(e->time, zone);
	r.zonename = zone;
	if (!received_put(&d->trace, &r))
		return -1;
	d->head.msglen = d->trace.len;
	d->head.mcrc = crc32c(0, d->trace.s, d->trace.len);
	return 1;
}

/* All in one call, n octets of it from s. */
static int
write_first(struct draft *d, char *s, size_t n)
{
	size_t all = d->front.len + d->trace.len + n;
	struct iovec v[3];

	/* a successor is looked for by its name */
	d->fd = d->whole && all <= SPARE_OCTETS && !letter_isderived(d->id) ?
	    spool_reuse(&d->spool) : -1;
	if (d->fd < 0)
		d->fd = spool_create(&d->spool, d->id);
	if (d->fd < 0)
		return -1;
	v[0].iov_base = d->front.s;
	v[0].iov_len = d->front.len;
	v[1].iov_base = d->trace.s;
	v[1].iov_len = d->trace.len;
	v[2].iov_base = s;
	v[2].iov_len = n;
	if (spool_write(d->fd, v, n ? 3 : 2) < 0)
		return -1;
	return spool_cut(&d->spool, d->fd, all);
}

/* Does a message that begins so lack a header, as those of scanners and alarms
 * do? Behind our Received line a reader would take its text for fields. A line
 * of mboxes stays in front of what is one. */
static int
isbare(const char *s, size_t n)
{
	struct header_field f;

	return memchr(s, '\n', n) && s[0] != '\n' &&
	    header_scan(&f, s, n) < 0 && memcmp(s, "From ", n < 5 ? n : 5) &&
	    memcmp(s, ">From ", n < 6 ? n : 6);
}

int
draft_write(struct draft *d, char *s, size_t n)
{
	struct iovec v;

	if (!d->parts && n && isbare(s, n)) {
		if (!stralloc_append(&d->trace, '\n'))
			return -1;
		d->head.msglen++;
		d->head.mcrc = crc32c(d->head.mcrc, "\n", 1);
	}
	d->head.msglen += n;
	d->head.mcrc = crc32c(d->head.mcrc, s, n);
	v.iov_base = s;
	v.iov_len = n;
	if (d->parts++)
		return spool_write(d->fd, &v, 1);
	if (!letter_front(&d->front, &d->head, &d->env))
		return -1;
	return write_first(d, s, n);
}

uint64_t
draft_octets(const struct draft *d)
{
	return d->head.msglen - d->trace.len;
}

/* Length and CRC of a letter of several parts are known at its end only. */
static int
write_head(struct draft *d)
{
	char line[LETTER_HEAD_OCTETS + 1];

	letter_front_head(line, &d->head,
	    d->front.s + letter_env_offset(&d->head));
	return pwrite(d->fd, line, LETTER_HEAD_OCTETS, 0) ==
	    LETTER_HEAD_OCTETS || spool_breaks("write") ? 1 : -1;
}

int
draft_commit(struct draft *d, char path[LETTER_PATH_OCTETS + 1])
{
	struct letter_name name;
	int r;

	memcpy(name.id, d->id, sizeof d->id);
	name.hash = letter_hash_envelope(&d->env);
	name.size = d->head.msglen;
	if (d->parts > 1 && write_head(d) < 0) {
		draft_forget(d);
		return -1;
	}
	d->spool.nrcpts = d->head.nrcpts;
	r = spool_commit(&d->spool, d->fd, d->id, &name, d->env.time, path);
	d->fd = -1;
	if (r < 0 && !d->spool.lingers)
		unclaim(d);
	d->claimed = 0;
	return r;
}

void
draft_forget(struct draft *d)
{
	if (d->fd >= 0)
		spool_abort(&d->spool, d->fd, d->id);
	d->fd = -1;
	unclaim(d);
}

void
draft_slim(struct draft *d, size_t octets)
{
	if (d->front.a <= octets)
		return;
	stralloc_free(&d->front);
	envelope_free(&d->env);
}
