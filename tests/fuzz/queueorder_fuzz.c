/* libFuzzer entry: orders to pneu-queue; the first octet chooses the type.
 * What must hold: a path that is taken names a place in the queue and
 * nothing else, each order has a verdict or ends the connection, and what
 * lies beside the queue is never touched. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pneu-queue/order.h"
#include "spool/at.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char home[] = "/tmp/pneu-fuzz.XXXXXX";
static int homefd = -1, queue;

static void
make_queue(void)
{
	static const char *const dirs[] = { "queue", "queue/tmp", "queue/new",
	    "queue/defer", "queue/hold", "queue/bad", "beside" };
	size_t i;

	if (!mkdtemp(home) || (homefd = open(home, O_RDONLY)) < 0)
		abort();
	for (i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		mkdirat(homefd, dirs[i], 0700);
	queue = openat(homefd, "queue", O_RDONLY);
	/* a letter for the orders of the corpus to find */
	close(openat(queue, "hold/0642E1B3F5C09A0001.00000000.6",
	    O_CREAT | O_WRONLY, 0600));
}

static void
path(const char *s)
{
	struct at a;
	int slashes = 0, is = at_scan(&a, s) > 0 || at_scan_any(&a, s) > 0;

	if (!is && at_scan_dir(&a, s) < 0)
		return;
	if (strncmp(s, "new/", 4) && strncmp(s, "defer/", 6) &&
	    strncmp(s, "hold/", 5) && strncmp(s, "bad/", 4))
		abort();
	if (strstr(s, "/.") || strstr(s, "//"))
		abort();
	for (; *s; s++)
		slashes += *s == '/';
	if (slashes > 2)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char types[] = "MDRHUP?B";
	static struct qorder o = QORDER_ZERO;
	static stralloc out = STRALLOC_ZERO;
	struct frame f;
	struct verdict v;
	struct stat st;
	char *s;

	if (!n)
		return 0;
	if (homefd < 0)
		make_queue();
	s = malloc(n);
	memcpy(s, data + 1, n - 1);
	s[n - 1] = 0;
	path(s);
	f.type = types[data[0] & 7];
	f.tag = 1;
	f.s = s;
	f.n = n - 1;
	out.len = 0;
	if (qorder_frame(&o, &f, queue, 1763800000, &out) > 0) {
		path(o.at);
		if (frame_scan(&f, out.s, out.len) != (int)out.len ||
		    verdict_scan(&v, f.s, f.n) < 0)
			abort();
	}
	if (fstatat(homefd, "beside", &st, 0) < 0)
		abort();
	free(s);
	return 0;
}
