/* pneu-send where two things meet: a flush and a probe, a takeover and a
 * stall, a damaged letter and its other recipients. */

#include "send_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define NOW 1800000000u

static struct world w;
static char path[LETTER_PATH_OCTETS + 1];

static void
begin(void)
{
	world_begin(&w, NOW);
	world_go(&w, PEER_LSPAWN);
	world_go(&w, PEER_BOUNCE);
	world_go(&w, PEER_REMOTE);
	world_run(&w);
}

static void
send_one(const char *rcpt)
{
	world_letter(&w, path, 0, "a@x.test", &rcpt, 1);
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
}

static void
report_all(char kind, const char *code, const char *text, int site)
{
	while (w.norders)
		world_report(&w, 0, kind, code, text, site);
	world_run(&w);
}

/* Four letters wait for a dead site; it comes back; one flush. */
static void
test_flush(void)
{
	int i;

	begin();
	for (i = 0; i < 4; i++)
		send_one("u@dead.test");
	report_all('L', "4.4.1", "dead", 1);
	ok(world_files("defer") == 4 && !w.g.usedmails, "four letters wait");
	world_pass(&w, 1000);
	dirs_flush(&w.g);
	sched_flush(&w.g.s, NONE);
	world_run(&w);
	ok(w.norders == 1, "flushed: one probe, %zu", w.norders);
	report_all('D', "2.0.0", "ok", 0);
	for (i = 0; i < 20; i++) {
		world_pass(&w, 1000);
		report_all('D', "2.0.0", "ok", 0);
	}
	ok(w.retired == 4, "it is back: all of them go: %u", w.retired);
}

int
main(void)
{
	if (!getenv("VERBOSE") && !freopen("/dev/null", "w", stderr))
		return 111;	/* the log */
	test_flush();
	world_end(&w);
	return tap_end();
}
