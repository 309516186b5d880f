#include <skalibs/nonposix.h>

#include "deliver/maildir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>

#include "run/sync.h"
#include "tap.h"

static struct maildir_namer namer;

static int
put(struct maildir_file *f, const char *a, const char *b)
{
	struct iovec v[3] = { { (char *)a, strlen(a) }, { (char *)"", 0 },
	    { (char *)b, strlen(b) } };

	return maildir_write(f, v, 3);
}

/* 1 if path's content is s. */
static int
holds(const char *path, const char *s)
{
	stralloc sa = STRALLOC_ZERO;
	int r = openslurpclose(&sa, path) && sa.len == strlen(s) &&
	    !memcmp(sa.s, s, sa.len);

	stralloc_free(&sa);
	return r;
}

static void
names(void)
{
	char s[MAILDIR_NAME_OCTETS + 1], want[MAILDIR_NAME_OCTETS + 1];
	char longname[400];

	maildir_namer_init(&namer, "a/b:c.test");
	namer.pid = 77;
	maildir_name(&namer, s, 1234567890, 42);
	ok(!strcmp(s, "1234567890.M42P77Q1.a\\057b\\072c.test"), "name: %s", s);
	maildir_name(&namer, s, 1234567890, 42);
	ok(!strcmp(s, "1234567890.M42P77Q2.a\\057b\\072c.test"), "the next");
	memset(longname, ':', sizeof longname - 1);
	longname[sizeof longname - 1] = 0;
	maildir_namer_init(&namer, longname);
	namer.pid = 2147483647;
	namer.count = UINT64_MAX - 1;
	maildir_name(&namer, s, UINT64_MAX, 999999);
	strcpy(want, s);
	ok(strlen(strcat(want, ",S=18446744073709551615:2,PRSTDFabcdef")) <
	    256, "the longest leaves room for flags: %zu", strlen(want));
}

static void
deliver(void)
{
	struct maildir_file f;
	char path[MAILDIR_PATH_OCTETS];
	struct stat st;

	ok(maildir_create(&f, "M", &namer) == 0, "create, and the Maildir");
	ok(!stat("M/cur", &st) && (st.st_mode & 07777) == 0700, "cur");
	maildir_path(path, "M", "tmp", f.name);
	ok(put(&f, "one\n", "two\n") == 0 && put(&f, "", "three") == 0,
	    "write");
	ok(holds(path, "one\ntwo\nthree") && f.size == 13, "in tmp");
	ok(maildir_sync(&f) == 0 && f.fd == -1, "sync");
	ok(maildir_publish(&f) == 0 && f.where == 'n', "publish");
	ok(access(path, F_OK) < 0, "gone from tmp");
	maildir_path(path, "M", "new", f.name);
	ok(strstr(path, ",S=13") && holds(path, "one\ntwo\nthree"), "in new");
	ok(!stat(path, &st) && (st.st_mode & 07777) == 0600, "mode 0600");
	ok(sync_dir("M/new") == 0, "sync new");
	maildir_drop(&f);
	ok(access(path, F_OK) < 0, "drop takes it back");
}

static void
fails(void)
{
	struct maildir_file f;
	char path[MAILDIR_PATH_OCTETS];

	close(open_create("file"));
	ok(maildir_create(&f, "file", &namer) == -1 && f.error == ENOTDIR &&
	    !strcmp(f.failed, "create") && f.where == 0, "a file in its place");
	maildir_drop(&f);

	ok(maildir_create(&f, "M", &namer) == 0, "create");
	maildir_path(path, "M", "tmp", f.name);
	close(f.fd);
	f.fd = open_read("/dev/null");
	ok(put(&f, "a", "b") == -1 && f.error == EBADF &&
	    !strcmp(f.failed, "write"), "a write that fails");
	errno = EIO;
	maildir_fail(&f, "fsync");
	ok(f.error == EBADF, "the first error is kept");
	maildir_drop(&f);
	ok(access(path, F_OK) < 0 && f.fd == -1, "nothing is left in tmp");

	ok(maildir_create(&f, "M", &namer) == 0 && put(&f, "a", "b") == 0 &&
	    maildir_sync(&f) == 0, "create, write, sync");
	rmdir("M/new");
	ok(maildir_publish(&f) == 0, "new/ is missing: made");
	rm_rf("M/new");
	ok(sync_dir("M/new") == -1 && errno == ENOENT, "sync of what is gone");
}

int
main(void)
{
	char dir[] = "/tmp/pneu-test.XXXXXX";

	names();
	maildir_namer_init(&namer, "h");
	if (!mkdtemp(dir) || chdir(dir) < 0) {
		ok(0, "scratch directory");
		return tap_end();
	}
	deliver();
	fails();
	if (chdir("/") == 0)
		rm_rf(dir);
	return tap_end();
}
