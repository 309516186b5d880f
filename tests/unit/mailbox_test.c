#include <skalibs/nonposix.h>

#include "deliver/mailbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "tap.h"

static const struct {
	const char *path;
	int good;
} paths[] = {
	{ "a", 1 }, { "a/", 1 }, { "a/b", 1 }, { "a/b/", 1 },
	{ "example.org/user", 1 }, { ".a", 1 }, { "a..", 1 }, { "...", 1 },
	{ "a b/c", 1 }, { "\303\244/b", 1 },
	{ "", 0 }, { "/", 0 }, { "/a", 0 }, { "a//b", 0 }, { "a//", 0 },
	{ ".", 0 }, { "..", 0 }, { "../a", 0 }, { "a/..", 0 }, { "a/../b", 0 },
	{ "a/../../b", 0 }, { "./a", 0 }, { "a/.", 0 }, { "a/./b", 0 },
	{ "a/../", 0 }, { "a\n", 0 }, { "a\tb", 0 }, { "a\177", 0 },
};

static int
isdir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	    (st.st_mode & 07777) == 0700;
}

static void
make(void)
{
	char dir[] = "/tmp/pneu-test.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0) {
		ok(0, "scratch directory");
		return;
	}
	umask(077);
	ok(mailbox_mkdir("a", 0777) == 0 && isdir("a"), "one");
	ok(mailbox_mkdir("a", 0777) == 0, "again");
	ok(mailbox_mkdir("b/c/d", 0777) == 0 && isdir("b") && isdir("b/c") &&
	    isdir("b/c/d"), "three");
	ok(mailbox_mkdir("b/c/e/f/", 0777) == 0 && isdir("b/c/e/f"),
	    "below those that are there, a slash at the end");
	close(open_create("file"));
	ok(mailbox_mkdir("file/x", 0777) == -1, "not below a file");
	ok(chdir("/") == 0, "away");
	rm_rf(dir);
}

int
main(void)
{
	char s[MAILBOX_PATH_OCTETS + 2];
	size_t i;

	for (i = 0; i < sizeof paths / sizeof *paths; i++)
		ok(mailbox_isgood(paths[i].path) == paths[i].good,
		    "path %zu is %s", i, paths[i].good ? "good" : "not good");
	memset(s, 'a', sizeof s - 1);
	s[sizeof s - 1] = 0;
	ok(!mailbox_isgood(s), "too long");
	s[sizeof s - 2] = 0;
	ok(mailbox_isgood(s), "as long as may be");
	make();
	return tap_end();
}
