#include "run/pause.h"

#include <sys/resource.h>
#include <unistd.h>

#include "tap.h"

#define PLACES 100

int
main(void)
{
	struct rlimit few;
	iopause_fd x[PLACES];
	int p[2], i;

	tain_now_set_stopwatch_g();
	if (pipe(p) < 0 || getrlimit(RLIMIT_NOFILE, &few) < 0)
		return 111;
	few.rlim_cur = 20;
	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		return 111;
	for (i = 0; i < PLACES; i++) {
		x[i].fd = -1;
		x[i].events = IOPAUSE_READ;
		x[i].revents = IOPAUSE_READ;
	}
	x[40].fd = p[0];
	x[90].fd = p[1];
	x[90].events = IOPAUSE_WRITE;
	ok(run_pause(x, PLACES, &tain_infinite) == 1,
	    "more places than there may be descriptors");
	ok(!x[40].revents && x[90].revents == IOPAUSE_WRITE && !x[0].revents,
	    "each hears its own");
	if (write(p[1], "x", 1) != 1)
		return 111;
	ok(run_pause(x, PLACES, &tain_infinite) == 2 && x[40].revents,
	    "both");
	ok(run_pause(x, 60, &tain_infinite) == 1 && x[40].revents, "fewer");
	return tap_end();
}
