/* The worker's protocol, over a socketpair, into real Maildirs. */
#include <skalibs/nonposix.h>

#include "deliver/work.h"

#include <errno.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/genalloc.h>

#include "tap.h"
#include "wire/frame.h"
#include "wire/order.h"

static char dir[] = "/tmp/pneu-test.XXXXXX";
static stralloc in = STRALLOC_ZERO, out = STRALLOC_ZERO;

static void
put_order(uint32_t tag, const char *to, const char *const *rcpts)
{
	struct order o = ORDER_ZERO;
	stralloc sa = STRALLOC_ZERO;
	uint32_t n;

	o.id = "ID";
	o.sender = "s@x.test";
	o.to = to;
	for (n = 0; rcpts[n]; n++) {
		struct order_rcpt *r = order_add(&o, n, rcpts[n]);

		if (!strcmp(to, "mailbox:"))
			r->mailbox = rcpts[n];
	}
	order_put(&sa, &o);
	frame_put(&in, 'O', tag, sa.s, sa.len);
	stralloc_free(&sa);
	order_free(&o);
}

static void
put(uint32_t tag, const char *to, const char *rcpt, const char *msg)
{
	const char *rcpts[] = { rcpt, 0 };

	put_order(tag, to, rcpts);
	frame_put(&in, 'M', tag, msg, strlen(msg));
	frame_put(&in, 'X', tag, "", 0);
}

/* What a worker at p says to in, all of it sent at once; *status is how it
 * ended. in is emptied. Each V is "TAG:KIND.CODE" and a space. */
static const char *
talk(const struct place *p, int *status)
{
	static char said[65536];
	struct report r = REPORT_ZERO;
	struct frame f;
	size_t at = 0;
	int fd[2], used;
	pid_t pid;

	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	pid = fork();
	if (!pid) {
		close(fd[0]);
		_exit(work_run(p, 0, fd[1], fd[1]) < 0 ? errno : 0);
	}
	close(fd[1]);
	if (allwrite(fd[0], in.s, in.len) < in.len)
		ok(0, "send");
	shutdown(fd[0], SHUT_WR);
	out.len = 0;
	slurp(&out, fd[0]);
	close(fd[0]);
	waitpid(pid, status, 0);
	*status = WEXITSTATUS(*status);
	in.len = 0;
	said[0] = 0;
	while ((used = frame_scan(&f, out.s + at, out.len - at)) > 0) {
		at += (size_t)used;
		while (f.n && (used = report_scan(&r, f.s, f.n)) > 0) {
			f.s += used;
			f.n -= (size_t)used;
			sprintf(said + strlen(said), "%u:%zu%c%s ", f.tag,
			    genalloc_len(uint32_t, &r.ns), r.verdict.kind,
			    r.verdict.code);
		}
	}
	genalloc_free(uint32_t, &r.ns);
	return said;
}

static int
count(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!d)
		return -1;
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
user(struct place *p)
{
	const char *two[] = { "a@x", "b@x", 0 };
	const char *said;
	int status;

	put(1, "user:u", "a@x", "S: x\n\nbody\n");
	put(2, "user:u", "a@x", "Delivered-To: A@X\n\n");
	put_order(3, "user:u", two);
	frame_put(&in, 'M', 3, "Deliv", 5);
	frame_put(&in, 'M', 3, "", 0);
	frame_put(&in, 'M', 3, "ered-To: b@x\n\n", 14);
	frame_put(&in, 'X', 3, "", 0);
	said = talk(p, &status);
	ok(!strcmp(said, "1:1D2.0.0 2:1N5.4.6 3:1D2.0.0 3:1N5.4.6 "), "%s",
	    said);
	ok(!status && count("Maildir/new") == 2 && !count("Maildir/tmp"),
	    "two are in new, nothing in tmp");
	put(4, "user:u", "a@x", "");
	said = talk(p, &status);
	ok(!strcmp(said, "4:1D2.0.0 "), "an empty message: %s", said);

	put_order(5, "user:u", two);
	frame_put(&in, 'M', 5, "S: x\n", 5);
	frame_put(&in, 'A', 5, "", 0);
	put(6, "user:u", "a@x", "S: y\n\n");
	put_order(7, "user:u", two);
	frame_put(&in, 'M', 7, "S: x\n", 5);
	said = talk(p, &status);
	ok(!strcmp(said, "6:1D2.0.0 ") && !status,
	    "taken back, whole, and cut short by the end: %s", said);
	ok(count("Maildir/new") == 4 && !count("Maildir/tmp"),
	    "only the whole one is left");
}

static int
others(mode_t mode, uid_t uid, gid_t gid)
{
	struct stat st;

	memset(&st, 0, sizeof st);
	st.st_mode = mode;
	st.st_uid = uid;
	st.st_gid = gid;
	return place_isothers(&st);
}

static void
writers(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	ok(!others(0755, uid, gid) && others(0757, uid, gid),
	    "everybody is others");
	ok(others(0775, uid, gid + 1), "a group that is not his is others");
	ok(others(0775, uid, gid) == (uid != (uid_t)gid),
	    "his own is not, if it is his only by its number");
}

static void
places(struct place *p)
{
	const char *said;
	int status;

	chmod(dir, 0777);
	put(1, "user:u", "a@x", "x\n");
	said = talk(p, &status);
	ok(!strcmp(said, "1:1L4.7.0 "), "writable home: %s", said);
	chmod(dir, 01755);
	put(1, "user:u", "a@x", "x\n");
	said = talk(p, &status);
	ok(!strcmp(said, "1:1L4.2.1 "), "sticky home: %s", said);
	chmod(dir, 0755);
	p->home = "/nonexistent";
	put(1, "user:u", "a@x", "x\n");
	said = talk(p, &status);
	ok(!strcmp(said, "1:1L4.3.0 "), "missing home: %s", said);
	p->home = dir;
}

static void
mailboxes(struct place *p)
{
	const char *some[] = { "v/a/", "../b", "v/c", "/d", "v/a", 0 };
	const char *said;
	int status;

	p->maildir = 0;
	put_order(1, "mailbox:", some);
	frame_put(&in, 'X', 1, "", 0);
	said = talk(p, &status);
	ok(!strcmp(said, "1:3D2.0.0 1:1L4.3.5 1:1L4.3.5 "), "%s", said);
	ok(count("v/a/new") == 2 && count("v/c/new") == 1, "are there");
	p->maildir = "Maildir";
}

static void
many(struct place *p)
{
	char rcpt[16];
	uint32_t i;
	int status, n = 0;
	const char *s, *said;

	p->maildir = 0;
	for (i = 0; i < 1000; i++) {
		sprintf(rcpt, "m%u", i % 40);
		put(i, "mailbox:", rcpt, "S: x\n\n0123456789\n");
	}
	said = talk(p, &status);
	for (s = said; (s = strstr(s, "D2.0.0")); s++)
		n++;
	ok(n == 1000 && !status && count("m7/new") == 25,
	    "more letters than a batch holds: %d", n);
	p->maildir = "Maildir";
}

static void
malformed(const struct place *p)
{
	const char *one[] = { "a@x", 0 };
	int status, before = count("Maildir/new");
	const char *said;

	frame_put(&in, 'M', 1, "x", 1);
	said = talk(p, &status);
	ok(!*said && status == EPROTO, "M before O");
	put_order(1, "user:u", one);
	put_order(2, "user:u", one);
	said = talk(p, &status);
	ok(!*said && status == EPROTO, "O within a letter");
	put_order(1, "user:u", one);
	frame_put(&in, 'X', 2, "", 0);
	said = talk(p, &status);
	ok(!*said && status == EPROTO, "X of another");
	frame_put(&in, 'O', 1, "nonsense\n", 9);
	said = talk(p, &status);
	ok(!*said && status == EINVAL, "an order that is none");
	stralloc_catb(&in, "\377\377\377\377xxxxx", 9);
	said = talk(p, &status);
	ok(!*said && status == EPROTO, "a frame too long");
	put(1, "user:u", "a@x", "x\n");
	frame_put(&in, 'Z', 1, "", 0);
	said = talk(p, &status);
	ok(!*said && status == EPROTO && count("Maildir/new") == before &&
	    !count("Maildir/tmp"), "what would not be reported is not kept");
}

static void
codes(void)
{
	ok(!strcmp(place_code(EDQUOT), "4.2.2"), "over quota: 4.2.2");
	ok(!strcmp(place_code(ENOSPC), "4.3.1"), "full disk: 4.3.1");
	ok(!strcmp(place_code(EACCES), "4.2.0"), "the user's own: 4.2.0");
	ok(!strcmp(place_code(EIO), "4.3.0"), "the system's: 4.3.0");
}

int
main(void)
{
	struct place p = { .home = dir, .maildir = "Maildir",
	    .relay = "local", .host = "h" };

	if (!mkdtemp(dir) || chmod(dir, 0755) < 0 || chdir(dir) < 0) {
		ok(0, "scratch directory");
		return tap_end();
	}
	user(&p);
	writers();
	places(&p);
	mailboxes(&p);
	many(&p);
	malformed(&p);
	codes();
	stralloc_free(&in);
	stralloc_free(&out);
	if (chdir("/") == 0)
		rm_rf(dir);
	return tap_end();
}
