#include "submit/caller.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#define PASSWD "/etc/passwd"
#define PIECE_OCTETS 16384	/* of the file at a time; a longer line is
				 * passed over */

void
caller_gecos(struct caller *c, const char *gecos, size_t n)
{
	size_t i, len = 0, m = strlen(c->login);

	for (i = 0; i < n && gecos[i] != ','; i++) {
		if (gecos[i] == '&' && len + m < CALLER_OCTETS) {
			memcpy(c->name + len, c->login, m);
			if (m && c->name[len] >= 'a' && c->name[len] <= 'z')
				c->name[len] -= 32;
			len += m;
		} else if (len < CALLER_OCTETS)
			c->name[len++] = gecos[i];
	}
	c->name[len] = 0;
}

static void
set_login(struct caller *c, const char *s, size_t n)
{
	if (n > CALLER_OCTETS)
		n = CALLER_OCTETS;
	memcpy(c->login, s, n);
	c->login[n] = 0;
}

int
caller_scan(struct caller *c, const char *s, size_t n, uid_t uid)
{
	const char *field[6], *end = s + n;
	size_t i, len;
	uid_t u;

	field[0] = s;
	for (i = 1; i < 6; i++) {
		s = memchr(s, ':', (size_t)(end - s));
		if (!s)
			return 0;
		field[i] = ++s;
	}
	len = uid_scan(field[2], &u);
	if (!len || field[2] + len != field[3] - 1 || u != uid ||
	    field[1] - field[0] < 2)
		return 0;
	set_login(c, field[0], (size_t)(field[1] - field[0]) - 1);
	caller_gecos(c, field[4], (size_t)(field[5] - field[4]) - 1);
	return 1;
}

/* Look through what is whole of s[0..*n), and keep the rest in front. */
static int
scan_lines(struct caller *c, char *s, size_t *n, uid_t uid)
{
	size_t i = 0;
	char *nl;

	while ((nl = memchr(s + i, '\n', *n - i))) {
		if (caller_scan(c, s + i, (size_t)(nl - s) - i, uid))
			return 1;
		i = (size_t)(nl - s) + 1;
	}
	*n -= i;
	memmove(s, s + i, *n);
	return 0;
}

static int
scan_file(struct caller *c, uid_t uid)
{
	char buf[PIECE_OCTETS];
	size_t n = 0;
	ssize_t r;
	int fd = open(PASSWD, O_RDONLY | O_CLOEXEC), found = 0;

	if (fd < 0)
		return 0;
	while (!found && (r = read(fd, buf + n, sizeof buf - n)) > 0) {
		n += (size_t)r;
		found = scan_lines(c, buf, &n, uid);
		if (n == sizeof buf)
			n = 0;
	}
	close(fd);
	return found;
}

/* Ask getent(1): our program is linked without the shared libraries that the
 * system's user database may need, and those of an LDAP client, say, do not
 * belong into a program that handles mail. Without getent there is no such
 * user. */
static int
ask_getent(struct caller *c, uid_t uid)
{
	static const char prog[] = "/usr/bin/getent";
	char fmt[UID_FMT], buf[PIECE_OCTETS];
	const char *argv[] = { prog, "passwd", fmt, 0 };
	const char *envp[] = { "PATH=/usr/bin:/bin", 0 };
	int fd, status;
	ssize_t n;
	pid_t pid;

	fmt[uid_fmt(fmt, uid)] = 0;
	pid = child_spawn1_pipe(prog, argv, envp, &fd, 1);
	if (!pid)
		return 0;
	ndelay_off(fd);
	n = read(fd, buf, sizeof buf);
	close(fd);
	waitpid(pid, &status, 0);
	return n > 0 && caller_scan(c, buf, (size_t)n, uid);
}

int
caller_lookup(struct caller *c, uid_t uid)
{
	c->name[0] = 0;
	if (scan_file(c, uid) || ask_getent(c, uid))
		return 1;
	c->login[uid_fmt(c->login, uid)] = 0;
	return 0;
}
