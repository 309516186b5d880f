#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/random.h>
#include <skalibs/strerr.h>
#include <skalibs/sgetopt.h>
#include <skalibs/types.h>

#include "conf/conf.h"
#include "pneu-passwd/passwd.h"
#include "run/service.h"
#include "sasl/passwd.h"

#define USAGE "pneu-passwd [-i iterations] add user | change user | " \
    "delete user | list"
#define SALT_OCTETS 16
#define NEW PASSWD_FILE ".new"

static void
no_memory(void)
{
	strerr_dief(111, "out of memory");
}

/* One of us at a time. */
static void
lock(void)
{
	int fd = open("etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		strerr_diefusys(111, "lock ", run_path("etc"));
}

static void
read_file(stralloc *sa)
{
	int fd = open(PASSWD_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t r;

	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0)
		strerr_diefusys(111, "open ", run_path(PASSWD_FILE));
	do {
		if (!stralloc_readyplus(sa, 65536))
			no_memory();
		r = read(fd, sa->s + sa->len, 65536);
		if (r > 0)
			sa->len += (size_t)r;
		if (sa->len > PASSWD_FILE_OCTETS)
			strerr_dief(100, run_path(PASSWD_FILE),
			    " is too large");
	} while (r > 0);
	if (r < 0)
		strerr_diefusys(111, "read ", run_path(PASSWD_FILE));
	close(fd);
}

/* In its place, at once: pneu-auth sees the old one or the new. */
static void
put(const struct conf *c, const stralloc *sa)
{
	uid_t uid;
	gid_t gid;
	int fd, dir;

	run_user(c, "pneuc", &uid, &gid);
	unlink(NEW);
	fd = open(NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		strerr_diefusys(111, "make ", run_path(NEW));
	if (allwrite(fd, sa->s, sa->len) < sa->len ||
	    (geteuid() == 0 && fchown(fd, 0, gid) < 0) ||
	    fchmod(fd, 0640) < 0 || fsync(fd) < 0 || close(fd) < 0) {
		int e = errno;

		unlink(NEW);
		errno = e;
		strerr_diefusys(111, "write ", run_path(NEW));
	}
	dir = open("etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rename(NEW, PASSWD_FILE) < 0 || dir < 0 || fsync(dir) < 0)
		strerr_diefusys(111, "put ", run_path(PASSWD_FILE),
		    " in its place");
	close(dir);
}

/* USER:WORD of a password that is asked for. */
static void
make_line(stralloc *sa, const char *user, uint32_t iterations)
{
	stralloc pass = STRALLOC_ZERO;
	struct verifier v;
	struct pbkdf2 p;

	ask_password(&pass);
	v.iterations = iterations;
	v.saltlen = SALT_OCTETS;
	random_buf(v.salt, v.saltlen);
	verifier_hash(&p, &v, pass.s, pass.len - 1);
	pbkdf2_run(&p, UINT32_MAX);
	verifier_set(&v, &p);
	hash_wipe(&p, sizeof p);
	hash_wipe(pass.s, pass.len);
	stralloc_free(&pass);
	if (!stralloc_cats(sa, user) || !stralloc_append(sa, ':') ||
	    !verifier_put(sa, &v))
		no_memory();
}

static void
edit(const struct conf *c, enum edit_verb verb, const char *user,
    uint32_t iterations)
{
	stralloc old = STRALLOC_ZERO, text = STRALLOC_ZERO;
	stralloc line = STRALLOC_ZERO;
	int r;

	if (!passwd_isuser(user, strlen(user)))
		strerr_dief(100, "not a name: ", user);
	if (verb != EDIT_DELETE)
		make_line(&line, user, iterations);
	lock();
	read_file(&old);
	r = edit_text(&text, verb, old.s, old.len, user, &line);
	if (!r)
		no_memory();
	if (r < 0)
		strerr_dief(100, user, verb == EDIT_ADD ?
		    " is there already; change sets another password" :
		    " is not there");
	put(c, &text);
}

static void
list(void)
{
	stralloc text = STRALLOC_ZERO;
	struct passwd_line l;
	enum passwd_kind k;
	size_t at = 0;

	read_file(&text);
	while ((k = passwd_next(&l, text.s, text.len, &at)))
		if (k == PASSWD_LINE)
			printf("%.*s\n", (int)l.userlen, l.user);
	if (fflush(stdout) < 0)
		strerr_diefusys(111, "write");
}

static uint32_t
options(int argc, char *const *argv, int *at)
{
	subgetopt l = SUBGETOPT_ZERO;
	uint32_t iterations = VERIFIER_ITERATIONS;
	int c;

	while ((c = subgetopt_r(argc,
	    (const char *const *)argv, "i:", &l)) != -1) {
		if (c != 'i')
			strerr_dieusage(100, USAGE);
		if (!uint320_scan(l.arg, &iterations) || iterations < 4096 ||
		    iterations > VERIFIER_ITERATIONS_MAX)
			strerr_dief(100, "-i: expected 4096 to 1000000: ",
			    l.arg);
	}
	*at = l.ind;
	return iterations;
}

int
main(int argc, char *const *argv)
{
	static const char *const verbs[] = { "add", "change", "delete" };
	struct rlimit none = { 0, 0 };
	static struct conf c;
	uint32_t iterations;
	int at, i;

	setrlimit(RLIMIT_CORE, &none);
	PROG = "pneu-passwd";
	iterations = options(argc, argv, &at);
	argv += at;
	argc -= at;
	if (argc < 1 || argc > 2)
		strerr_dieusage(100, USAGE);
	run_init("pneu-passwd", &c);
	if (argc == 1 && !strcmp(argv[0], "list")) {
		list();
		return 0;
	}
	for (i = 0; i < 3 && argc == 2; i++)
		if (!strcmp(argv[0], verbs[i])) {
			edit(&c, (enum edit_verb)i, argv[1], iterations);
			return 0;
		}
	strerr_dieusage(100, USAGE);
}
