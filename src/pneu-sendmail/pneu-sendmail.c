/* pneu-sendmail: the face of sendmail(1), mailq(1) and newaliases(1). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pneu-sendmail/deliver.h"
#include "pneu-sendmail/flags.h"
#include "pneu-sendmail/say.h"
#include "pneu-sendmail/serve.h"
#include "pneu-sendmail/tools.h"
#include "pneu-sendmail/verify.h"
#include "run/service.h"

/* -C names settings: ours, or those where others have theirs. A caller who
 * wants yet others must not be given these. */
static void
check_config(const char *arg)
{
	static const char *const usual[] = { "/etc/mail/sendmail.cf",
		"/etc/mail/submit.cf", "/etc/sendmail.cf", "/etc/postfix",
		"/etc/postfix/main.cf" };
	size_t i;

	for (i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (!strcmp(arg, usual[i]))
			return;
	if (strcmp(arg, run_path("etc")) && strcmp(arg, run_path("etc/")) &&
	    strcmp(arg, run_path("etc/pneu.conf")))
		die(EX_USAGE, "-C: PNEU_HOME in the environment names another "
		    "instance; these are not its settings: ", arg);
}

int
main(int argc, char **argv)
{
	const char *home = getenv("PNEU_HOME");
	struct flags f;
	int first;

	first = argc ? flags_scan(&f, argc, argv) : (_exit(EX_USAGE), 0);
	say_init(argv[0], f.quiet);
	if (first < 0)
		die(EX_USAGE, f.error, "");
	if (home && *home && *home != '/')
		die(EX_CONFIG, "PNEU_HOME is not an absolute path: ", home);
	if (f.warning)
		say_warning(f.warning, "");
	if (f.config)
		check_config(f.config);
	switch (f.mode) {
	case MODE_MAILQ:
	case MODE_COUNT:
	case MODE_FLUSH:
		tools_queue(&f);
	case MODE_NEWALIASES:
	case MODE_CHECK:
		tools_conf(&f);
	case MODE_DAEMON:
		tools_daemon();
	case MODE_SMTP:
		serve();
	case MODE_VERIFY:
		verify(argv + first);
	case MODE_TEST:
		verify_test();
	case MODE_NOTHING:
		break;
	case MODE_DELIVER:
		deliver(&f, argv + first);
	}
	_exit(0);
}
