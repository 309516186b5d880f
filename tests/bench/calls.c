/* calls: run a command N times, P at a time, standard input from a file.
 * calls N P FILE COMMAND [ARG ...]. Prints how many exited 0, and seconds. */

#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t fa;
	struct timespec a, b;
	int n, p, running = 0, good = 0, status;
	pid_t pid;

	if (argc < 5)
		return 100;
	n = atoi(argv[1]);
	p = atoi(argv[2]);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, argv[3], O_RDONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &a);
	while (n > 0 || running > 0) {
		if (n > 0 && running < p) {
			if (posix_spawn(&pid, argv[4], &fa, 0, argv + 4,
			    environ) != 0)
				return 111;
			n--;
			running++;
			continue;
		}
		if (wait(&status) < 0)
			return 111;
		running--;
		good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%d %.3f\n", good, (double)(b.tv_sec - a.tv_sec) +
	    (double)(b.tv_nsec - a.tv_nsec) / 1e9);
	return 0;
}
