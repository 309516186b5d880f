#include "run/hand.h"

#include <errno.h>
#include <unistd.h>

#include "run/log.h"
#include "run/service.h"

/* Apart from hand.c because of what it needs of run/service.h. */
static void
knock(struct hand *h, const struct conf *c)
{
	uid_t uid;
	int fd;

	while ((fd = run_accept(h->listen)) >= 0) {
		if (run_peer(fd, &uid) == 0 && run_isuser(c, uid, "pneus"))
			hand_take(h, fd);
		else {
			log_warn("connection refused: not pneu-send's user");
			close(fd);
		}
	}
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ECONNABORTED)
		log_warnsys("unable to accept a connection");
}

void
hand_io(struct hand *h, const iopause_fd *x, const struct conf *c)
{
	if (x[1].fd >= 0 && x[1].fd == h->s.fd) {
		if (x[1].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			h->readable = 1;
		if (x[1].revents & IOPAUSE_WRITE)
			hand_flush(h);
	}
	if (x[0].fd >= 0 && x[0].revents)
		knock(h, c);
}
