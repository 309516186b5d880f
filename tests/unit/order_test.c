#include "pneu-queue/order.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/stream.h"
#include "spool/commit.h"
#include "spool/letter.h"
#include "spool/slot.h"
#include "tap.h"
#include "wire/crc32c.h"
#include "wire/field.h"

/* Orders over a socketpair on a real directory. */

#define NOW 1763800000u
#define NAME "0642E1B3F5C09A0001.00000000.6"
#define G "01a485cf"

static char dir[] = "/tmp/pneu-order.XXXXXX";
static int queue;
static struct stream here = STREAM_ZERO, there = STREAM_ZERO;
static struct qorder o = QORDER_ZERO;
static char text[600];

static int
make(void)
{
	struct letter_head h = { .id = "0642E1B3F5C09A0001", .msglen = 6 };
	struct letter_name n = { .id = "0642E1B3F5C09A0001", .size = 6 };
	struct envelope e = ENVELOPE_ZERO;
	stralloc sa = STRALLOC_ZERO;
	char path[LETTER_PATH_OCTETS + 1], msg[] = "hello\n";
	struct spool sp;
	struct iovec v[2];
	int fd;

	if (spool_open(&sp, queue) < 0)
		return -1;
	sp.nosync = 1;
	h.mcrc = crc32c(0, msg, 6);
	e.sender = "";
	envelope_add(&e, "a@b.test");
	envelope_add(&e, "b@b.test");
	envelope_add(&e, "c@b.test");
	letter_front(&sa, &h, &e);
	v[0].iov_base = sa.s;
	v[0].iov_len = sa.len;
	v[1].iov_base = msg;
	v[1].iov_len = 6;
	fd = spool_create(&sp, n.id);
	envelope_free(&e);
	return spool_write(fd, v, 2) < 0 ? -1 :
	    spool_commit(&sp, fd, n.id, &n, NOW, path);
}

/* Send an order made of lines, obey it at now, and return the verdict's
 * kind; its text in text. 0: the connection is to be ended. */
static char
order(char type, const char *lines, uint64_t now)
{
	struct frame f;
	struct verdict v;

	frame_put(&here.out, type, 42, lines, strlen(lines));
	stream_flush(&here);
	while (stream_fill(&there) > 0)
		;
	if (stream_next(&there, &f) <= 0)
		return '?';
	if (qorder_frame(&o, &f, queue, now, &there.out) < 0)
		return 0;
	stream_flush(&there);
	while (stream_fill(&here) > 0)
		;
	if (stream_next(&here, &f) <= 0 || f.type != 'V' || f.tag != 42 ||
	    verdict_scan(&v, f.s, f.n) < 0)
		return '?';
	memcpy(text, v.text, v.textlen);
	text[v.textlen] = 0;
	return v.kind;
}

static int
exists(const char *path)
{
	struct stat st;

	return fstatat(queue, path, &st, 0) == 0;
}

static size_t
lines_of_history(const char *path)
{
	struct letter l = LETTER_ZERO;
	stralloc sa = STRALLOC_ZERO;
	struct history h;
	size_t at = 0, n = 0;
	int used;

	if (letter_open(&l, queue, path) <= 0 ||
	    letter_history(&l, &sa, 65536) < 0)
		return 99;
	for (; (used = history_scan(&h, sa.s + at, sa.len - at)) > 0;
	    at += (size_t)used)
		n += h.time != 0;
	letter_free(&l);
	stralloc_free(&sa);
	return n;
}

static void
mark(const char *history)
{
	char s[400];
	struct letter l = LETTER_ZERO;

	snprintf(s, sizeof s, "at=new/" G "/" NAME "\nset=0 d\nset=2 f\n"
	    "history=%s\n", history);
	ok(order('M', s, NOW) == 'D', "mark");
	ok(order('M', s, NOW) == 'D', "again");
	ok(letter_open(&l, queue, "new/" G "/" NAME) == 1 &&
	    !memcmp(l.status, "d.f", 3), "marked");
	letter_free(&l);
	ok(lines_of_history("new/" G "/" NAME) == 1, "one line of history");
	ok(order('M', "at=new/" G "/" NAME "\nset=3 d\n", NOW) == 'N',
	    "no such recipient: %s", text);
	ok(order('M', "at=new/" G "/" NAME "\nset=0 x\n", NOW) == 'N',
	    "no such status");
	ok(!order('M', "at=new/" G "/" NAME "\nset=0\n", NOW) &&
	    !order('M', "at=new/" G "/" NAME "\nset=0 dd\n", NOW) &&
	    !order('M', "at=new/" G "/" NAME "\nhistory=foreign\n", NOW) &&
	    !order('M', "at=new/" G "/" NAME "\nhistory=a%0Ab\n", NOW),
	    "malformed");
	ok(order('M', "at=new/" G "/0642E1B3F5C09A0002.00000000.6\nset=0 d\n",
	    NOW) == 'N', "no such letter: %s", text);
}

static void
defer(void)
{
	char at[64], s[200];

	snprintf(at, sizeof at, "defer/%lu/" NAME,
	    (unsigned long)slot_of(NOW + 1000, NOW));
	snprintf(s, sizeof s, "at=new/" G "/" NAME "\ndue=%lu\n",
	    (unsigned long)NOW + 1000);
	ok(order('D', s, NOW) == 'D' && !strcmp(text, at), "defer: %s", text);
	ok(exists(at) && !exists("new/" G "/" NAME), "it is there");
	ok(order('D', s, NOW + 200) == 'D' && !strcmp(text, at),
	    "again, later: %s", text);
	ok(lines_of_history(at) == 1, "its history is as it was");
	snprintf(s, sizeof s, "at=%s\ndue=%lu\n", at,
	    (unsigned long)NOW + 1);
	ok(order('D', s, NOW + 2000) == 'D' &&
	    !strcmp(text, "defer/1763802002/" NAME), "from slot to slot, "
	    "not nearer than 2 s: %s", text);
	ok(order('P', "at=defer/1763802002\n", NOW + 2003) == 'L' &&
	    exists("defer/1763802002"), "no prune of what is not empty");
}

static void
moves(void)
{
	ok(order('H', "at=defer/1763802002/" NAME "\n", NOW) == 'D' &&
	    !strcmp(text, "hold/" NAME) && exists(text), "hold: %s", text);
	ok(order('H', "at=defer/1763802002/" NAME "\n", NOW) == 'D' &&
	    !strcmp(text, "hold/" NAME), "again");
	ok(order('P', "at=defer/1763802002\n", NOW + 2003) == 'D' &&
	    !exists("defer/1763802002"), "prune a slot");
	ok(order('P', "at=defer/1763802002\n", NOW + 2003) == 'D', "again");
	ok(order('U', "at=hold/" NAME "\n", NOW + 64) == 'D' &&
	    !strcmp(text, "new/01a485d0/" NAME) && exists(text),
	    "release: %s", text);
	ok(order('U', "at=hold/" NAME "\n", NOW + 6400) == 'D' &&
	    !strcmp(text, "new/01a485d0/" NAME), "again: %s", text);
	ok(order('P', "at=new/" G "\n", NOW) == 'L' && exists("new/" G),
	    "no prune of now's generation");
	ok(order('P', "at=new/" G "\n", NOW - 64) == 'L' && exists("new/" G),
	    "nor of the next");
	ok(order('P', "at=new/" G "\n", NOW + 64) == 'D' && !exists("new/" G),
	    "but then");
	ok(order('R', "at=new/01a485d0/" NAME "\n", NOW) == 'D' && !*text &&
	    !exists("new/01a485d0/" NAME), "retire");
	ok(order('R', "at=new/01a485d0/" NAME "\n", NOW) == 'D' && !*text,
	    "again");
	ok(order('H', "at=new/01a485d0/" NAME "\n", NOW) == 'N' &&
	    order('U', "at=hold/" NAME "\n", NOW) == 'N' &&
	    order('D', "at=new/01a485d0/" NAME "\ndue=1\n", NOW) == 'N' &&
	    order('B', "at=new/01a485d0/" NAME "\n", NOW) == 'N',
	    "what is gone: %s", text);
}

static void
set_aside(void)
{
	int fd = openat(queue, "new/01a485d0/foreign", O_CREAT | O_WRONLY,
	    0600);

	close(fd);
	ok(order('B', "at=new/01a485d0/foreign\n", NOW) == 'D' &&
	    !strcmp(text, "bad/foreign") && exists(text), "bad: %s", text);
	ok(order('B', "at=new/01a485d0/foreign\n", NOW) == 'D', "again");
	fd = openat(queue, "new/01a485d0/" NAME, O_CREAT | O_WRONLY, 0600);
	ok(fd >= 0 && write(fd, "damage", 6) == 6, "a damaged letter");
	close(fd);
	ok(order('M', "at=new/01a485d0/" NAME "\nset=0 d\n", NOW) == 'N' &&
	    !strcmp(text, "damaged"), "mark: %s", text);
	ok(order('B', "at=new/01a485d0/" NAME "\n", NOW) == 'D' &&
	    exists("bad/" NAME), "bad");
}

static void
paths(void)
{
	static const char *const at[] = {
		"at=../x\n", "at=/etc/passwd\n", "at=new/" G "/../../start\n",
		"at=start\n", "at=tmp/0642E1B3F5C09A0001\n", "at=\n",
		"at=hold/..\n", "at=new/" G "\n", "at=defer/1/../" NAME "\n",
	};
	size_t i;
	int fd = openat(queue, "start", O_CREAT | O_WRONLY, 0600);

	close(fd);
	for (i = 0; i < sizeof at / sizeof at[0]; i++)
		ok(order('R', at[i], NOW) == 'N' && order('H', at[i], NOW) ==
		    'N' && order('M', at[i], NOW) == 'N' && exists("start"),
		    "path %lu", (unsigned long)i);
	ok(order('P', "at=new\n", NOW) == 'N' && order('P', "at=hold\n", NOW)
	    == 'N' && order('P', "at=new/..\n", NOW) == 'N' &&
	    order('B', "at=start\n", NOW) == 'N' && exists("hold"),
	    "nor others");
	ok(!order('M', "set=0 d\n", NOW) && !order('M', "", NOW) &&
	    !order('M', "at=a%00b\n", NOW) && !order('Z', "at=x\n", NOW) &&
	    !order('M', "junk", NOW) && !order('D', "at=x\ndue=x\n", NOW),
	    "malformed");
}

int
main(void)
{
	static const char *const dirs[] = { "tmp", "new", "defer", "hold",
	    "bad" };
	stralloc line = STRALLOC_ZERO;
	struct verdict v;
	uint32_t n = 0;
	char cmd[64];
	int fds[2];
	size_t i;

	if (!mkdtemp(dir) || (queue = open(dir, O_RDONLY)) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return 1;
	for (i = 0; i < 5; i++)
		mkdirat(queue, dirs[i], 0700);
	stream_open(&here, fds[0]);
	stream_open(&there, fds[1]);
	ok(make() == 1, "a letter");
	verdict_set(&v, VERDICT_LATER, "4.4.1", 0, "out");
	history_put(&line, NOW, &n, 1, &v);
	line.s[line.len - 1] = 0;
	mark(line.s);
	defer();
	moves();
	set_aside();
	paths();
	strcat(strcpy(cmd, "rm -rf "), dir);
	return system(cmd) || tap_end();
}
