#include "spawn/crew.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define RETIRED 0		/* as waitpid(2) has it */
#define FAILED (111 << 8)

int
main(void)
{
	struct crew_seat seats[3] = { { 0 } };
	struct crew c = { seats, 3 };
	int status;
	pid_t pid;

	ok(crew_due(&c, 1000) == 0 && crew_wait(&c, 1000) == 0, "all are due");
	crew_started(&c, 0, 10, 1000);
	crew_started(&c, 1, 11, 1000);
	ok(crew_due(&c, 1000) == 2, "the third");
	crew_started(&c, 2, 12, 1000);
	ok(crew_due(&c, 1000) < 0 && crew_wait(&c, 1000) == -1, "all are out");
	ok(crew_ended(&c, 99, RETIRED, 1000) < 0, "not one of ours");
	ok(crew_ended(&c, 11, RETIRED, 1001) == 1 && crew_due(&c, 1001) == 1,
	    "who retires is followed at once");
	crew_started(&c, 1, 13, 1001);
	ok(crew_ended(&c, 13, FAILED, 1002) == 1 && crew_due(&c, 1002) < 0 &&
	    crew_wait(&c, 1002) == CREW_WAIT_MS, "who fails at once waits");
	ok(crew_due(&c, 1002 + CREW_WAIT_MS) == 1, "a second");
	crew_started(&c, 1, 14, 3000);
	crew_ended(&c, 14, FAILED, 3001);
	ok(crew_wait(&c, 3001) == 2 * CREW_WAIT_MS, "then two");
	crew_started(&c, 1, 15, 6000);
	crew_ended(&c, 15, 9, 6000 + CREW_EARLY_MS);
	ok(crew_due(&c, 6000 + CREW_EARLY_MS) == 1,
	    "who fails after a while does not");
	ok(crew_alive(&c) == 2, "two live");

	seats[0].pid = seats[2].pid = 0;
	pid = crew_fork();
	if (!pid)
		for (;;)
			pause();
	crew_started(&c, 0, pid, 1);
	crew_kill(&c, SIGTERM);
	ok(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGTERM, "killed");
	return tap_end();
}
