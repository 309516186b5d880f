#ifndef SPAWN_CREW_H
#define SPAWN_CREW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A crew: a parent and n workers that it forks, one a seat. Who ends is
 * forked anew; who fails as soon as he was forked waits, longer each time.
 * Times are monotonic milliseconds. The parent's loop:
 *
 *	while ((i = crew_due(c, now)) >= 0)
 *		pid = crew_fork(); 0: work in seat i, _exit; else crew_started
 *	wait for SIGCHLD, at most crew_wait(c, now)
 *	for each that ended: crew_ended(c, pid, status, now)
 */

#define CREW_EARLY_MS 1000	/* who fails sooner than this waits */
#define CREW_WAIT_MS 1000	/* this at first, doubling up to */
#define CREW_WAIT_MAX_MS 8000	/* this */

struct crew_seat {
	pid_t pid;		/* 0: empty */
	uint64_t since;		/* forked at */
	uint64_t due;		/* not to be forked before */
	uint32_t wait;		/* the last wait, 0 if none */
};

struct crew {
	struct crew_seat *seat;	/* the caller's, all 0 at first */
	size_t n;
};

/* The seat to fork a worker for now, or -1. */
int crew_due(const struct crew *c, uint64_t now);

/* Milliseconds until crew_due may have one; -1: none will by itself. */
int64_t crew_wait(const struct crew *c, uint64_t now);

void crew_started(struct crew *c, size_t i, pid_t pid, uint64_t now);

/* pid has ended with status (waitpid(2)). Returns its seat, -1 if it has
 * none. Exit 0 is retirement; all else is failure. */
int crew_ended(struct crew *c, pid_t pid, int status, uint64_t now);

/* Workers that live. */
size_t crew_alive(const struct crew *c);

/* Send a signal to all of them. */
void crew_kill(const struct crew *c, int sig);

/* fork(2) for a worker: in it no signal is blocked or caught, and it gets
 * SIGTERM when the parent dies where the system can do that (Linux). Returns
 * pid, 0 in the worker, -1 with errno. */
pid_t crew_fork(void);

#endif
