#include "pneu-smtpd/smtpd.h"

#include "run/log.h"
#include "run/service.h"

int
smtpd_reach(struct smtpd *m, struct stream *s, uint64_t *retry,
    const char *name)
{
	int fd;

	if (s->fd >= 0)
		return 1;
	if (m->now < *retry)
		return 0;
	fd = run_connect(name, name);
	if (fd < 0) {
		log_warnsys("unable to connect to run/", name, "/", name);
		*retry = m->now + SMTPD_RETRY_MS;
		return 0;
	}
	stream_open(s, fd);
	return 1;
}

int
smtpd_hear(struct smtpd *m, struct stream *s, const char *name,
    int (*answer)(struct smtpd *m, struct frame *f))
{
	struct frame f;
	ssize_t r = stream_fill(s);
	int got;

	while ((got = stream_next(s, &f)) > 0)
		if ((got = answer(m, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys(name);
	return r < 0 || got < 0 ? -1 : 0;
}
