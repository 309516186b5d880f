#include <skalibs/nonposix.h>

#include "run/jail-internal.h"

#include <errno.h>

#if defined(__linux__) && !defined(PNEU_NO_JAIL)

#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "run/log.h"

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
	"clock_gettime", "clock_gettime64", "clock_getres",
	"clock_getres_time64", "clock_nanosleep", "clock_nanosleep_time64",
	"nanosleep", "gettimeofday", "time", "getrandom", "futex",
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

/* Calls of interest to whoever reads the log; others are numbers there. */
static const struct {
	int nr;
	const char *name;
} famous[] = {
	{ __NR_execve, "execve" }, { __NR_socket, "socket" },
	{ __NR_ptrace, "ptrace" }, { __NR_setuid, "setuid" },
	{ __NR_mmap, "mmap with PROT_EXEC" },
	{ __NR_mprotect, "mprotect with PROT_EXEC" },
	{ __NR_kill, "kill" }, { __NR_clone, "clone" },
	{ __NR_ioctl, "ioctl" }, { __NR_prctl, "prctl" },
	{ __NR_unlinkat, "unlinkat" }, { __NR_fsync, "fsync" },
};

static void
tell(int nr)
{
	char fmt[INT_FMT];
	size_t i;

	fmt[uint_fmt(fmt, (unsigned int)nr)] = 0;
	for (i = 0; i < sizeof famous / sizeof famous[0]; i++)
		if (famous[i].nr == nr) {
			log_warn("the jail refuses system call ", fmt, " (",
			    famous[i].name, ")");
			return;
		}
	log_warn("the jail refuses system call ", fmt);
}

/* A call that is not in the list. Killing us would be the sterner answer,
 * but then the next libc, which does an old thing by a new call, stops the
 * mail; so it is told once, and answered as a kernel would that does not
 * know it, for which every libc has another way. Where we cannot put an
 * answer in place we end: the supervisor starts us again. */
static void
refused(int sig, siginfo_t *info, void *context)
{
	static unsigned char told[1024 / 8];
	ucontext_t *u = context;
	unsigned int nr = (unsigned int)info->si_syscall;

	if (nr / 8 >= sizeof told || !(told[nr / 8] & 1u << nr % 8)) {
		if (nr / 8 < sizeof told)
			told[nr / 8] |= (unsigned char)(1u << nr % 8);
		tell(info->si_syscall);
	}
#if defined(__x86_64__)
	u->uc_mcontext.gregs[REG_RAX] = -ENOSYS;
#elif defined(__i386__)
	u->uc_mcontext.gregs[REG_EAX] = -ENOSYS;
#elif defined(__aarch64__)
	u->uc_mcontext.regs[0] = (unsigned long long)-ENOSYS;
#elif defined(__arm__)
	u->uc_mcontext.arm_r0 = (unsigned long)-ENOSYS;
#elif defined(__riscv)
	u->uc_mcontext.__gregs[REG_A0] = (unsigned long)-ENOSYS;
#elif defined(__s390__)
	u->uc_mcontext.gregs[2] = (unsigned long)-ENOSYS;
#else
	(void)u;
	_exit(111);
#endif
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

static int
add_all(scmp_filter_ctx c, const char *const *names)
{
	int nr, r;

	for (; *names; names++) {
		nr = seccomp_syscall_resolve_name(*names);
		if (nr == __NR_SCMP_ERROR)
			continue;
		r = seccomp_rule_add(c, SCMP_ACT_ALLOW, nr, 0);
		if (r < 0 && r != -EEXIST)
			return r;
	}
	return 0;
}

static int
add_if(scmp_filter_ctx c, int nr, struct scmp_arg_cmp cmp)
{
	int r = seccomp_rule_add(c, SCMP_ACT_ALLOW, nr, 1, cmp);

	return r == -EEXIST ? 0 : r;
}

#define TRY(x) do { int r_ = (x); if (r_ < 0) return r_; } while (0)

static int
add_sockets(scmp_filter_ctx c, unsigned int sets)
{
	TRY(add_if(c, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_UNIX)));
	if (!(sets & JAIL_NET))
		return 0;
	TRY(add_if(c, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_INET)));
	TRY(add_if(c, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_INET6)));
	/* by which a resolver sees whether there is IPv6 */
	TRY(add_if(c, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_NETLINK)));
	return add_all(c, net);
}

/* Memory that can be executed is for those who load code. (s390 hands mmap
 * its arguments in a struct, which a filter cannot look into.) */
static int
add_memory(scmp_filter_ctx c, unsigned int sets)
{
	static const char *const any[] = { "mmap", "mmap2", "mprotect", 0 };

#ifndef __s390__
	if (!(sets & (JAIL_CODE | JAIL_EXEC))) {
		struct scmp_arg_cmp noexec =
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

		TRY(add_if(c, SCMP_SYS(mmap), noexec));
		TRY(add_if(c, SCMP_SYS(mmap2), noexec));
		return add_if(c, SCMP_SYS(mprotect), noexec);
	}
#endif
	return add_all(c, any);
}

static int
add_processes(scmp_filter_ctx c, unsigned int sets)
{
	const unsigned int namespaces = CLONE_NEWNS | CLONE_NEWCGROUP |
	    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
	    CLONE_NEWNET;

	/* its flags are in memory: libc falls back on clone */
	TRY(seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
	if (!(sets & JAIL_FORK))
		return 0;
#ifdef __s390__
	TRY(add_if(c, SCMP_SYS(clone),
	    SCMP_A1(SCMP_CMP_MASKED_EQ, namespaces, 0)));
#else
	TRY(add_if(c, SCMP_SYS(clone),
	    SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces, 0)));
#endif
	return add_all(c, fork_processes);
}

static int
add_control(scmp_filter_ctx c)
{
	static const unsigned int prctls[] = {
		PR_SET_NAME, PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS,
		PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP /* a jail in this one */,
		0x53564d41 /* name memory: malloc */
	};
	static const unsigned int ioctls[] = {
		TCGETS /* isatty: stdio */, FIONREAD, FIONBIO, FIOCLEX
	};
	size_t i;

	for (i = 0; i < sizeof prctls / sizeof prctls[0]; i++)
		TRY(add_if(c, SCMP_SYS(prctl),
		    SCMP_A0(SCMP_CMP_EQ, prctls[i])));
	for (i = 0; i < sizeof ioctls / sizeof ioctls[0]; i++)
		TRY(add_if(c, SCMP_SYS(ioctl),
		    SCMP_A1(SCMP_CMP_EQ, ioctls[i])));
	return 0;
}

/* Any id but 0, of which the kernel looks at 32 bits: one bit at least. Which
 * groups setgroups(2) is asked for, a filter cannot see. */
static int
add_guise(scmp_filter_ctx c)
{
	static const char *const ids[] = {
		"setfsuid", "setfsgid", "setfsuid32", "setfsgid32"
	};
	static const char *const groups[] = { "setgroups", "setgroups32", 0 };
	unsigned int bit;
	size_t i;
	int nr;

	for (i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		nr = seccomp_syscall_resolve_name(ids[i]);
		for (bit = 0; nr != __NR_SCMP_ERROR && bit < 32; bit++)
			TRY(add_if(c, nr, SCMP_A0(SCMP_CMP_MASKED_EQ,
			    1u << bit, 1u << bit)));
	}
	return add_all(c, groups);
}

static int
add_sets(scmp_filter_ctx c, unsigned int sets)
{
	TRY(add_all(c, always));
	TRY(add_control(c));
	TRY(add_memory(c, sets));
	TRY(add_sockets(c, sets));
	TRY(add_processes(c, sets));
	if (sets & JAIL_WRITE)
		TRY(add_all(c, write_files));
	if (sets & JAIL_EXEC)
		TRY(add_all(c, exec_programs));
	if (sets & JAIL_GUISE)
		TRY(add_guise(c));
	return 0;
}

/* Kernels before 5.16 slow all down that use seccomp, against a leak
 * between programs in one process; we are none. 2: a tree, not a list. */
static int
load(scmp_filter_ctx c)
{
	seccomp_attr_set(c, SCMP_FLTATR_CTL_SSB, 1);
	seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return seccomp_load(c);
}

int
jail_calls(unsigned int sets)
{
	scmp_filter_ctx c;
	int r;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL)
		return 0;
	if (catch() < 0)
		return -1;
	c = seccomp_init(SCMP_ACT_TRAP);
	if (!c)
		return (errno = ENOMEM, -1);
	r = add_sets(c, sets);
	if (r == 0)
		r = load(c);
	seccomp_release(c);
	return r < 0 ? (errno = -r, -1) : 1;
}

#else

int
jail_calls(unsigned int sets)
{
	return 0;
}

#endif
