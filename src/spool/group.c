#include "spool/group.h"

#include <errno.h>
#include <unistd.h>

static int
mutex_init(pthread_mutex_t *m)
{
	pthread_mutexattr_t a;
	int e;

	if ((e = pthread_mutexattr_init(&a)))
		return e;
	if (!(e = pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED)) &&
	    !(e = pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST)))
		e = pthread_mutex_init(m, &a);
	pthread_mutexattr_destroy(&a);
	return e;
}

int
group_init(struct group *g)
{
	int e;

	if ((e = mutex_init(&g->count)) || (e = mutex_init(&g->turn)))
		return (errno = e, -1);
	return 1;
}

/* Wherever its holder died, what it guards makes sense. */
static int
take(pthread_mutex_t *m)
{
	int e = pthread_mutex_lock(m);

	if (e == EOWNERDEAD)
		e = pthread_mutex_consistent(m);
	return e ? (errno = e, -1) : 1;
}

/* The last ticket given out; a new one if fresh. 0 with errno. */
static uint64_t
ticket(struct group *g, int fresh)
{
	uint64_t t;

	if (take(&g->count) < 0)
		return 0;
	t = g->asked += (uint64_t)fresh;
	pthread_mutex_unlock(&g->count);
	return t;
}

/* My turn, with ticket t. */
static int
flush(struct group *g, int fd, uint64_t gen, uint64_t t)
{
	uint64_t all;
	int r;

	if (g->failed_g == gen && t <= g->failed)
		return (errno = EIO, -1);
	if (g->done_g == gen && t <= g->done)
		return 1;
	if (!(all = ticket(g, 0)))
		return -1;
	do
		r = fsync(fd);
	while (r < 0 && errno == EINTR);
	if (r < 0) {
		g->failed = all;
		g->failed_g = gen;
		return -1;
	}
	g->done = all;
	g->done_g = gen;
	return 1;
}

int
group_flush(struct group *g, int fd, uint64_t gen)
{
	uint64_t t = ticket(g, 1);
	int r, e;

	if (!t || take(&g->turn) < 0)
		return -1;
	r = flush(g, fd, gen, t);
	e = errno;
	pthread_mutex_unlock(&g->turn);
	errno = e;
	return r;
}
