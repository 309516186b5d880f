#ifndef DELIVER_COMMAND_H
#define DELIVER_COMMAND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <skalibs/stralloc.h>

/* A user's command, running: in a process group of its own, its standard
 * input the message, its output kept for the verdict. */

#define COMMAND_OUTPUT_OCTETS 1000	/* kept; what is more is read and lost */

struct command {
	pid_t pid;		/* 0: none */
	int fd;			/* its output, non-blocking; -1: ended */
	int status, ended, late;
	uint64_t end;		/* monotonic ms: then it is killed */
	stralloc out;
};

#define COMMAND_ZERO { .fd = -1, .out = STRALLOC_ZERO }

/* Start line. Without characters that mean something to a shell it is run
 * directly, else, or if shell is not 0, by /bin/sh -c. in is its standard
 * input, read from the beginning. The rights of a saved group are dropped,
 * all signals are as at login, umask 077, no other descriptor stays open.
 * Returns 0, or -1 with errno. SIGCHLD must be trapped (skalibs' selfpipe). */
int command_start(struct command *c, const char *line, int shell,
    char *const *envp, int in, uint64_t end);

/* Read what output there is. */
void command_read(struct command *c);

/* See whether it has ended, and kill its process group if it is late. */
void command_check(struct command *c, uint64_t now);

/* Forget it; out stays. */
void command_close(struct command *c);

#endif
