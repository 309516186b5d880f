#include "pneu-sts/sts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/bytestr.h>

#include "run/log.h"
#include "run/service.h"
#include "wire/field.h"

void
asker_knock(struct sts *m)
{
	int fd = run_accept(m->listen);
	struct asker *a = m->askers;
	uid_t uid;

	if (fd < 0)
		return;
	while (a < m->askers + STS_ASKERS && a->s.fd >= 0)
		a++;
	if (a == m->askers + STS_ASKERS || run_peer(fd, &uid) < 0 ||
	    !run_isuser(&m->conf, uid, "pneur")) {
		close(fd);
		return;
	}
	stream_open(&a->s, fd);
	a->serial++;
}

void
asker_close(struct sts *m, struct asker *a)
{
	stream_close(&a->s);
	a->serial++;
}

/* Returns 1, or -1 if it makes no sense. */
static int
take(struct sts *m, struct asker *a, struct frame *fr)
{
	char name[NEXTHOP_HOST_OCTETS + 1] = "", *s = fr->s;
	size_t n = fr->n;
	struct field f;
	int used;

	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		if (used <= 0)
			return (errno = EPROTO, -1);
		if (!field_is(&f, "domain"))
			continue;
		if (!nexthop_ishost(f.value, f.valuelen))
			return (errno = EPROTO, -1);
		memcpy(name, f.value, f.valuelen);
		name[f.valuelen] = 0;
		case_lowers(name);
	}
	if (fr->type != 'P' || !name[0])
		return (errno = EPROTO, -1);
	ask_new(m, a, fr->tag, name);
	return 1;
}

void
asker_read(struct sts *m, struct asker *a)
{
	struct frame f;
	ssize_t n = stream_fill(&a->s);
	int got;

	while ((got = stream_next(&a->s, &f)) > 0)
		if ((got = take(m, a, &f)) < 0)
			break;
	if (got < 0)
		log_warnsys("what pneu-remote asks");
	if (n < 0 || got < 0)
		asker_close(m, a);
}

void
asker_turn(struct sts *m)
{
	struct asker *a;

	for (a = m->askers; a < m->askers + STS_ASKERS; a++)
		if (a->s.fd >= 0 && stream_pending(&a->s) &&
		    stream_flush(&a->s) < 0)
			asker_close(m, a);
}
