#include "pneu-smtpd/smtpd.h"

#include <errno.h>
#include <unistd.h>

#include "conf/listen.h"
#include "run/log.h"
#include "wire/field.h"

/* A connection. Returns 0, or -1 if the frame is malformed. */
static int
take(struct smtpd *m, struct frame *f)
{
	char peer[SMTPD_PEER_OCTETS] = "";
	enum listen_role role = LISTEN_SMTP;
	struct conn *c;
	struct field x;
	size_t at;
	int used, unknown = 0, fd = stream_takefd(&m->listen);

	if (fd < 0)
		return (errno = EPROTO, -1);
	for (at = 0; at < f->n; at += (size_t)used) {
		used = field_scan(&x, f->s + at, f->n - at);
		if (used <= 0 || (field_is(&x, "peer") &&
		    !peer_scan(peer, x.value)))
			break;
		unknown |= field_is(&x, "unknown");
		if (field_is(&x, "role"))
			role = listen_role(x.value);
	}
	if (at < f->n || !peer[0] || role == LISTEN_ROLES) {
		close(fd);
		return (errno = EPROTO, -1);
	}
	c = conn_new(m, fd, fd, peer, unknown ? 0 : smtpd_rights(m, peer),
	    f->tag);
	if (c)
		c->s.submission = role == LISTEN_SUBMISSION ||
		    role == LISTEN_SUBMISSIONS;
	if (c && listen_istls(role))
		session_wrap(&c->s);
	if (!c) {
		log_warnsys("no session for ", peer);
		close(fd);
		listen_ended(m, f->tag);
	}
	return 0;
}

/* No new sessions; those that are there end soon. */
void
smtpd_finish(struct smtpd *m, int soft)
{
	struct conn **all = genalloc_s(struct conn *, &m->conns);
	size_t n = genalloc_len(struct conn *, &m->conns), i;

	m->finish = 1;
	for (i = 0; i < n; i++)
		if (all[i]) {
			session_finish(&all[i]->s, soft, m->now);
			all[i]->dirty = 1;
		}
}

void
listen_read(struct smtpd *m)
{
	struct frame f;
	ssize_t r = stream_fill(&m->listen);
	int got;

	while ((got = stream_next(&m->listen, &f)) > 0) {
		if (f.type == 'Z')
			smtpd_finish(m, 1);
		else if (f.type != 'C')
			got = (errno = EPROTO, -1);
		else
			got = take(m, &f);
		if (got < 0)
			break;
	}
	if (got < 0)
		log_warnsys("what pneu-listen says");
	if (r < 0 || got < 0) {
		stream_close(&m->listen);
		smtpd_finish(m, 1);
	}
}

void
listen_ended(struct smtpd *m, uint32_t tag)
{
	if (m->listen.fd >= 0)
		frame_put(&m->listen.out, 'E', tag, "", 0);
}
