#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "pneu-send/send.h"
#include "run/log.h"
#include "run/service.h"

/* The bell: paths of letters just committed. Each connection's rest of a
 * frame is kept; no more is needed, frames are short. */
#define READ_OCTETS 16384

void
bell_accept(struct send *g)
{
	uid_t uid;
	int fd;

	while (g->nbells < BELLS && (fd = run_accept(g->bell)) >= 0) {
		if (run_peer(fd, &uid) < 0 ||
		    !run_isuser(&g->conf, uid, "pneuq")) {
			log_warn("connection to the bell refused: "
			    "not pneu-queue");
			close(fd);
			continue;
		}
		ndelay_on(fd);
		g->bells[g->nbells].fd = fd;
		g->bells[g->nbells++].n = 0;
	}
}

/* Who rang may not have been heard in the end: look. */
static void
hang_up(struct send *g, uint32_t i)
{
	close(g->bells[i].fd);
	g->bells[i] = g->bells[--g->nbells];
	g->newagain = 1;
}

void
bell_heard(struct send *g, const char *s, size_t n)
{
	char path[LETTER_PATH_OCTETS + 1];
	uint32_t site;
	struct at a;
	int r;

	if (n > LETTER_PATH_OCTETS)
		return;
	memcpy(path, s, n);
	path[n] = 0;
	if (at_scan(&a, path) < 0 || a.top != AT_NEW) {
		log_warn("the bell rang for ", path);
		return;
	}
	site = scan_known(g, a.name.hash);
	if (site != NONE && sched_room(&g->s, site) == SCHED_FULL &&
	    mail_find(g, a.name.id) == NONE) {
		if (!mail_defer(g, &a, g->wall + 2))
			g->newagain = 1;
	} else if ((r = load(g, &a, 0)) < 0 || r == 2)
		g->newagain = 1;
}

void
bell_read(struct send *g, uint32_t i)
{
	static char buf[sizeof g->bells[0].s + READ_OCTETS];
	struct bell *b = g->bells + i;
	size_t at = 0, n;
	struct frame f;
	ssize_t r;
	int used;

	memcpy(buf, b->s, b->n);
	do
		r = recv(b->fd, buf + b->n, READ_OCTETS, MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (r <= 0) {
		hang_up(g, i);
		return;
	}
	n = b->n + (size_t)r;
	while ((used = frame_scan(&f, buf + at, n - at)) > 0) {
		if (f.type == 'N')
			bell_heard(g, f.s, f.n);
		at += (size_t)used;
	}
	if (used < 0 || n - at >= sizeof b->s) {
		log_warn("the bell: a malformed frame");
		hang_up(g, i);
		return;
	}
	b->n = (uint32_t)(n - at);
	memcpy(b->s, buf + at, b->n);
}
