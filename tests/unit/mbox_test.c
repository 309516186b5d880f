/* mboxes: their text, their locks, and what is left of an append that fails;
 * what the end of a command means. */
#include <skalibs/nonposix.h>

#include "deliver/mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "deliver/mboxtext.h"
#include "deliver/outcome.h"
#include "deliver/scratch.h"
#include "run/now.h"
#include "tap.h"

static char dir[] = "/tmp/pneu-test.XXXXXX";

static const struct {
	const char *in, *out;
} texts[] = {
	{ "", "\n" },
	{ "a", "a\n\n" },
	{ "a\n", "a\n\n" },
	{ "From x\n", ">From x\n\n" },
	{ ">From x\n>>From y\n", ">>From x\n>>>From y\n\n" },
	{ "a\nFrom \nb", "a\n>From \nb\n\n" },
	{ "a From x\n From y\nFromx\nfrom z\n",
	    "a From x\n From y\nFromx\nfrom z\n\n" },
	{ "Fro", "Fro\n\n" },
	{ ">", ">\n\n" },
	{ "x\nFFrom y\nFrFrom \n", "x\nFFrom y\nFrFrom \n\n" },
	{ "\n\nFrom\n", "\n\nFrom\n\n" },
};

static void
text(void)
{
	stralloc sa = STRALLOC_ZERO;
	size_t i, part, at;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (part = 1; part < 9; part += 3) {
			size_t n = strlen(texts[i].in);
			struct mboxtext m = { 0 };

			sa.len = 0;
			for (at = 0; at < n; at += part)
				mboxtext_part(&m, texts[i].in + at,
				    n - at < part ? n - at : part, &sa);
			mboxtext_end(&m, &sa);
			stralloc_0(&sa);
			ok(!strcmp(sa.s, texts[i].out), "text %zu in parts "
			    "of %zu", i, part);
		}
	sa.len = 0;
	mboxtext_from(&sa, "a b@\tc", 86400 * 9);
	mboxtext_from(&sa, "", 0);
	stralloc_0(&sa);
	ok(!strcmp(sa.s, "From a-b@-c  Sat Jan 10 00:00:00 1970\n"
	    "From MAILER-DAEMON  Thu Jan  1 00:00:00 1970\n"), "From_ lines");
	stralloc_free(&sa);
}

static int
message(const char *s)
{
	int fd = scratch_open(strlen(s));

	if (write(fd, s, strlen(s)) < 0)
		return -1;
	return fd;
}

static int
has(const char *path, const char *want)
{
	stralloc sa = STRALLOC_ZERO;
	int same = openslurpclose(&sa, path) && sa.len == strlen(want) &&
	    !memcmp(sa.s, want, sa.len);

	stralloc_free(&sa);
	return same;
}

static void
append(void)
{
	struct mbox_rules r = { BOXLOCK_FCNTL | BOXLOCK_FLOCK | BOXLOCK_DOT,
	    0, MBOX_NOGID };
	struct rlimit lim = { 30, RLIM_INFINITY };
	int a = message("A\n"), b = message("From B");
	struct mbox m = MBOX_ZERO;
	int good[2];

	ok(mbox_open(&m, "box", &r, now_ms()) == 0 && m.created &&
	    access("box.lock", F_OK) == 0, "open, locked");
	ok(mbox_append(&m, "H\n", 2, a) == 0 && mbox_append(&m, "I\n", 2, b)
	    == 0 && mbox_sync(&m) == 0, "append two, flush");
	mbox_close(&m);
	ok(has("box", "H\nA\n\nI\n>From B\n\n") &&
	    access("box.lock", F_OK) < 0, "they are there, the lock is not");
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &lim);
	mbox_open(&m, "box", &r, now_ms());
	good[0] = mbox_append(&m, "J\n", 2, a) == 0 && mbox_append(&m,
	    "KKKKKKKKKKKKKK\n", 15, a) < 0 && errno == EFBIG &&
	    !strcmp(m.failed, "write");
	good[1] = mbox_append(&m, "L\n", 2, a) == 0 && mbox_sync(&m) == 0;
	mbox_close(&m);
	lim.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &lim);
	ok(good[0], "one that does not fit");
	ok(good[1], "and one that does");
	ok(has("box", "H\nA\n\nI\n>From B\n\nJ\nA\n\nL\nA\n\n"),
	    "are as if it had not been tried");
	mbox_free(&m);
	close(a);
	close(b);
}

/* Another process holds a lock for half a second. */
static pid_t
holder(unsigned int kind)
{
	struct boxlock l;
	int fd[2], box;
	pid_t pid;
	char c;

	if (pipe(fd) < 0 || (pid = fork()) < 0)
		return -1;
	if (!pid) {
		box = open("box", O_RDWR);
		if (boxlock_take(&l, box, "box", kind, now_ms()) < 0 ||
		    write(fd[1], "", 1) < 0)
			_exit(1);
		usleep(500000);
		boxlock_drop(&l);
		_exit(0);
	}
	close(fd[1]);
	if (read(fd[0], &c, 1) < 1)
		pid = -1;
	close(fd[0]);
	return pid;
}

static void
locks(void)
{
	static const struct {
		unsigned int kind;
		const char *name;
	} kinds[] = { { BOXLOCK_FCNTL, "fcntl" }, { BOXLOCK_FLOCK, "flock" },
	    { BOXLOCK_DOT, "dotlock" } };
	struct boxlock l;
	size_t i;

	for (i = 0; i < 3; i++) {
		int fd = open("box", O_RDWR);
		pid_t pid = holder(kinds[i].kind);
		uint64_t t = now_ms();

		ok(pid > 0 && boxlock_take(&l, fd, "box", kinds[i].kind, t) < 0 &&
		    errno == EAGAIN, "%s: held", kinds[i].name);
		ok(boxlock_take(&l, fd, "box", kinds[i].kind, t + 5000) == 0 &&
		    now_ms() - t > 300, "%s: waited for", kinds[i].name);
		boxlock_drop(&l);
		close(fd);
		waitpid(pid, 0, 0);
	}
	ok(boxlock_take(&l, -1, "/nonexistent/x", BOXLOCK_DOT |
	    BOXLOCK_DOT_MAYFAIL, 0) == 0 && !l.held, "no place for a lock");
	ok(boxlock_take(&l, -1, "/nonexistent/x", BOXLOCK_DOT, 0) < 0 &&
	    errno == ENOENT, "where one is a must");
}

/* status is that of waitpid, as everywhere: exit code times 256, or signal */
static const struct {
	int status, late, qmail;
	const char *out, *want;
} ends[] = {
	{ 0, 0, 0, "much", "D 2.0.0 delivered to command: cmd" },
	{ 99 << 8, 0, 1, "", "D 2.0.0 delivered to command: cmd" },
	/* Postfix's pipe_command(3): what sysexits(3) has not is 5.3.0 */
	{ 99 << 8, 0, 0, "", "N 5.3.0 Command died with status 99: \"cmd\"" },
	{ 1 << 8, 0, 0, "no\n", "N 5.3.0 Command died with status 1: \"cmd\". "
	    "Command output: no" },
	{ 1 << 8, 0, 0, "4.7.0 no", "L 4.7.0 Command died with status 1: "
	    "\"cmd\". Command output: 4.7.0 no" },
	{ 111 << 8, 0, 0, "", "N 5.3.0 Command died with status 111: "
	    "\"cmd\"" },
	{ 127 << 8, 0, 0, "", "N 5.3.0 Command died with status 127: "
	    "\"cmd\"" },
	{ 79 << 8, 0, 0, "", "N 5.3.0 Command died with status 79: \"cmd\"" },
	{ 71 << 8, 0, 0, "", "L 4.3.0 system resource problem" },
	/* qmail-command(8): what it does not name is soft */
	{ 1 << 8, 0, 1, "5.1.1 no", "L 4.3.0 Command died with status 1: "
	    "\"cmd\". Command output: 5.1.1 no" },
	{ 112 << 8, 0, 1, "", "N 5.3.0 Command died with status 112: "
	    "\"cmd\"" },
	{ 127 << 8, 0, 1, "", "L 4.3.0 Command died with status 127: "
	    "\"cmd\"" },
	{ 100 << 8, 0, 1, "no\n",
	    "N 5.3.0 Command died with status 100: \"cmd\". "
	    "Command output: no" },
	{ 111 << 8, 0, 1, "", "L 4.3.0 Command died with status 111: \"cmd\"" },
	{ 67 << 8, 0, 1, "", "L 4.3.0 Command died with status 67: \"cmd\"" },
	{ 67 << 8, 0, 0, "", "N 5.1.1 user unknown" },
	{ 75 << 8, 0, 0, "x\n\n", "L 4.3.0 temporary failure. "
	    "Command output: x" },
	{ 75 << 8, 0, 0, "5.7.1 no\n", "N 5.7.1 temporary failure. "
	    "Command output: 5.7.1 no" },
	{ 77 << 8, 0, 0, "4.2.2 full", "L 4.2.2 permission denied. "
	    "Command output: 4.2.2 full" },
	{ 77 << 8, 0, 0, "5.7.12345 x", "N 5.7.0 permission denied. "
	    "Command output: 5.7.12345 x" },
	{ 77 << 8, 0, 0, "2.0.0 x", "N 5.7.0 permission denied. "
	    "Command output: 2.0.0 x" },
	{ 9, 0, 0, "5.1.1 x", "L 4.3.0 Command died with signal 9: \"cmd\". "
	    "Command output: 5.1.1 x" },
	{ 9, 1, 0, "", "L 4.3.0 Command time limit exceeded: \"cmd\"" },
	{ 0, 1, 0, "", "L 4.3.0 Command time limit exceeded: \"cmd\"" },
};

static void
outcomes(void)
{
	stralloc text = STRALLOC_ZERO;
	char said[1000];
	size_t i;

	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct outcome o = { "cmd", ends[i].status, ends[i].late,
		    ends[i].qmail, ends[i].out, strlen(ends[i].out) };
		struct verdict v;

		outcome_verdict(&o, &v, &text);
		snprintf(said, sizeof said, "%c %s %s", v.kind, v.code,
		    v.text);
		ok(!strcmp(said, ends[i].want), "end %zu: %s", i, said);
	}
	stralloc_free(&text);
}

int
main(void)
{
	if (!mkdtemp(dir) || chdir(dir) < 0) {
		ok(0, "scratch directory");
		return tap_end();
	}
	text();
	append();
	locks();
	outcomes();
	if (chdir("/") == 0)
		rm_rf(dir);
	return tap_end();
}
