/* Enters the jail of every service (src/run/jail.c) in a child, tries there
 * what the table below names, and compares with who may do it. */

#include <skalibs/nonposix.h>

#include "run/service.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/ancil.h>
#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>

#include "run/log.h"
#include "table/table.h"
#include "tap.h"

enum {
	LISTEN = 1, SMTPD = 2, QUEUE = 4, SEND = 8, ALIAS = 16, FRONT = 32,
	REMOTE = 64, BOUNCE = 128, STS = 256, ALL = 511
};

static const struct service {
	const char *prog;
	unsigned int bit;
	unsigned int uid, gid;
	const char *groups;
} services[] = {
	{ "pneu-listen", LISTEN, 61001, 61001, "61002 61004" },
	{ "pneu-smtpd", SMTPD, 61001, 61001, "61002 61004" },
	{ "pneu-queue", QUEUE, 61002, 61003, "" },
	{ "pneu-send", SEND, 61003, 61003, "61004" },
	{ "pneu-alias", ALIAS, 61004, 61004, "" },
	{ "pneu-lspawn-front", FRONT, 61003, 61003, "" },
	{ "pneu-remote", REMOTE, 61005, 61005, "" },
	{ "pneu-bounce", BOUNCE, 61006, 61006, "61002" },
	{ "pneu-sts", STS, 61014, 61014, "" },
};

#ifdef PNEU_NO_JAIL
#define JAILS 0
#else
#define JAILS 1
#endif

#define USERS "pneud=61001:61001\0pneuq=61002:61002\0pneus=61003:61003\0" \
	"pneua=61004:61004\0pneur=61005:61005\0pneub=61006:61006\0pneum=61014:61014\0"

static char home[] = "/tmp/jail_test.XXXXXX";
static struct conf conf;

/* Each attempt: 1 if it was allowed, 0 if not. Paths are from the home. */

static int
can_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int
can_socket(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int shadow(void) { return can_open("/etc/shadow", O_RDONLY); }
static int passwd(void) { return can_open("/etc/passwd", O_RDONLY); }
static int hosts(void) { return can_open("/etc/hosts", O_RDONLY); }
static int proc(void) { return can_open("/proc/self/status", O_RDONLY); }
static int mem(void) { return can_open("/proc/self/mem", O_RDWR); }
static int tmp(void) { return can_open("/tmp/jail_test.x", O_RDWR | O_CREAT); }
static int above(void) { return can_open("..", O_RDONLY | O_DIRECTORY); }
static int secret(void) { return can_open("secret", O_RDONLY); }
static int settings(void) { return can_open("etc/pneu.cdb", O_RDONLY); }
static int etcw(void) { return can_open("etc/x", O_RDWR | O_CREAT); }
static int listq(void) { return can_open("queue", O_RDONLY | O_DIRECTORY); }
static int letter(void) { return can_open("queue/letter", O_RDONLY); }
static int letterw(void) { return can_open("queue/letter", O_RDWR); }
static int site(void) { return can_open("state/sites", O_RDWR | O_CREAT); }
static int policy(void) { return can_open("sts/x", O_RDWR | O_CREAT); }
static int unixs(void) { return can_socket(AF_UNIX, SOCK_STREAM, 0); }
static int tcp4(void) { return can_socket(AF_INET, SOCK_STREAM, 0); }
static int tcp6(void) { return can_socket(AF_INET6, SOCK_STREAM, 0); }
static int udp(void) { return can_socket(AF_INET, SOCK_DGRAM, 0); }
static int raw(void) { return can_socket(AF_INET, SOCK_RAW, 1); }
static int packet(void) { return can_socket(AF_PACKET, SOCK_RAW, 0); }
static int alg(void) { return can_socket(AF_ALG, SOCK_SEQPACKET, 0); }
/* not by libc: musl blocks SIGSYS meanwhile, and who is refused then is dead */
static int root(void) { return syscall(SYS_setuid, 0) == 0; }
static int groot(void) { return syscall(SYS_setgid, 0) == 0; }
static int trace(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0; }
static int mounts(void) { return mount("x", "/mnt", "tmpfs", 0, 0) == 0; }
static int userns(void) { return unshare(CLONE_NEWUSER) == 0; }
static int netns(void) { return unshare(CLONE_NEWNET) == 0; }
static int roots(void) { return chroot("queue") == 0; }
static int uring(void) { return syscall(425, 1, 0) >= 0 || errno == EFAULT; }
static int bpf(void) { return syscall(SYS_bpf, 0, 0, 0) >= 0; }
static int keys(void) { return syscall(SYS_keyctl, 0, -3, 0) >= 0; }
static int parent(void) { return kill(getppid(), 0) == 0; }
static int dmesg(void) { return syscall(SYS_syslog, 10, 0, 0) >= 0; }
static int personality(void) { return syscall(SYS_personality, 8) >= 0; }

static int
tcp_out(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(9),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;

	if (fd < 0)
		return 0;
	r = connect(fd, (struct sockaddr *)&in, sizeof in) == 0 ||
	    errno == ECONNREFUSED;
	close(fd);
	return r;
}

static int
abstract(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX,
	    .sun_path = "\0jail_test" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), r;

	r = connect(fd, (struct sockaddr *)&un, sizeof un) == 0;
	close(fd);
	return r;
}

/* fork() of who may; as root() */
static pid_t
fork_if(void)
{
#ifdef SYS_fork
	pid_t pid = (pid_t)syscall(SYS_fork);

	if (!pid)
		_exit(0);
	if (pid < 0)
		return -1;
	waitpid(pid, 0, 0);
#endif
	return fork();
}

static int
run(const char *prog)
{
	char *argv[] = { (char *)(uintptr_t)prog, 0 };
	int ws;
	pid_t pid = fork_if();

	if (pid < 0)
		return 0;
	if (!pid) {
		execv(prog, argv);
		_exit(111);
	}
	return waitpid(pid, &ws, 0) == pid && WIFEXITED(ws) && !WEXITSTATUS(ws);
}

static int sh(void) { return run("/bin/true"); }
static int smtpd(void) { return run("bin/pneu-smtpd"); }

/* without a fork before it: we are gone if it is allowed */
static int
exec(void)
{
	char *argv[] = { (char *)(uintptr_t)"/bin/false", 0 };

	execv("/bin/false", argv);
	return 0;
}

static int
forks(void)
{
	int ws;
	pid_t pid = fork_if();

	if (pid < 0)
		return 0;
	if (!pid) {
		poll(0, 0, -1);	/* pause() is refused */
		_exit(0);
	}
	kill(pid, SIGKILL);
	return waitpid(pid, &ws, 0) == pid && WIFSIGNALED(ws);
}

static int
code(void)
{
	char *p = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		munmap(p, 4096);
	return p != MAP_FAILED;
}

static int
commit(void)
{
	int fd = open("queue/tmp/a", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	int r = fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0 &&
	    mkdir("queue/new/1", 0750) == 0 &&
	    rename("queue/tmp/a", "queue/new/1/a") == 0 &&
	    truncate("queue/new/1/a", 0) == 0 &&
	    unlink("queue/new/1/a") == 0 && rmdir("queue/new/1") == 0;

	if (fd >= 0)
		close(fd);
	return r;
}

static int
nss(void)
{
	return getpwnam("root") && getpwnam("daemon") && !getpwnam("no-such");
}

/* What every service lives by. */
static int
daily(void)
{
	int sv[2], p[2], fd, r;
	char buf[16];
	struct timespec ts;
	time_t now = time(0);
	char *big = malloc(8 << 20);

	memset(big, 1, 8 << 20);
	big = realloc(big, 32 << 20);
	r = big && clock_gettime(CLOCK_MONOTONIC, &ts) == 0 &&
	    localtime(&now) && getrandom(buf, sizeof buf, 0) == sizeof buf &&
	    socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0 && pipe(p) == 0 &&
	    ndelay_on(sv[0]) == 0 && coe(sv[0]) == 0;
	free(big);
	r = r && ancil_send_fd(sv[0], p[0], '|') >= 0 &&
	    (fd = ancil_recv_fd(sv[1], '|')) >= 0 &&
	    write(p[1], "hi", 2) == 2 && read(fd, buf, 2) == 2;
	r = r && selfpipe_init() >= 0 && selfpipe_trap(SIGHUP) > 0;
	return r && run_reload(&conf);
}

static int
clock_moves(void)
{
	struct timespec ts = { 0, 1000000 };
	time_t t = time(0);

	return nanosleep(&ts, 0) == 0 && clock_settime(CLOCK_REALTIME,
	    &(struct timespec){ t, 0 }) == 0;
}

static const struct attempt {
	const char *what;
	int (*try)(void);
	unsigned int who;	/* may do it */
} attempts[] = {
	{ "live from day to day", daily, ALL },
	{ "read the settings", settings, ALL },
	{ "make a Unix socket", unixs, ALL },
	{ "read /etc/passwd", passwd, ALIAS },
	{ "look up users", nss, ALIAS },
	{ "read /etc/hosts", hosts, ALIAS | REMOTE },
	{ "list the queue", listq, QUEUE | SEND },
	{ "read a letter", letter, QUEUE | SEND },
	{ "write a letter", letterw, QUEUE },
	{ "commit a letter", commit, QUEUE },
	{ "write its table of sites", site, SEND },
	{ "write a policy", policy, STS },
	{ "fork, signal and wait", forks, LISTEN | QUEUE },
	{ "run pneu-smtpd", smtpd, LISTEN },
	{ "make a TCP socket (IPv4)", tcp4, REMOTE | STS },
	{ "make a TCP socket (IPv6)", tcp6, REMOTE | STS },
	{ "make a UDP socket", udp, REMOTE | STS },
	{ "connect to a host", tcp_out, REMOTE | STS },
	{ "make memory executable", code, LISTEN | ALIAS },
	{ "read /etc/shadow", shadow, 0 },
	{ "read /proc", proc, 0 },
	{ "write its memory through /proc", mem, 0 },
	{ "write to /tmp", tmp, 0 },
	{ "list what is above the home", above, 0 },
	{ "read a file of the home that is everybody's", secret, 0 },
	{ "write to etc", etcw, 0 },
	{ "make a raw socket", raw, 0 },
	{ "make a packet socket", packet, 0 },
	{ "make a crypto socket", alg, 0 },
	{ "connect to an abstract socket outside", abstract, 0 },
	{ "become root", root, 0 },
	{ "become root's group", groot, 0 },
	{ "mount", mounts, 0 },
	{ "make a user namespace", userns, 0 },
	{ "make a network namespace", netns, 0 },
	{ "chroot", roots, 0 },
	{ "use io_uring", uring, 0 },
	{ "use bpf", bpf, 0 },
	{ "use keys", keys, 0 },
	{ "signal its parent", parent, 0 },
	{ "read the kernel's log", dmesg, 0 },
	{ "change its personality", personality, 0 },
	{ "set the clock", clock_moves, 0 },
	{ "run /bin/true", sh, 0 },
	{ "trace", trace, 0 },	/* who may stands still at any signal */
	{ "become another program", exec, 0 },
};
#define NATTEMPTS (sizeof attempts / sizeof attempts[0])

static void
put(const char *path, const char *s, mode_t mode, uid_t uid, gid_t gid)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (fd < 0 || write(fd, s, strlen(s)) < 0 || fchmod(fd, mode) < 0 ||
	    (!geteuid() && fchown(fd, uid, gid) < 0))
		perror(path);
	close(fd);
}

static void
dir(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	if (mkdir(path, mode) < 0 || chmod(path, mode) < 0 ||
	    (!geteuid() && chown(path, uid, gid) < 0))
		perror(path);
}

static void
make_home(void)
{
	struct table_maker *m;

	if (!mkdtemp(home) || chmod(home, 0755) < 0 || chdir(home) < 0)
		exit(111);
	dir("etc", 0755, 0, 0);
	dir("bin", 0755, 0, 0);
	dir("queue", 0750, 61002, 61003);
	dir("queue/tmp", 0750, 61002, 61003);
	dir("queue/new", 0750, 61002, 61003);
	dir("state", 0700, 61003, 61003);
	dir("sts", 0700, 61014, 61014);
	put("queue/letter", "letter", 0640, 61002, 61003);
	put("secret", "everybody may", 0644, 0, 0);
	put("private", "61001's", 0600, 61001, 61001);
	m = table_make("etc/pneu.cdb", 0644);
	table_put(m, ":users", 6, USERS, sizeof USERS - 1);
	if (table_done(m) < 0 ||
	    system("cp /bin/true bin/pneu-smtpd") != 0)
		exit(111);
	setenv("PNEU_HOME", home, 1);
}

/* A line of /proc/PID/status, without its name, blanks as one space. */
static const char *
status(pid_t pid, const char *name)
{
	static char buf[4096];
	char path[64], *s, *w;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	n = (size_t)openreadnclose(path, buf, sizeof buf - 1);
	buf[n < sizeof buf ? n : 0] = 0;
	s = strstr(buf, name);
	if (!s)
		return "";
	s += strlen(name);
	s[strcspn(s, "\n")] = 0;
	for (w = buf; *s; s++) {
		if (*s == '\t' || *s == ' ') {
			if (w > buf && w[-1] != ' ')
				*w++ = ' ';
		} else
			*w++ = *s;
	}
	while (w > buf && w[-1] == ' ')
		w--;
	*w = 0;
	return buf;
}

#define skip(what, why) \
	printf("ok %d - %s # SKIP %s\n", ++tap_count, what, why)

static void
check_status(const struct service *s, pid_t pid)
{
	char want[128];

	ok(!strcmp(status(pid, "NoNewPrivs:"), "1"), "%s: no new privileges",
	    s->prog);
	ok(!strcmp(status(pid, "Seccomp:"), "2"), "%s: seccomp", s->prog);
	if (getuid()) {
		skip("its uid, gid, groups and capabilities", "not root");
		return;
	}
	snprintf(want, sizeof want, "%u %u %u %u", s->uid, s->uid, s->uid,
	    s->uid);
	ok(!strcmp(status(pid, "Uid:"), want), "%s: uid %u", s->prog, s->uid);
	snprintf(want, sizeof want, "%u %u %u %u", s->gid, s->gid, s->gid,
	    s->gid);
	ok(!strcmp(status(pid, "Gid:"), want), "%s: gid %u", s->prog, s->gid);
	ok(!strcmp(status(pid, "Groups:"), s->groups), "%s: groups %s",
	    s->prog, s->groups);
	ok(!strcmp(status(pid, "CapPrm:"), "0000000000000000"),
	    "%s: no capabilities", s->prog);
}

/* In the child: an octet for each attempt, '1' or '0'. */
static void
inside(const struct service *s, int fd, int again)
{
	size_t i;

	if (s->bit == SMTPD && again) {	/* as in life: from pneu-listen */
		run_init("pneu-listen", &conf);
		run_become(&conf, "pneu-listen");
	}
	run_init(s->prog, &conf);
	run_become(&conf, s->prog);
	if (write(fd, "+", 1) != 1 || read(fd, &i, 1) != 1)
		_exit(111);
	for (i = 0; i < NATTEMPTS; i++)
		if (write(fd, attempts[i].try() ? "1" : "0", 1) != 1)
			_exit(111);
	_exit(0);
}

static void
check_service(const struct service *s, int again)
{
	int sv[2], err[2], ws;
	char c, log[65536];
	size_t i, n = 0;
	ssize_t r;
	pid_t pid;

	fflush(stdout);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0 ||
	    pipe(err) < 0)
		exit(111);
	pid = fork();
	if (!pid) {
		close(sv[0]);
		dup2(err[1], 2);
		inside(s, sv[1], again);
	}
	close(sv[1]);
	close(err[1]);
	ok(read(sv[0], &c, 1) == 1, "%s: enters its jail", s->prog);
	check_status(s, pid);
	if (write(sv[0], "+", 1) != 1)
		exit(111);
	for (i = 0; i < NATTEMPTS; i++) {
		const struct attempt *a = attempts + i;
		int may = (a->who & s->bit) != 0;

		if (read(sv[0], &c, 1) != 1)
			c = '?';	/* or what it tried it did */
		ok(c == '0' + may, "%s: may%s %s", s->prog, may ? "" : " not",
		    a->what);
	}
	kill(pid, SIGKILL);	/* it may be traced, and stand still */
	waitpid(pid, &ws, 0);
	while (n < sizeof log - 1 &&
	    (r = read(err[0], log + n, sizeof log - 1 - n)) > 0)
		n += (size_t)r;
	log[n] = 0;
	ok(strstr(log, "the jail refuses system call"),
	    "%s: the log names what was refused", s->prog);
	if (!again)
		ok(!strstr(log, "has no"), "%s: the jail is whole", s->prog);
	close(sv[0]);
	close(err[0]);
}

/* pneu-lspawn is root with two capabilities; each line is what it may. */
static void
lspawn(int fd)
{
	pid_t pid;
	int ws, r = 0;

	run_init("pneu-lspawn", &conf);
	run_become(&conf, "pneu-lspawn");
	r |= open("private", O_RDONLY) >= 0;
	r |= (open("queue/letter", O_RDONLY) >= 0) << 1;
	r |= (chown("secret", 61001, 61001) == 0) << 2;
	r |= (chmod("private", 0644) == 0) << 3;
	r |= (mount("x", "/mnt", "tmpfs", 0, 0) == 0) << 5;
	r |= can_socket(AF_PACKET, SOCK_RAW, 0) << 6;
	pid = fork();
	if (!pid) {
		if (setgid(61007) < 0 || setuid(61007) < 0 || !setuid(0))
			_exit(1);
		_exit(0);
	}
	waitpid(pid, &ws, 0);
	r |= (ws == 0) << 7;
	if (write(fd, &(char){ (char)r }, 1) != 1)
		_exit(111);
	_exit(0);
}

static void
check_lspawn(void)
{
	static const char *const what[] = {
		"read a user's private file", "read a letter",
		"give files away", "change modes of others' files", 0,
		"mount", "make a packet socket", "become a user"
	};
	int p[2], i;
	unsigned char r = 255;
	pid_t pid, sleeper;

	if (getuid()) {
		skip("pneu-lspawn's two capabilities", "not root");
		return;
	}
	fflush(stdout);
	if (pipe(p) < 0)
		exit(111);
	pid = fork();
	if (!pid)
		lspawn(p[1]);
	ok(read(p[0], &r, 1) == 1, "pneu-lspawn: drops what it does not need");
	for (i = 0; i < 8; i++)
		if (what[i])
			ok(!(r >> i & 1) == (i < 7), "pneu-lspawn: may%s %s",
			    i < 7 ? " not" : "", what[i]);
	waitpid(pid, 0, 0);

	/* it may not signal whom it is not: a user's process */
	sleeper = fork();
	if (!sleeper) {
		if (setuid(61007) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	pid = fork();
	if (!pid) {
		run_init("pneu-lspawn", &conf);
		run_become(&conf, "pneu-lspawn");
		while (kill(sleeper, 0) == 0)	/* not become a user yet */
			usleep(1000);
		_exit(errno == EPERM ? 0 : 1);
	}

	waitpid(pid, &i, 0);
	ok(i == 0, "pneu-lspawn: may not signal users' processes");
	kill(sleeper, SIGKILL);
	waitpid(sleeper, 0, 0);
}

/* A runner of pneu-lspawn: each line is what it may. */
static int
as(long uid)
{
	return syscall(SYS_setfsuid, uid) >= 0 &&
	    syscall(SYS_setfsuid, 61007L) == (long)(uid_t)uid &&
	    syscall(SYS_setfsuid, -1L) == 61007;
}

static int
may_be_another(void)
{
	gid_t g = 61008;

	return as(61008) && setgroups(1, &g) == 0 &&
	    syscall(SYS_setfsgid, 61007L) >= 0;
}

static int
may_make_his(void)
{
	int fd = open("his/file", O_WRONLY | O_CREAT | O_EXCL, 0600);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == 61007 &&
	    rename("his/file", "his/new") == 0 && unlink("his/new") == 0;
}

static int may_be_root(void) { return as(0); }
static int may_wrap(void) { return as(1L << 32); }
static int may_set(void) { return syscall(SYS_setuid, 61007) == 0 ||
    syscall(SYS_setresuid, -1, 61007, -1) == 0 ||
    syscall(SYS_setreuid, 61007, -1) == 0; }
static int may_setg(void) { return syscall(SYS_setgid, 0) == 0 ||
    syscall(SYS_setfsgid, 0L) == 0 || syscall(SYS_setfsgid, -1L) == 0; }
static int may_his(void) { return can_open("private", O_RDONLY); }
static int may_link(void) { return symlink("/", "his/link") == 0; }
static int may_fifo(void) { return mkfifo("his/fifo", 0600) == 0; }
static int may_exec(void) { execl("/bin/true", "true", (char *)0); return 0; }
static int may_fork(void) { return fork_if() >= 0; }
static int may_tcp(void) { return can_socket(AF_INET, SOCK_STREAM, 0); }
static int may_mount(void) { return !mount("x", "/mnt", "tmpfs", 0, 0); }

static const struct {
	int may;
	const char *what;
	int (*try)(void);
} rights[] = {
	{ 1, "look like a user to the file system", may_be_another },
	{ 1, "make, rename and remove his files as he", may_make_his },
	{ 0, "look like root", may_be_root },
	{ 0, "look like root by a number of 33 bits", may_wrap },
	{ 0, "become a user", may_set },
	{ 0, "have the group of root", may_setg },
	{ 0, "read what only root may", may_his },
	{ 0, "make symbolic links", may_link },
	{ 0, "make FIFOs", may_fifo },
	{ 0, "run a program", may_exec },
	{ 0, "fork", may_fork },
	{ 0, "have a network socket", may_tcp },
	{ 0, "mount", may_mount },
};
#define NRIGHTS (sizeof rights / sizeof rights[0])

static void
check_runner(void)
{
	int p[2], err;
	char c;
	size_t i;
	pid_t pid;

	if (getuid()) {
		skip("pneu-lspawn-runner", "not root");
		return;
	}
	fflush(stdout);
	if (mkdir("his", 0700) < 0 || chown("his", 61007, 61007) < 0 ||
	    pipe(p) < 0 || (err = open("/dev/null", O_WRONLY)) < 0)
		exit(111);
	pid = fork();
	if (!pid) {
		dup2(err, 2);
		run_init("pneu-lspawn-runner", &conf);
		run_become(&conf, "pneu-lspawn-runner");
		for (i = 0; i < NRIGHTS; i++)
			if (write(p[1], rights[i].try() ? "1" : "0", 1) != 1)
				_exit(111);
		_exit(0);
	}
	close(p[1]);	/* so that its end is seen */
	for (i = 0; i < NRIGHTS; i++) {
		if (read(p[0], &c, 1) != 1)
			c = '?';
		if (!i) {
			ok(!strcmp(status(pid, "Uid:"),
			    "65534 65534 65534 61007"),
			    "pneu-lspawn-runner: nobody but to the file "
			    "system: %s", status(pid, "Uid:"));
			ok(!strcmp(status(pid, "CapPrm:"),
			    "00000000000000c0"), "with two capabilities");
		}
		ok(c == '0' + rights[i].may, "pneu-lspawn-runner: may%s %s",
		    rights[i].may ? "" : " not", rights[i].what);
	}
	waitpid(pid, 0, 0);
	close(err);
}

int
main(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX,
	    .sun_path = "\0jail_test" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t i;

	alarm(60);
	setvbuf(stdout, 0, _IOLBF, 0);
	umask(022);
	bind(fd, (struct sockaddr *)&un, sizeof un);
	listen(fd, 10);
	make_home();
	if (!JAILS)
		skip("the jails", "this build has none");
	for (i = 0; JAILS && i < sizeof services / sizeof services[0]; i++)
		check_service(services + i, 0);
	if (JAILS)
		check_service(services + 1, 1);
	check_lspawn();
	if (JAILS)
		check_runner();
	if (chdir("/") < 0 || rm_rf(home) < 0)
		perror(home);
	return tap_end();
}
