#include "pneu-queue/bell.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/service.h"
#include "spool/name.h"
#include "wire/frame.h"

void
bell_open(struct bell *b)
{
	b->fd = run_connect("bell", "bell");
}

void
bell_ring(struct bell *b, const char *path)
{
	char s[FRAME_HEAD_OCTETS + LETTER_PATH_OCTETS];
	size_t n = strlen(path);
	int again;

	frame_head(s, 'N', 0, n);
	memcpy(s + FRAME_HEAD_OCTETS, path, n);
	n += FRAME_HEAD_OCTETS;
	/* a pneu-send that was started anew is to be connected to anew */
	for (again = 0; again < 2; again++) {
		if (b->fd < 0)
			bell_open(b);
		if (b->fd < 0)
			return;
		if (send(b->fd, s, n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		    (ssize_t)n)
			return;
		close(b->fd);
		b->fd = -1;
	}
}
