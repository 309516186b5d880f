#include "spool/spare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/commit.h"
#include "spool/letter.h"
#include "spool/slot.h"
#include "tap.h"
#include "wire/crc32c.h"

/* Files that are used again, on a real directory. The letters are made by
 * seat 3. */

#define NOW 1763800000u
#define SEAT 3

static char dir[] = "/tmp/pneu-spare.XXXXXX";
static int queue, made, warned;
static struct spool sp;
static struct spare all[(SEAT + 1) * SPARE_MAX];

/* A letter of n octets; its path, and which file (-1: its own). */
static int
make(size_t n, char path[LETTER_PATH_OCTETS + 1], int *which)
{
	static char msg[20000];
	struct letter_head h = { .msglen = n };
	struct letter_name name = { .size = n };
	struct envelope e = ENVELOPE_ZERO;
	stralloc sa = STRALLOC_ZERO;
	struct iovec v[2];
	int fd, r;

	memset(msg, 'x', sizeof msg);
	sprintf(h.id, "0642E1B3F%04X%02d001", (unsigned int)made++, SEAT);
	strcpy(name.id, h.id);
	h.mcrc = crc32c(0, msg, n);
	e.sender = "";
	e.time = NOW;
	envelope_add(&e, "a@b.test");
	envelope_add(&e, "b@c.test");
	letter_front(&sa, &h, &e);
	v[0].iov_base = sa.s;
	v[0].iov_len = sa.len;
	v[1].iov_base = msg;
	v[1].iov_len = n;
	fd = spool_reuse(&sp);
	*which = fd < 0 ? -1 : sp.spare;
	if (fd < 0)
		fd = spool_create(&sp, h.id);
	sp.nrcpts = 2;
	r = fd < 0 || spool_write(fd, v, 2) < 0 ||
	    spool_cut(&sp, fd, sa.len + n) < 0 ? -1 :
	    spool_commit(&sp, fd, h.id, &name, NOW, path);
	envelope_free(&e);
	stralloc_free(&sa);
	return r;
}

/* Is it a whole letter of n octets, and nothing behind it? */
static int
whole(const char *path, size_t n)
{
	struct letter l = LETTER_ZERO;
	struct stat st;
	int r = letter_open(&l, queue, path) > 0 && l.head.msglen == n &&
	    letter_verify(&l) > 0 && fstat(l.fd, &st) == 0 &&
	    (uint64_t)st.st_size == letter_history_offset(&l.head);

	letter_free(&l);
	return r;
}

static int
exists(const char *path)
{
	struct stat st;

	return fstatat(queue, path, &st, 0) == 0;
}

static struct spare *
of(const char *path)
{
	struct at a;

	return at_scan(&a, path) < 0 ? 0 : spare_find(all, a.name.id);
}

static int
retire(const char *path)
{
	return spare_retire(all, of(path), queue, path, NOW / GENERATION_S);
}

static void
warn(const char *path)
{
	printf("# %s: %s\n", path, strerror(errno));
	warned++;
}

/* Enough retired letters that their files are collected. */
static void
reuse(void)
{
	char path[16][LETTER_PATH_OCTETS + 1], p[LETTER_PATH_OCTETS + 1];
	int i, k, fd, again = 0, which[16];

	for (i = 0; i < 16; i++)
		if (make(1000, path[i], which + i) < 0)
			break;
	ok(i == 16 && which[0] == 0 && which[15] == 15,
	    "each letter a new file while none is free");
	ok(whole(path[7], 1000) && exists("spare/03.07"), "with two names");
	for (i = 0; i < 7; i++)
		again += retire(path[i]);
	ok(again == 7 && !exists(path[0]) && exists("spare/03.00"),
	    "retired: one name is left");
	make(10, p, &k);
	ok(k == 16, "seven are not worth a flush");
	fd = openat(queue, path[7], O_RDONLY);
	retire(path[7]);
	make(10, p, &k);
	ok(k == 0 && whole(p, 10), "eight are; a shorter letter is cut off");
	for (i = 1; i < 7; i++)
		make(2000, p, &k);
	ok(k == 6 && whole(p, 2000), "and a longer one whole");
	make(10, p, &k);
	ok(k == 17, "a file that somebody reads is not used again");
	close(fd);
	make(10, p, &k);
	ok(k == 7, "but when he has closed it");
	make(10, p, &k);
	ok(k == 18, "nor one that holds a letter");
}

static void
move(void)
{
	char path[LETTER_PATH_OCTETS + 1], to[AT_PATH_OCTETS + 1];
	struct stat st;
	struct at a;
	int k;

	make(20, path, &k);
	at_scan(&a, path);
	ok(spare_move(all, of(path), queue, path, &a, AT_DEFER, NOW + 64,
	    to) > 0 && !strncmp(to, "defer/1763800064/", 17), "moved");
	ok(whole(to, 20) && !exists(path) && fstatat(queue, to, &st, 0) == 0 &&
	    st.st_nlink == 1 && !of(path), "it has one name and is no spare");
	make(20, path, &k);
	at_scan(&a, path);
	ok(spare_move(all, of(path), queue, path, &a, AT_HOLD, 0, to) > 0 &&
	    whole(to, 20), "moved to another");
	make(20, path, &k);
	at_scan(&a, path);
	renameat(queue, "hold", queue, "hold.y");
	close(openat(queue, "hold", O_WRONLY | O_CREAT, 0600));
	ok(spare_move(all, of(path), queue, path, &a, AT_HOLD, 0, to) < 0 &&
	    whole(path, 20) && of(path), "not moved: it is where it was");
	unlinkat(queue, "hold", 0);
	renameat(queue, "hold.y", queue, "hold");
	retire(path);
}

static void
start(void)
{
	char wait[LETTER_PATH_OCTETS + 1], name[LETTER_PATH_OCTETS + 1];
	char dead[LETTER_PATH_OCTETS + 1], both[LETTER_PATH_OCTETS + 1];
	int k, fd;

	make(30, wait, &k);
	unlinkat(queue, wait, 0);	/* a link that was lost */
	make(40, both, &k);
	make(50, dead, &k);
	fd = openat(queue, dead, O_WRONLY);
	ok(ftruncate(fd, 200) == 0, "a letter is not whole");
	close(fd);
	unlinkat(queue, dead, 0);
	make(60, name, &k);
	retire(name);
	ok(spare_start(queue, warn) == 1 && !warned, "a start");
	ok(whole(wait, 30), "a letter that had lost its name has it again");
	ok(whole(both, 40), "one with both has that alone");
	ok(!exists(dead) && !exists(name), "what is torn or retired is gone");
	ok(unlinkat(queue, "spare", AT_REMOVEDIR) == 0 &&
	    mkdirat(queue, "spare", 0700) == 0, "spare/ is empty");
	memset(all, 0, sizeof all);
	ok(make(70, name, &k) > 0 && k == 0 && whole(name, 70),
	    "and it begins anew");
}

static void
heir(void)
{
	char path[LETTER_PATH_OCTETS + 1];
	int k, fd;

	fd = spool_reuse(&sp);
	k = sp.spare;
	close(fd);
	spare_heir(sp.spares, SEAT, queue);
	ok(all[SEAT * SPARE_MAX + k].state == SPARE_NONE &&
	    !exists("spare/03.01") && exists("spare/03.00"),
	    "a file that was being written goes with its worker");
	for (k = 0; k < SPARE_MAX + 3; k++)
		make(10, path, &fd);
	ok(fd == -1 && whole(path, 10) && !of(path),
	    "when all are in use a letter has its own file");
}

int
main(void)
{
	static const char *const dirs[] = { "tmp", "spare", "new", "defer",
	    "hold" };
	char cmd[64];
	size_t i;

	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 111;
	queue = open(".", O_RDONLY | O_DIRECTORY);
	for (i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		mkdirat(queue, dirs[i], 0700);
	if (spool_open(&sp, queue) < 0 ||
	    spool_spares(&sp, all + SEAT * SPARE_MAX, SEAT) < 0)
		return 111;
	reuse();
	move();
	start();
	heir();
	strcat(strcpy(cmd, "rm -rf "), dir);
	ok(system(cmd) == 0, "cleaned up");
	return tap_end();
}
