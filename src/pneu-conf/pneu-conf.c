#include "pneu-conf/pneu-conf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "run/service.h"

#define USAGE "pneu-conf check | compile | aliases | fresh | " \
	"show [-a | -n | -d] [name ...] | " \
	"get name ... | set name=value ... | unset name ... | " \
	"import postfix|qmail|sendmail ..."
#define LOCK "etc/pneu.lock"

/* Two that write at a time would trample on each other's files. Held until
 * we end. */
static void
lock(void)
{
	int fd = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		strerr_diefusys(111, "open ", run_path(LOCK));
	if (fd_lock(fd, 1, 0) < 0)
		strerr_diefusys(111, "lock ", run_path(LOCK));
}

static int
do_check(void)
{
	struct all a = ALL_ZERO;
	int good = all_load(&a, 0, 0);

	a.report.text.len = 0;
	check_files(&a, run_home());
	allwrite(2, a.report.text.s, a.report.text.len);
	all_free(&a);
	return good ? 0 : 100;
}

static int
do_compile(void)
{
	struct all a = ALL_ZERO;

	lock();
	if (!all_load(&a, 0, 0))
		strerr_dief(100, "errors: what is in force stays as it is");
	compile(&a);
	tell();
	all_free(&a);
	return 0;
}

static int
do_show(int argc, const char *const *argv)
{
	subgetopt l = SUBGETOPT_ZERO;
	int opt, what = 'a';

	while ((opt = subgetopt_r(argc, argv, "and", &l)) >= 0) {
		if (opt == '?')
			strerr_dieusage(100, USAGE);
		what = opt;
	}
	return show(what, argv + l.ind);
}

/* A program of its own, beside this one. */
static void
do_import(const char *self, const char *const *argv)
{
	stralloc path = STRALLOC_ZERO;
	const char *slash = strrchr(self, '/');

	if ((slash && !stralloc_catb(&path, self, (size_t)(slash - self) + 1))
	    || !stralloc_cats(&path, "pneu-import") || !stralloc_0(&path))
		report_nomem();
	execvp(path.s, (char *const *)argv);
	strerr_diefusys(111, "exec ", path.s);
}

/* What the words take: their arguments, at least and at most. */
static const struct {
	const char *word;
	int min, max;
} words[] = {
	{ "check", 0, 0 }, { "compile", 0, 0 }, { "aliases", 0, 0 },
	{ "fresh", 0, 0 }, { "show", 0, CONF_N },
	{ "get", 1, CONF_N }, { "set", 1, CONF_N }, { "unset", 1, CONF_N },
	{ "import", 0, 20 }, { "-M", 0, 0 },
};

int
main(int argc, const char *const *argv)
{
	size_t i, n = sizeof words / sizeof words[0];
	const char *word;

	PROG = "pneu-conf";
	for (i = 0; argc > 1 && i < n; i++)
		if (!strcmp(words[i].word, argv[1]) &&
		    argc - 2 >= words[i].min && argc - 2 <= words[i].max)
			break;
	if (argc < 2 || i == n)
		strerr_dieusage(100, USAGE);
	word = words[i].word;
	umask(022);
	if (!strcmp(word, "import"))
		do_import(argv[0], argv + 1);
	if (!strcmp(word, "-M")) {
		man();
		return 0;
	}
	if (chdir(run_home()) < 0)
		strerr_diefusys(111, "chdir to ", run_home());
	if (!strcmp(word, "check"))
		return do_check();
	if (!strcmp(word, "compile"))
		return do_compile();
	if (!strcmp(word, "fresh"))
		return aliases_fresh();
	if (!strcmp(word, "aliases")) {
		lock();
		return aliases_compile();
	}
	if (!strcmp(word, "show"))
		return do_show(argc - 1, argv + 1);
	if (!strcmp(word, "get"))
		return get(argv + 2);
	lock();
	return set(argv + 2, word[0] == 'u');
}
