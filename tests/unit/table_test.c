#include "table/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/cdb.h>

#include "tap.h"

/* skalibs' cdb in the same program: the symbols must not meet. */
static int
skalibs_reads(const char *path, const char *key, const char *want)
{
	cdb c = CDB_ZERO;
	cdb_data d;
	int r = 0;

	if (!cdb_init(&c, path))
		return 0;
	if (cdb_find(&c, &d, key, (uint32_t)strlen(key)) == 1)
		r = d.len == strlen(want) && !memcmp(d.s, want, d.len);
	cdb_free(&c);
	return r;
}

static int
isvalue(struct table *t, const char *key, const char *want)
{
	const char *v;
	size_t n;

	return table_find(t, key, strlen(key), &v, &n) == 1 &&
	    n == strlen(want) && !memcmp(v, want, n);
}

static void
damaged(const char *path)
{
	const char *v;
	size_t n;
	struct table *t;
	int fd, r, i, worst = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	close(fd);
	errno = 0;
	ok(!table_open(path) && errno, "an empty file is refused");
	fd = open(path, O_WRONLY);
	for (i = 0; i < 2048; i++)
		if (write(fd, "\377", 1) != 1)
			break;
	close(fd);
	t = table_open(path);
	if (t) {
		for (i = 0; i < 300; i++) {
			char k = (char)i;

			r = table_find(t, &k, 1, &v, &n);
			if (r > worst)
				worst = r;
		}
		table_close(t);
	}
	ok(worst <= 0, "nonsense finds nothing and does not crash");
}

int
main(void)
{
	char dir[] = "/tmp/table_test.XXXXXX";
	struct table_maker *m;
	struct table *t, *old;
	struct stat st;
	const char *v;
	size_t n;

	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 111;
	ok(!table_open("none") && errno == ENOENT, "no file: ENOENT");
	ok(!table_make("none/t.cdb", 0644) && errno == ENOENT,
	    "no directory: ENOENT");

	ok((m = table_make("t.cdb", 0640)) != 0, "make");
	ok(table_put(m, "a", 1, "one", 3) == 1, "put");
	ok(table_put(m, "empty", 5, "", 0) == 1, "put an empty value");
	ok(table_put(m, "a", 1, "two", 3) == 0, "the first one stays");
	ok(table_put(m, "n\0l", 3, "\0", 1) == 1, "NUL in key and value");
	ok(stat("t.cdb", &st) < 0, "nothing there before it is done");
	ok(table_done(m) == 1, "done");
	ok(stat("t.cdb", &st) == 0 && (st.st_mode & 0777) == 0640, "mode");
	ok(stat("t.cdb.new", &st) < 0, "no remains");

	ok((t = table_open("t.cdb")) != 0, "open");
	ok(isvalue(t, "a", "one") && isvalue(t, "empty", ""), "find");
	ok(table_find(t, "n\0l", 3, &v, &n) == 1 && n == 1 && !*v,
	    "find by a key with NUL");
	ok(table_find(t, "b", 1, &v, &n) == 0, "absent");
	ok(skalibs_reads("t.cdb", "a", "one"), "skalibs' reader beside ours");

	old = t;
	m = table_make("t.cdb", 0644);
	table_put(m, "a", 1, "new", 3);
	table_done(m);
	ok((t = table_open("t.cdb")) && isvalue(t, "a", "new") &&
	    isvalue(old, "a", "one"), "replaced; the old map stays as it was");
	table_close(old);
	table_close(t);

	m = table_make("t.cdb", 0644);
	table_put(m, "a", 1, "dropped", 7);
	table_drop(m);
	ok((t = table_open("t.cdb")) && isvalue(t, "a", "new"), "dropped");
	table_close(t);
	damaged("bad.cdb");
	unlink("t.cdb");
	unlink("bad.cdb");
	if (chdir("/") == 0)
		rmdir(dir);
	return tap_end();
}
