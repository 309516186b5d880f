#include "pneu-smtpd/smtpd.h"

#include <sys/statvfs.h>

#define ROOM_MS 1000		/* how long an answer is good for */

/* Told by the queue directory's name: what is in it is out of our reach. */
static uint64_t
ask(const struct conf *c)
{
	uint64_t free, minfree = conf_num(c, queue_minfree);
	uint64_t minfiles = minfree / CONF_FILE_OCTETS;
	struct statvfs st;

	if (statvfs("queue", &st) < 0)
		return UINT64_MAX;	/* pneu-queue will know */
	/* some file systems have no fixed number of inodes: 0 */
	if (st.f_files && (uint64_t)st.f_favail < minfiles)
		return 0;
	free = (uint64_t)st.f_bavail * st.f_frsize;
	return free > minfree ? free - minfree : 0;
}

uint64_t
smtpd_room(struct smtpd *m)
{
	if (!m->room_until || m->now >= m->room_until) {
		m->room = ask(&m->conf);
		m->room_until = m->now + ROOM_MS;
	}
	return m->room;
}
