#include <skalibs/nonposix.h>

#include "spool/spare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/letter.h"
#include "spool/step.h"

#define SEAT_AT 13		/* in an id, two digits: spool/name.h */

void
spare_path(char s[SPARE_PATH_OCTETS + 1], unsigned int seat, unsigned int k)
{
	static const char digits[] = "0123456789abcdef";

	memcpy(s, "spare/00.00", SPARE_PATH_OCTETS + 1);
	s[6] = digits[seat >> 4 & 15];
	s[7] = digits[seat & 15];
	s[9] = digits[k >> 4 & 15];
	s[10] = digits[k & 15];
}

/* p's path. */
static void
path_of(char s[SPARE_PATH_OCTETS + 1], const struct spare *all,
    const struct spare *p)
{
	size_t i = (size_t)(p - all);

	spare_path(s, (unsigned int)(i / SPARE_MAX),
	    (unsigned int)(i % SPARE_MAX));
}

void
spare_heir(struct spare *row, unsigned int seat, int queuefd)
{
	char path[SPARE_PATH_OCTETS + 1];
	unsigned int k;

	for (k = 0; k < SPARE_MAX; k++) {
		if (row[k].state != SPARE_TAKEN &&
		    (row[k].state != SPARE_LIVE || row[k].linked))
			continue;
		/* nobody was told that we have it; in new/G it may be */
		spare_path(path, seat, k);
		row[k].state = unlinkat(queuefd, path, 0) == 0 ||
		    errno == ENOENT ? SPARE_NONE : SPARE_LOST;
	}
}

struct spare *
spare_find(struct spare *all, const char *id)
{
	char word[3] = { id[SEAT_AT], id[SEAT_AT + 1], 0 };
	struct spare *p = all + strtoul(word, 0, 16) * SPARE_MAX;
	unsigned int k;

	for (k = 0; k < SPARE_MAX; k++, p++)
		if (p->state == SPARE_LIVE && !strcmp(p->id, id))
			return p;
	return 0;
}

/* Mark them all: so it is not taken for a letter that waits. */
static int
mark_all(int fd, uint32_t n)
{
	char done[256];
	uint32_t at;
	ssize_t r;

	memset(done, LETTER_DONE, sizeof done);
	for (at = 0; at < n; at += (uint32_t)r) {
		r = pwrite(fd, done, n - at < sizeof done ? n - at :
		    sizeof done, LETTER_HEAD_OCTETS + (off_t)at);
		if (r < 0 && errno == EINTR)
			r = 0;
		if (r < 0)
			return -1;
	}
	return 1;
}

int
spare_retire(struct spare *all, struct spare *p, int queuefd,
    const char *path, uint64_t g)
{
	char mine[SPARE_PATH_OCTETS + 1];
	int fd, r, e;

	path_of(mine, all, p);
	fd = openat(queuefd, mine, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		return -1;
	if (fd >= 0) {
		r = mark_all(fd, p->nrcpts);
		e = errno;
		close(fd);
		errno = e;
		if (r < 0)
			return -1;
	}
	if (step_retire(queuefd, path) < 0)
		return -1;
	p->g = g;
	p->state = fd < 0 ? SPARE_NONE : SPARE_RETIRED;
	return 1;
}

int
spare_move(struct spare *all, struct spare *p, int queuefd,
    const char *path, const struct at *a, enum at_top top, uint64_t dir,
    char to[AT_PATH_OCTETS + 1])
{
	char mine[SPARE_PATH_OCTETS + 1];
	int r;

	path_of(mine, all, p);
	r = step_move(queuefd, mine, a, top, dir, to);
	if (r <= 0)
		return r;
	/* it has all of its life in one name again: remove the second */
	if (unlinkat(queuefd, path, 0) < 0 && errno != ENOENT)
		return -1;
	p->state = SPARE_NONE;
	return 1;
}
