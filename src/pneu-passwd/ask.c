#include "pneu-passwd/passwd.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#include "sasl/hash.h"

/* A line from descriptor 0, octet by octet: what follows is not ours. */
static void
line(stralloc *sa)
{
	ssize_t r;
	char c;

	sa->len = 0;
	for (;;) {
		r = read(0, &c, 1);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			strerr_diefusys(111, "read the password");
		if (r == 0 || c == '\n')
			break;
		if (!c)
			strerr_dief(100, "a password may not hold the "
			    "octet 0");
		if (sa->len >= PASSWORD_OCTETS)
			strerr_dief(100, "the password is longer than 255 "
			    "octets");
		if (!stralloc_append(sa, c))
			strerr_diefusys(111, "read the password");
	}
	if (!sa->len)
		strerr_dief(100, "the password is empty");
	if (!stralloc_0(sa))
		strerr_diefusys(111, "read the password");
}

static void
prompt(const char *s)
{
	if (write(2, s, strlen(s)) < 0)
		strerr_diefusys(111, "write to the terminal");
}

/* Without echo. Signals that would leave it so wait meanwhile. */
static void
quietly(stralloc *sa, const char *s)
{
	struct termios t, quiet;
	sigset_t all, old;
	size_t i;
	static const int stop[] = { SIGINT, SIGTSTP, SIGQUIT, SIGTERM, SIGHUP };

	if (tcgetattr(0, &t) < 0)
		strerr_diefusys(111, "ask the terminal");
	quiet = t;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	sigemptyset(&all);
	for (i = 0; i < sizeof stop / sizeof stop[0]; i++)
		sigaddset(&all, stop[i]);
	sigprocmask(SIG_BLOCK, &all, &old);
	prompt(s);
	tcsetattr(0, TCSAFLUSH, &quiet);
	line(sa);
	tcsetattr(0, TCSAFLUSH, &t);
	sigprocmask(SIG_SETMASK, &old, 0);
}

void
ask_password(stralloc *sa)
{
	stralloc again = STRALLOC_ZERO;

	if (!isatty(0)) {
		line(sa);
		return;
	}
	quietly(sa, "password: ");
	quietly(&again, "once more: ");
	if (sa->len != again.len || memcmp(sa->s, again.s, sa->len))
		strerr_dief(100, "these are not the same");
	hash_wipe(again.s, again.len);
	stralloc_free(&again);
}
