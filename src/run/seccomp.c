#include <skalibs/nonposix.h>

#include "run/jail-internal.h"

#include <errno.h>

#if defined(__linux__) && !defined(PNEU_NO_JAIL)

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "run/bpf.h"
#include "run/log.h"

/* Which processor's system calls a filter is for; 0: we do not know. */
#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__mips__) && _MIPS_SIM == _ABIO32
#define ARCH (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? AUDIT_ARCH_MIPS : \
    AUDIT_ARCH_MIPSEL)
#elif defined(__mips__) && _MIPS_SIM == _ABI64
#define ARCH (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? AUDIT_ARCH_MIPS64 : \
    AUDIT_ARCH_MIPSEL64)
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#elif defined(__powerpc64__)
#define ARCH (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? AUDIT_ARCH_PPC64 : \
    AUDIT_ARCH_PPC64LE)
#else
#define ARCH 0
#endif

/* Where a handler of SIGSYS puts the answer of the call into the registers
 * that it goes back to, if we know: else the filter answers by itself, and
 * nothing is logged. */
#if defined(__x86_64__)
#define ANSWER(u) ((u)->uc_mcontext.gregs[REG_RAX] = -ENOSYS)
#elif defined(__i386__)
#define ANSWER(u) ((u)->uc_mcontext.gregs[REG_EAX] = -ENOSYS)
#elif defined(__aarch64__)
#define ANSWER(u) ((u)->uc_mcontext.regs[0] = (unsigned long long)-ENOSYS)
#elif defined(__arm__)
#define ANSWER(u) ((u)->uc_mcontext.arm_r0 = (unsigned long)-ENOSYS)
#elif defined(__mips__)
#define ANSWER(u) ((u)->uc_mcontext.gregs[2] = ENOSYS, \
    (u)->uc_mcontext.gregs[7] = 1)
#elif defined(__riscv)
#define ANSWER(u) ((u)->uc_mcontext.__gregs[REG_A0] = (unsigned long)-ENOSYS)
#elif defined(__s390__) && defined(__GLIBC__)
#define ANSWER(u) ((u)->uc_mcontext.gregs[2] = (unsigned long)-ENOSYS)
#endif
#ifdef ANSWER
#define OTHERWISE SECCOMP_RET_TRAP
#else
#define ANSWER(u) _exit(111)
#define OTHERWISE (SECCOMP_RET_ERRNO | ENOSYS)
#endif

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

#define CALLS 1024		/* more than a system has */
#define RULES 320
#define INSTRUCTIONS 1024

/* What calls there are here, by name: tools/calls. */
static const struct call {
	const char *name;
	int nr;
} calls[] = {
#include "run/calls.h"
};

struct list {
	struct bpf_rule r[RULES];
	size_t n;
	struct sock_filter s[INSTRUCTIONS];
};

/* Names, so that each system and libc takes what it has: the older and the
 * 32-bit forms stand beside the newer ones. */

/* read and write what is open, wait, time, memory, signals, who am I */
static const char *const always[] = {
	"read", "readv", "pread64", "preadv", "write", "writev", "pwrite64",
	"pwritev", "close", "close_range", "dup", "dup2", "dup3", "pipe",
	"pipe2", "fcntl", "fcntl64", "lseek", "_llseek", "poll", "ppoll",
	"ppoll_time64", "select", "_newselect", "pselect6",
	"pselect6_time64", "epoll_create1", "epoll_ctl", "epoll_wait",
	"epoll_pwait", "eventfd2", "signalfd", "signalfd4",
	"clock_gettime", "clock_gettime32", "clock_gettime64",
	"clock_getres", "clock_getres_time32", "clock_getres_time64",
	"clock_nanosleep", "clock_nanosleep_time32", "clock_nanosleep_time64",
	"nanosleep", "gettimeofday", "gettimeofday_time32", "time", "getrandom", "futex",
	"futex_time64", "brk", "munmap", "mremap", "madvise",
	"rt_sigaction", "sigaction", "rt_sigprocmask", "sigprocmask",
	"rt_sigreturn", "sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
	"rt_sigpending", "sigaltstack", "setitimer", "alarm", "tgkill",
	"exit", "exit_group", "restart_syscall", "sched_yield",
	"getpid", "getppid", "gettid", "getuid", "getuid32", "geteuid",
	"geteuid32", "getgid", "getgid32", "getegid", "getegid32",
	"getgroups", "getgroups32", "getresuid", "getresuid32",
	"getresgid", "getresgid32", "getrlimit", "ugetrlimit", "setrlimit",
	"prlimit64", "getrusage", "times", "uname", "sysinfo", "umask",
	"getcwd", "set_robust_list", "get_robust_list", "rseq",
	"sched_getaffinity",
	/* a narrower jail within this one */
	"seccomp", "landlock_create_ruleset", "landlock_add_rule",
	"landlock_restrict_self",
	/* look at files; which ones is for the other half of the jail */
	"open", "openat", "access", "faccessat", "faccessat2", "stat",
	"stat64", "lstat", "lstat64", "fstat", "fstat64", "newfstatat",
	"fstatat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64",
	"getdents", "getdents64", "readlink", "readlinkat", "chdir",
	"fchdir", "fadvise64", "fadvise64_64", "arm_fadvise64_64",
	"readahead",
	/* sockets, once they are there */
	"connect", "accept", "accept4", "shutdown", "sendto", "sendmsg",
	"sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
	"getsockname", "getpeername", "getsockopt", "setsockopt",
	"send", "recv", "socketpair", 0
};

static const char *const write_files[] = {
	"fsync", "fdatasync", "ftruncate", "ftruncate64", "truncate",
	"truncate64", "fallocate", "rename", "renameat", "renameat2", "link",
	"linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
	"chmod", "fchmod", "fchmodat", "utimensat", "utimensat_time64",
	"futimesat", "flock", "sync_file_range", "sync_file_range2",
	"copy_file_range", "sendfile", "sendfile64", 0
};

static const char *const fork_processes[] = {
	"fork", "vfork", "wait4", "waitpid", "waitid", "kill", "setpgid",
	"setsid", 0
};

static const char *const exec_programs[] = {
	"execve", "arch_prctl", "set_tid_address", "set_thread_area",
	"set_tls", "cacheflush", "membarrier", "readlink", 0
};

static const char *const net[] = { "bind", 0 };

static void
tell(int nr)
{
	char fmt[INT_FMT];
	size_t i;

	for (i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (calls[i].nr == nr) {
			log_warn("the jail refuses system call ",
			    calls[i].name);
			return;
		}
	fmt[uint_fmt(fmt, (unsigned int)nr)] = 0;
	log_warn("the jail refuses system call ", fmt);
}

/* A call that is not in the list. Killing us would be the sterner answer,
 * but then the next libc, which does an old thing by a new call, stops the
 * mail; so it is told once, and answered as a kernel would that does not
 * know it, for which every libc has another way. */
static void
refused(int sig, siginfo_t *info, void *context)
{
	static unsigned char told[CALLS / 8];
	ucontext_t *u = context;
	unsigned int nr = (unsigned int)info->si_syscall;
	unsigned char *t = &told[nr % CALLS / 8], bit = 1u << nr % 8;

	if (!(*t & bit) && nr != SYS_clone3) {
		*t |= bit;
		tell((int)nr);
	}
	ANSWER(u);
}

static int
catch(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = refused;
	sa.sa_flags = SA_SIGINFO | SA_NODEFER;
	return sigaction(SIGSYS, &sa, 0);
}

/* Rules that have no room show in n. */
static void
add(struct list *l, const char *name, int arg, int isnot, uint32_t mask,
    uint32_t value)
{
	size_t i;

	for (i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (!strcmp(calls[i].name, name)) {
			if (l->n < RULES)
				l->r[l->n] = (struct bpf_rule){
				    (unsigned int)calls[i].nr, arg, isnot,
				    mask, value };
			l->n++;
			return;
		}
}

static void
add_all(struct list *l, const char *const *names)
{
	for (; *names; names++)
		add(l, *names, BPF_ANY, 0, 0, 0);
}

static void
add_if(struct list *l, const char *name, int arg, uint32_t value)
{
	add(l, name, arg, 0, 0xffffffff, value);
}

static void
add_sockets(struct list *l, unsigned int sets)
{
	add_if(l, "socket", 0, AF_UNIX);
	if (!(sets & JAIL_NET))
		return;
	add_if(l, "socket", 0, AF_INET);
	add_if(l, "socket", 0, AF_INET6);
	/* by which a resolver sees whether there is IPv6 */
	add_if(l, "socket", 0, AF_NETLINK);
	add_all(l, net);
}

/* Memory that can be executed is for those who load code. (s390 hands mmap
 * its arguments in a struct, which a filter cannot look into.) */
static void
add_memory(struct list *l, unsigned int sets)
{
	static const char *const any[] = { "mmap", "mmap2", "mprotect", 0 };
	size_t i;

#ifndef __s390__
	if (!(sets & (JAIL_CODE | JAIL_EXEC))) {
		for (i = 0; any[i]; i++)
			add(l, any[i], 2, 0, PROT_EXEC, 0);
		return;
	}
#endif
	(void)i;
	add_all(l, any);
}

static void
add_processes(struct list *l, unsigned int sets)
{
	const unsigned int namespaces = CLONE_NEWNS | CLONE_NEWCGROUP |
	    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
	    CLONE_NEWNET;

	/* (not clone3, whose flags are in memory: libc falls back) */
	if (!(sets & JAIL_FORK))
		return;
#ifdef __s390__
	add(l, "clone", 1, 0, namespaces, 0);
#else
	add(l, "clone", 0, 0, namespaces, 0);
#endif
	add_all(l, fork_processes);
}

static void
add_control(struct list *l)
{
	static const unsigned int prctls[] = {
		PR_SET_NAME, PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS,
		PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP /* a jail in this one */,
		0x53564d41 /* name memory: malloc */
	};
	static const unsigned int ioctls[] = {
		TCGETS /* isatty: stdio */, TIOCGWINSZ /* musl's */,
		FIONREAD, FIONBIO, FIOCLEX
	};
	size_t i;

	for (i = 0; i < sizeof prctls / sizeof prctls[0]; i++)
		add_if(l, "prctl", 0, prctls[i]);
	for (i = 0; i < sizeof ioctls / sizeof ioctls[0]; i++)
		add_if(l, "ioctl", 1, ioctls[i]);
}

/* Any id but 0, of which the kernel looks at 32 bits. Which groups
 * setgroups(2) is asked for, a filter cannot see. */
static void
add_guise(struct list *l)
{
	static const char *const ids[] = {
		"setfsuid", "setfsgid", "setfsuid32", "setfsgid32"
	};
	static const char *const groups[] = { "setgroups", "setgroups32", 0 };
	size_t i;

	for (i = 0; i < sizeof ids / sizeof ids[0]; i++)
		add(l, ids[i], 0, 1, 0xffffffff, 0);
	add_all(l, groups);
}

static void
add_sets(struct list *l, unsigned int sets)
{
	add_all(l, always);
	add_control(l);
	add_memory(l, sets);
	add_sockets(l, sets);
	add_processes(l, sets);
	if (sets & JAIL_WRITE)
		add_all(l, write_files);
	if (sets & JAIL_EXEC)
		add_all(l, exec_programs);
	if (sets & JAIL_GUISE)
		add_guise(l);
}

/* Kernels before 5.16 slow all down that use seccomp, against a leak
 * between programs in one process; we are none. Older ones yet do not know
 * that they may be asked not to. */
static int
load(struct sock_filter *s, size_t n)
{
	struct sock_fprog p = { (unsigned short)n, s };
	long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_SPEC_ALLOW, &p);

	if (r < 0 && errno == EINVAL)
		r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p);
	return r < 0 ? -1 : 1;
}

static int
enter(struct list *l, unsigned int sets)
{
	size_t n = 0;

	add_sets(l, sets);
	if (l->n <= RULES)
		n = bpf_fmt(l->s, INSTRUCTIONS, l->r, l->n, ARCH, OTHERWISE);
	if (!n)
		return (errno = E2BIG, -1);
	return catch() < 0 ? -1 : load(l->s, n);
}

/* In pages that we give back: on the stack or the heap they would stay. */
int
jail_calls(unsigned int sets)
{
	struct list *l;
	int r, e;

	if (!ARCH ||
	    (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL))
		return 0;
	l = mmap(0, sizeof *l, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (l == MAP_FAILED)
		return -1;
	r = enter(l, sets);
	e = errno;
	munmap(l, sizeof *l);
	return r < 0 ? (errno = e, -1) : 1;
}

#else

int
jail_calls(unsigned int sets)
{
	return 0;
}

#endif
