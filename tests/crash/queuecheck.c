/* queuecheck: for each line on standard input, the home of an instance: do
 * what pneu-queue does at its start, then read every letter as its readers
 * do, with its CRCs. A line each: "L PATH ID MCRC STATUS" for a whole one,
 * "T PATH WHY" for one that is not, "O PATH" for another's file, "N START"
 * the start counter, "S LEFT" of tmp/ and spare/; then "." Where pneu-queue would not
 * start, neither does this: it ends. For the power-cut test. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "pneu-queue/desk.h"
#include "spool/at.h"
#include "spool/letter.h"
#include "spool/walk.h"

static void
letter(int queue, const char *path)
{
	static struct letter l = LETTER_ZERO;
	int r = letter_open(&l, queue, path);

	if (r > 0 && letter_verify(&l) > 0)
		printf("L %s %s %08lx %.*s\n", path, l.head.id,
		    (unsigned long)l.head.mcrc, (int)l.head.nrcpts, l.status);
	else
		printf("T %s %s\n", path, strerror(errno));
	letter_close(&l);
}

static void
directory(int queue, const char *at)
{
	char path[LETTER_PATH_OCTETS + 1], name[LETTER_NAME_OCTETS + 1];
	struct walk w = WALK_ZERO;
	struct letter_name n;
	const char *bad;
	int r;

	if (walk_open(&w, queue, at) <= 0)
		return;
	while ((r = walk_next(&w, &n, &bad)) > 0) {
		if (r == 2) {
			printf("O %s/%s\n", at, bad);
			continue;
		}
		letter_name_fmt(name, &n);
		snprintf(path, sizeof path, "%s/%s", at, name);
		letter(queue, path);
	}
	walk_close(&w);
}

static void
top(int queue, const char *name, enum at_top t)
{
	static genalloc dirs = GENALLOC_ZERO;
	char at[AT_DIR_OCTETS + 1];
	size_t i;

	genalloc_setlen(uint64_t, &dirs, 0);
	if (walk_dirs(queue, name, &dirs) < 0)
		strerr_diefusys(111, "read ", name);
	for (i = 0; i < genalloc_len(uint64_t, &dirs); i++) {
		at_dir_fmt(at, t, genalloc_s(uint64_t, &dirs)[i]);
		directory(queue, at);
	}
}

static int
count(int queue, const char *at)
{
	struct walk w = WALK_ZERO;
	struct letter_name n;
	const char *bad;
	int i = 0;

	if (walk_open(&w, queue, at) <= 0)
		strerr_diefusys(111, "read ", at);
	while (walk_next(&w, &n, &bad) > 0)
		i++;
	walk_close(&w);
	return i;
}

static void
check(const char *home)
{
	static struct desk d;
	int left;

	if (chdir(home) < 0)
		strerr_diefusys(111, "chdir to ", home);
	desk_open(&d);
	printf("N %u\n", d.start);
	top(d.queue, "new", AT_NEW);
	top(d.queue, "defer", AT_DEFER);
	directory(d.queue, "hold");
	directory(d.queue, "bad");
	left = count(d.queue, "tmp") + count(d.queue, "spare");
	close(d.queue);
	printf("S %d\n.\n", left);
}

int
main(void)
{
	static char home[4096];

	PROG = "queuecheck";
	while (fgets(home, sizeof home, stdin)) {
		home[strcspn(home, "\n")] = 0;
		check(home);
		fflush(stdout);
	}
	return 0;
}
