#include "run/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static char got[16384];
static int pipefd[2];

/* What was logged since the last call, without the newline; 0 if it was not
 * one line. */
static const char *
line(void)
{
	ssize_t n = read(pipefd[0], got, sizeof got - 1);
	char *nl;

	if (n <= 0)
		return 0;
	got[n] = 0;
	nl = strchr(got, '\n');
	if (!nl || nl[1])
		return 0;
	*nl = 0;
	nl = strstr(got, "]: ");
	return nl ? nl + 3 : 0;
}

static const struct {
	const char *in, *out;
} texts[] = {
	{ "plain text: <a@b>", "plain text: <a@b>" },
	{ "", "" },
	{ "new\nline\r", "new?line?" },
	{ "tab\tbell\a", "tab?bell?" },
	{ "\033[31mred\177", "?[31mred?" },
	{ "gr\303\274n \342\202\254 \360\237\223\256",
	    "gr\303\274n \342\202\254 \360\237\223\256" },
	{ "latin \374", "latin ?" },
	{ "C1 \302\233 CSI", "C1 ?? CSI" },
	{ "overlong \300\257", "overlong ??" },
	{ "overlong \340\200\257", "overlong ???" },
	{ "surrogate \355\240\200", "surrogate ???" },
	{ "beyond \364\220\200\200", "beyond ????" },
	{ "cut \342\202", "cut ??" },
};

/* Octets that were written since the last call, at most n. */
static size_t
written(size_t n)
{
	struct pollfd p = { pipefd[0], POLLIN, 0 };
	ssize_t r = 0;

	if (poll(&p, 1, 0) == 1)
		r = read(pipefd[0], got, n);
	return r > 0 ? (size_t)r : 0;
}

static void
holding(void)
{
	char big[3000];

	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = 0;
	log_hold();
	ok(log_turn(5000, 9000) == 9000, "nothing is held, nothing is due");
	log_info("one");
	ok(log_turn(5000, 9000) == 5000 + LOG_HELD_MS, "a line is due soon");
	ok(log_turn(5001, 5002) == 5002, "something else is due before");
	log_info("two");
	ok(!written(sizeof got), "nothing is written yet");
	ok(log_turn(5000 + LOG_HELD_MS, 9000) == 9000, "it is time");
	got[written(sizeof got - 1)] = 0;
	ok(strstr(got, "one\n") && strstr(got, "two\n"), "both together");
	log_info(big);
	log_info(big);
	ok(written(sizeof got) < 4096, "what is too much for one piece leaves");
	log_release();
	ok(written(sizeof got) > 2999, "the rest too, in the end");
}

/* Lines for which there is no room are lost; that is said later. */
static void
stuck(void)
{
	struct pollfd p = { pipefd[0], POLLIN, 0 };
	char page[4096];

	log_init("pneu-send");
	while (written(sizeof got))
		;
	memset(page, 'x', sizeof page);
	fcntl(pipefd[1], F_SETFL, O_NONBLOCK);
	while (write(pipefd[1], page, sizeof page) > 0)
		;
	alarm(20);
	log_info("lost");
	log_info("lost as well");
	ok(1, "a logger that takes nothing is not waited for");
	while (poll(&p, 1, 0) == 1)
		if (read(pipefd[0], got, sizeof got) <= 0)
			break;
	log_info("taken");
	alarm(0);
	got[written(sizeof got - 1)] = 0;
	ok(strstr(got, ": 2 lines are lost\n") && strstr(got, "]: taken\n"),
	    "what was lost is counted");
	log_info("the next");
	ok(line() && strstr(got, "]: the next"), "once");
}

int
main(void)
{
	char big[9000], fmt[64];
	const char *s;
	size_t i;
	int err = dup(2);

	if (pipe(pipefd) < 0)
		return 111;
	dup2(pipefd[1], 2);
	log_init("pneu-send");
	log_info("a", "b", "", "c");
	s = line();
	snprintf(fmt, sizeof fmt, "pneu/send[%d]: abc", (int)getpid());
	ok(s && !strcmp(got, fmt), "name, pid, parts joined");
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		log_info(texts[i].in);
		s = line();
		ok(s && !strcmp(s, texts[i].out), "escaping %zu", i);
	}
	log_warn("x");
	ok((s = line()) && !strcmp(s, "warning: x"), "warning");
	errno = ENOSPC;
	log_warnsys("unable to x");
	ok(errno == ENOSPC, "errno stays");
	ok((s = line()) && !strcmp(s,
	    "warning: unable to x: No space left on device"), "warnsys");
	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = 0;
	log_info(big);
	s = line();
	ok(s && strlen(got) == 4095 && !strcmp(got + 4092, "..."),
	    "a long line is cut, and says so");
	log_info(big, "more");
	ok((s = line()) && strlen(got) == 4095, "so is one of two parts");
	log_init("something-else");
	log_info("x");
	ok(line() && !strncmp(got, "something-else[", 15), "another name");
	setenv("PNEU_LOG_NAME", "postfix", 1);
	log_init("pneu-smtpd");
	log_info("x");
	ok(line() && !strncmp(got, "postfix/smtpd[", 14), "as another's");
	stuck();
	holding();
	dup2(err, 2);
	return tap_end();
}
