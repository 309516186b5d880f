#include <skalibs/nonposix.h>

#include "run/service.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#include <skalibs/strerr.h>

#include "run/jail-internal.h"
#include "run/log.h"
#include "run/run-internal.h"

#define SUPPLEMENTARY 2		/* groups of one service */
#define NOBODY 65534		/* uid and gid without rights */
#define PATHS 10		/* files and directories of one service */

#ifdef __linux__
#define CAP(c) (1u << (c))
#else
#define CAP(c) 0u
#endif

/* What each service is, and all that it may do. A socket in run/DIR is for
 * the group that run_bind gave it: whoever knocks there has that group.
 * Descriptors that are open already stay usable, whatever the jail. */
static const struct service {
	const char *prog, *user, *group;
	const char *also[SUPPLEMENTARY];
	unsigned int calls;
	struct jail_path paths[PATHS];
} services[] = {
	{ "pneu-listen", "pneud", "pneud", { "pneuq", "pneua" },
	    JAIL_FORK | JAIL_EXEC, {	/* pneu-smtpd */
		{ 'r', "etc" }, { 'x', "bin" }, { 'x', "bin/pneu-smtpd" },
		{ 'x', "/lib" }, { 'x', "/lib64" }, { 'x', "/usr/lib" },
		{ 'r', "/etc/ld.so.cache" },
		{ 'r', "/proc/pressure" }, { 'r', "/proc/meminfo" },
	} },
	{ "pneu-smtpd", "pneud", "pneud", { "pneuq", "pneua" }, JAIL_SECRET, {
		{ 'r', "etc" },
	} },
	{ "pneu-queue", "pneuq", "pneus", { 0, 0 }, JAIL_WRITE | JAIL_FORK, {
		{ 'r', "etc" }, { 'w', "queue" },
		{ 'r', "/proc/sys/kernel/overflowuid" },
	} },
	{ "pneu-send", "pneus", "pneus", { "pneua", 0 }, JAIL_WRITE, {
		{ 'r', "etc" }, { 'r', "queue" }, { 'w', "state" },
	} },
	{ "pneu-alias", "pneua", "pneua", { 0, 0 }, JAIL_CODE, {
		/* what NSS may ask: files, and the daemons' sockets */
		{ 'r', "etc" }, { 'r', "/etc" }, { 'x', "/lib" },
		{ 'x', "/lib64" }, { 'x', "/usr/lib" },
		{ 'r', "/run/systemd" }, { 'r', "/var/lib/sss" },
		{ 'r', "/var/lib/extrausers" },
	} },
	{ "pneu-auth", "pneuc", "pneuc", { 0, 0 }, JAIL_SECRET, {
		{ 'r', "etc" },
	} },
	/* the half of it that starts the admin's programs */
	{ "pneu-auth-runner", "pneuc", "pneuc", { 0, 0 }, JAIL_OPEN,
	    { { 0, 0 } } },
	{ "pneu-lspawn-front", "pneus", "pneus", { 0, 0 }, 0, {
		{ 'r', "etc" },
	} },
	/* users' Maildirs may be anywhere; what may be done there is what
	 * the user may do, without making other than files and directories */
	{ "pneu-lspawn-runner", "nobody", "nogroup", { 0, 0 },
	    JAIL_WRITE | JAIL_GUISE, { { 'w', "/" } } },
	{ "pneu-remote", "pneur", "pneur", { 0, 0 },
	    JAIL_NET | JAIL_SECRET, {
		{ 'r', "etc" }, { 'r', "/etc/resolv.conf" },
		{ 'r', "/etc/hosts" }, { 'r', "/etc/nsswitch.conf" },
		{ 'r', "/etc/host.conf" }, { 'r', "/etc/gai.conf" },
		{ 'r', "/etc/services" }, { 'r', "/dev/urandom" },
		{ 'r', "/run/systemd/resolve" },
	} },
	{ "pneu-bounce", "pneub", "pneub", { "pneuq", 0 }, 0, {
		{ 'r', "etc" },
	} },
	{ "pneu-forward", "pneuf", "pneuf", { "pneuq", "pneua" }, 0, {
		{ 'r', "etc" },
	} },
	{ "pneu-tls", "pneut", "pneut", { 0, 0 }, JAIL_SECRET, {
		{ 'r', "etc" }, { 'r', "/dev/urandom" },
	} },
	{ "pneu-sts", "pneum", "pneum", { 0, 0 }, JAIL_NET | JAIL_WRITE, {
		{ 'r', "etc" }, { 'w', "sts" }, { 'r', "/etc/resolv.conf" },
		{ 'r', "/dev/urandom" }, { 'r', "/run/systemd/resolve" },
	} },
	/* signs, and has no file: its other half opens those for it */
	{ "pneu-key", "pneuk", "pneuk", { 0, 0 }, 0, {
		{ 'r', "/dev/urandom" },
	} },
	{ "pneu-key-files", "root", "root", { 0, 0 }, 0, {
		{ 'r', "/" },
	} },
	/* the half of it that forks: see drop_root */
	{ "pneu-lspawn", "root", "root", { 0, 0 }, 0, { { 0, 0 } } },
};

/* Those who stay root, and the rights of root's that they keep. */
static const struct root {
	const char *prog;
	unsigned int caps;
	int open;		/* no jail */
} roots[] = {
	{ "pneu-key-files", CAP(CAP_DAC_READ_SEARCH), 0 },
	{ "pneu-lspawn", CAP(CAP_SETUID) | CAP(CAP_SETGID), 1 },
};

static char *grants[RUN_GRANTS];
static size_t ngrants;

void
run_grant(const char *path)
{
	if (ngrants < RUN_GRANTS && (grants[ngrants] = strdup(path)))
		ngrants++;
}

static const struct service *
find(const char *prog)
{
	size_t i;

	for (i = 0; i < sizeof services / sizeof services[0]; i++)
		if (!strcmp(services[i].prog, prog))
			return services + i;
	strerr_dief(100, prog, " is not in the table of services");
}

static void
drop(const struct conf *c, const struct service *s)
{
	gid_t also[SUPPLEMENTARY], gid;
	uid_t uid;
	size_t n;

	run_user(c, s->user, &uid, &gid);
	gid = run_group(c, s->group);
	for (n = 0; n < SUPPLEMENTARY && s->also[n]; n++)
		also[n] = run_group(c, s->also[n]);
	if (!uid || !gid)
		strerr_dief(100, s->prog, " may not run as root");
	if (setgroups(n, also) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
		strerr_diefusys(111, "become ", s->user);
	if (!setuid(0))
		strerr_dief(100, "root again after setuid");
}

/* What starts workers as users stays root, since only who is root may look
 * like anyone; but of root's rights it keeps the two by which it does. It
 * has no right to read what is not root's, to change owners or modes, to
 * signal others' processes, to trace, to bind low ports, to mount. No jail
 * and no no_new_privs: they would hold for the users' commands, too, and so
 * would a smaller bounding set.
 * What opens private keys keeps the right to, and no other. */
static void
drop_root(unsigned int caps)
{
#ifdef __linux__
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	memset(d, 0, sizeof d);
	d[0].effective = d[0].permitted = caps;
	if (setgroups(0, 0) < 0 || setgid(0) < 0 || setuid(0) < 0)
		strerr_diefusys(111, "be root alone");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
	    errno != EINVAL)
		strerr_diefusys(111, "clear ambient capabilities");
	if (syscall(SYS_capset, &h, d) < 0)
		strerr_diefusys(111, "drop capabilities");
#endif
}

/* Nobody, who never is root again, with the rights to look like others to
 * the file system: the jail leaves of them only that. */
static void
drop_guise(void)
{
#ifdef __linux__
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	memset(d, 0, sizeof d);
	d[0].effective = d[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
	    setgroups(0, 0) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		strerr_diefusys(111, "become nobody");
	if (syscall(SYS_capset, &h, d) < 0)
		strerr_diefusys(111, "keep capabilities");
#endif
}

static void
jail(const struct service *s)
{
	struct jail_path paths[PATHS + RUN_GRANTS];
	size_t n = 0, i;
	int files, calls;

	for (; n < PATHS && s->paths[n].path; n++)
		paths[n] = s->paths[n];
	for (i = 0; i < ngrants; i++, n++) {
		paths[n].right = 'r';
		paths[n].path = grants[i];
	}
#ifdef __linux__
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		log_warnsys("unable to set no_new_privs");
#endif
	files = jail_files(paths, n, s->calls);
	if (files < 0)
		strerr_diefusys(111, "enter the jail (Landlock)");
	calls = jail_calls(s->calls);
	if (calls < 0)
		strerr_diefusys(111, "enter the jail (seccomp)");
	if (!files || !calls)
		log_info("the jail is ", files ? "not whole" : calls ?
		    "not whole" : "open", ": this ",
#ifdef PNEU_NO_JAIL
		    "build",
#else
		    "system",
#endif
		    " has no ", files ? "" : "Landlock",
		    files || calls ? "" : " and no ", calls ? "" : "seccomp");
}

/* What is in here stays in here. Behind setuid(2), which makes a process what
 * the system says of those (fs.suid_dumpable). Without root all is the
 * caller's, who may look at what is his; where there is no jail, tools look
 * in. */
static void
shut(int wasroot)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		log_warnsys("unable to forbid core files");
#if defined(__linux__) && !defined(PNEU_NO_JAIL)
	if (wasroot && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		log_warnsys("unable to forbid being traced");
#endif
}

void
run_become(const struct conf *c, const char *prog)
{
	const struct service *s = find(prog);
	int wasroot = geteuid() == 0;
	size_t i;

	tzset();	/* before the files of the zone are out of reach */
	if (!c->t)
		log_info("no etc/pneu.cdb: all settings have their defaults");
	for (i = 0; i < sizeof roots / sizeof roots[0]; i++) {
		if (strcmp(roots[i].prog, prog))
			continue;
		if (run_isroot())
			drop_root(roots[i].caps);
		if (!roots[i].open)
			jail(s);
		return;
	}
	run_know(c);
	if (s->calls & JAIL_GUISE)
		drop_guise();
	else if (wasroot)
		drop(c, s);
	if (s->calls & JAIL_SECRET)
		shut(wasroot);
	if (!(s->calls & JAIL_OPEN))
		jail(s);
}
