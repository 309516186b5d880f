#include "spool/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/commit.h"
#include "spool/step.h"
#include "spool/walk.h"
#include "tap.h"
#include "wire/crc32c.h"

#define MSG "Subject: x\n\nno newline at the end"
#define NOW 1763800000u

static char dir[] = "/tmp/pneu-letter.XXXXXX";
static struct spool sp;

/* Commit one letter of three recipients. Returns its path. */
static const char *
make(const char *id)
{
	static char path[LETTER_PATH_OCTETS + 1];
	struct letter_head h = { .msglen = sizeof MSG - 1 };
	struct letter_name n = { .hash = 0, .size = sizeof MSG - 1 };
	struct envelope e = ENVELOPE_ZERO;
	stralloc sa = STRALLOC_ZERO;
	char msg[] = MSG;
	struct iovec v[2];
	int fd;

	memcpy(h.id, id, sizeof h.id);
	memcpy(n.id, id, sizeof n.id);
	h.mcrc = crc32c(0, msg, sizeof MSG - 1);
	e.time = NOW;
	e.sender = "s%@a.test";
	e.origin = "smtp";
	e.client = "unknown[192.0.2.1]";
	envelope_add(&e, "one@b.test");
	envelope_add(&e, "two@c.test")->notify = "NEVER";
	envelope_add(&e, "three@d.test");
	letter_front(&sa, &h, &e);
	v[0].iov_base = sa.s;
	v[0].iov_len = sa.len;
	v[1].iov_base = msg;
	v[1].iov_len = sizeof MSG - 1;
	fd = spool_create(&sp, id);
	if (fd < 0 || spool_write(fd, v, 2) < 0 ||
	    spool_commit(&sp, fd, id, &n, NOW, path) < 0)
		return 0;
	envelope_free(&e);
	stralloc_free(&sa);
	return path;
}

static void
round_trip(struct letter *l, const char *path)
{
	ok(letter_open(l, sp.fd, path) == 1, "opened");
	ok(!strcmp(l->head.id, "0642E1B3F5C09A0001") && l->head.nrcpts == 3,
	    "head");
	ok(!strcmp(l->env.sender, "s%@a.test") && l->env.time == NOW &&
	    !strcmp(l->env.client, "unknown[192.0.2.1]") &&
	    !strcmp(envelope_rcpt(&l->env, 1)->notify, "NEVER") &&
	    !strcmp(envelope_rcpt(&l->env, 2)->addr, "three@d.test"),
	    "envelope");
	ok(!memcmp(l->status, "...\n", 4), "all wait");
	ok(letter_verify(l) == 1, "message");
	letter_close(l);
}

static void
history(struct letter *l, const char *path)
{
	uint32_t ns[] = { 0, 1, 2, 5, 7, 8 }, lo, hi;
	struct letter_head head;
	struct verdict v;
	struct history h;
	stralloc sa = STRALLOC_ZERO, got = STRALLOC_ZERO;
	size_t at = 0, lines = 0, pos = 0, len;
	int fd = step_open(sp.fd, path, &head);

	verdict_set(&v, VERDICT_LATER, "4.4.1", 0, "connection timed out");
	ok(history_put(&sa, NOW + 1, ns, 6, &v), "a line");
	ok(step_append(fd, sa.s, sa.len) == 1, "appended");
	ok(step_append(fd, sa.s, sa.len) == 1, "again: nothing");
	len = sa.len;
	ok(write(fd, "", 0) == 0 && pwrite(fd, "0000", 4,
	    lseek(fd, 0, SEEK_END)) == 4, "a torn line");
	ok(history_put(&sa, NOW + 2, ns + 3, 1, &v) &&
	    step_append(fd, sa.s + len, sa.len - len) == 1,
	    "one more behind it");
	close(fd);
	ok(letter_open(l, sp.fd, path) == 1 &&
	    letter_history(l, &got, 65536) == 1, "read");
	while (at < got.len) {
		int used = history_scan(&h, got.s + at, got.len - at);

		if (used <= 0)
			break;
		at += (size_t)used;
		if (!h.time)
			continue;
		if (!lines++) {
			ok(h.indexeslen == 9 &&
			    !memcmp(h.indexes, "0-2,5,7-8", 9), "indexes");
			ok(history_indexes(&h, &pos, &lo, &hi) && lo == 0 &&
			    hi == 2 && history_indexes(&h, &pos, &lo, &hi) &&
			    lo == 5 && hi == 5 &&
			    history_indexes(&h, &pos, &lo, &hi) && lo == 7 &&
			    hi == 8 && !history_indexes(&h, &pos, &lo, &hi),
			    "walked over");
			ok(h.verdict.kind == VERDICT_LATER &&
			    h.verdict.textlen == 20, "verdict");
		} else
			ok(h.time == NOW + 2, "the line after the torn one");
	}
	ok(lines == 2, "two lines, the torn one passed over");
	got.len = 0;
	ok(letter_history(l, &got, 30) == 1 && got.len == 30 &&
	    history_scan(&h, got.s, got.len) == 30 && !h.time,
	    "only the end of it");
	ok(letter_verify(l) == 1, "the message is as it was");
	letter_close(l);
	stralloc_free(&sa);
	stralloc_free(&got);
}

static void
marks(struct letter *l, const char *path)
{
	struct step_mark m[] = { { 0, 'd' }, { 1, 'f' }, { 2, '.' } };
	struct step_mark bad[] = { { 0, 'd' }, { 3, 'd' } };
	struct step_mark worse[] = { { 0, 'x' } };
	struct letter_head h;
	int fd = step_open(sp.fd, path, &h);

	ok(step_mark(fd, &h, m, 3) == 1, "marked");
	ok(step_mark(fd, &h, bad, 2) < 0 && errno == EINVAL,
	    "no fourth recipient");
	ok(step_mark(fd, &h, worse, 1) < 0 && errno == EINVAL, "no status");
	close(fd);
	ok(letter_open(l, sp.fd, path) == 1 && !memcmp(l->status, "df.\n", 4),
	    "read back");
	letter_close(l);
}

/* Write n octets of s at offset at into a new copy of a letter; n 0: cut it
 * there. Returns what letter_open, and letter_verify if that did, say. */
static int
damaged(struct letter *l, size_t at, const char *s, size_t n)
{
	const char *path = make("0642E1B3F5C09A0002");
	int fd = openat(sp.fd, path, O_RDWR), r;

	if (!n)
		r = ftruncate(fd, (off_t)at);
	else
		r = pwrite(fd, s, n, (off_t)at) < 0 ? -1 : 0;
	close(fd);
	errno = 0;
	if (!r)
		r = letter_open(l, sp.fd, path);
	if (r > 0)
		r = letter_verify(l);
	letter_close(l);
	unlinkat(sp.fd, path, 0);
	return r < 0 && errno == EBADMSG;
}

static void
damage(struct letter *l)
{
	size_t size, i, kept = 0;
	struct letter_head h;
	const char *path = make("0642E1B3F5C09A0002");
	char all[4096];
	int fd = step_open(sp.fd, path, &h);

	size = (size_t)pread(fd, all, sizeof all, 0);
	close(fd);
	unlinkat(sp.fd, path, 0);
	for (i = 0; i < size; i++)
		kept += !damaged(l, i, 0, 0);
	ok(!kept, "cut anywhere: damaged");
	for (i = kept = 0; i < size; i++)
		kept += !damaged(l, i, &(char){ (char)(all[i] ^ 1) }, 1);
	ok(!kept, "a bit turned anywhere: damaged");
	for (i = kept = 0; i < size; i++)
		kept += !damaged(l, i, "\0\0\0\0", i + 4 > size ?
		    size - i : 4);
	ok(!kept, "zeros anywhere: damaged");
	ok(letter_open(l, sp.fd, path) == 0, "no such file");
	mkdirat(sp.fd, "hold/dir", 0700);
	ok(letter_open(l, sp.fd, "hold/dir") < 0 && errno == EBADMSG,
	    "a directory");
	ok(symlinkat("/etc/passwd", sp.fd, "hold/link") == 0 &&
	    letter_open(l, sp.fd, "hold/link") < 0 && errno == EBADMSG,
	    "a link");
	path = make("0642E1B3F5C09A0003");
	renameat(sp.fd, path, sp.fd, "hold/0642E1B3F5C09A0004.00000000.33");
	ok(letter_open(l, sp.fd, "hold/0642E1B3F5C09A0004.00000000.33") < 0 &&
	    errno == EBADMSG, "another's name");
}

static void
walks(void)
{
	genalloc dirs = GENALLOC_ZERO;
	struct walk w = WALK_ZERO;
	struct letter_name n;
	const char *bad = "";
	int letters = 0, others = 0, r;

	mkdirat(sp.fd, "defer/1763800200", 0700);
	mkdirat(sp.fd, "defer/963800200", 0700);
	mkdirat(sp.fd, "defer/foreign", 0700);
	ok(walk_dirs(sp.fd, "defer", &dirs) == 1 &&
	    genalloc_len(uint64_t, &dirs) == 2 &&
	    genalloc_s(uint64_t, &dirs)[0] == 963800200, "slots, sorted");
	genalloc_free(uint64_t, &dirs);
	ok(walk_open(&w, sp.fd, "hold") == 1, "walk");
	while ((r = walk_next(&w, &n, &bad)) > 0)
		r == 1 ? letters++ : others++;
	walk_close(&w);
	ok(!r && letters == 1 && others == 2, "letters and others");
	ok(walk_open(&w, sp.fd, "new/00000000") == 0, "no such directory");
}

int
main(void)
{
	struct letter l = LETTER_ZERO;
	char cmd[64];
	const char *path;
	int fd;

	if (!mkdtemp(dir) || (fd = open(dir, O_RDONLY)) < 0)
		return 1;
	mkdirat(fd, "tmp", 0700);
	mkdirat(fd, "new", 0700);
	mkdirat(fd, "defer", 0700);
	mkdirat(fd, "hold", 0700);
	ok(spool_open(&sp, fd) == 1, "queue");
	sp.nosync = 1;
	path = make("0642E1B3F5C09A0001");
	ok(path && !strcmp(path,
	    "new/01a485cf/0642E1B3F5C09A0001.00000000.33"), "committed: %s",
	    path);
	round_trip(&l, path);
	history(&l, path);
	marks(&l, path);
	damage(&l);
	walks();
	letter_free(&l);
	strcat(strcpy(cmd, "rm -rf "), dir);
	return system(cmd) || tap_end();
}
