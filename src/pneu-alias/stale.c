#include <skalibs/nonposix.h>

#include "alias.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/sig.h>

#include "run/log.h"
#include "run/service.h"

#define CONF "bin/pneu-conf"
#define LINE_OCTETS 4200

/* The next line of a row of the compiled settings, NUL-ended in buf. Returns
 * 1, or 0 at the end. */
static int
line(char buf[LINE_OCTETS], const char **v, size_t *n)
{
	const char *nl;
	size_t m;

	while (*n) {
		nl = memchr(*v, '\n', *n);
		m = nl ? (size_t)(nl - *v) : *n;
		if (m < LINE_OCTETS)
			memcpy(buf, *v, m);
		buf[m < LINE_OCTETS ? m : 0] = 0;
		*v += m + (nl != 0);
		*n -= m + (nl != 0);
		if (*buf)
			return 1;
	}
	return 0;
}

/* Is the source, "SECONDS NANOSECONDS SIZE PATH" when it was compiled, still
 * the same? If not, *now is when it changed. */
static int
isfresh(const char *s, const char **path, struct timespec *now)
{
	long long sec, size;
	struct stat st;
	long nsec;
	int at = 0;

	*path = s;
	if (sscanf(s, "%lld %ld %lld %n", &sec, &nsec, &size, &at) < 3 || !at)
		return 1;
	*path = s + at;
	/* one that is gone, or out of reach, says nothing */
	if (stat(*path, &st) < 0)
		return 1;
	*now = st.st_mtim;
	return st.st_mtim.tv_sec == sec && st.st_mtim.tv_nsec == nsec &&
	    st.st_size == size;
}

static int
same(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* How many sources have changed; one that had not when this was asked before
 * is named if say. */
static int
changed(struct alias *a, int say)
{
	char buf[LINE_OCTETS];
	const char *v, *path;
	struct timespec t;
	size_t n, i;
	int news = 0;

	if (conf_lookup(&a->conf, "source", "", 0, &v, &n) <= 0)
		return 0;
	for (i = 0; i < SOURCES && line(buf, &v, &n); i++) {
		if (isfresh(buf, &path, &t) || same(&t, &a->stale[i]))
			continue;
		a->stale[i] = t;
		news++;
		if (say)
			log_warn("database etc/pneu.cdb is older than source "
			    "file ", path, ": run newaliases");
	}
	return news;
}

int
stale_look(struct alias *a)
{
	int rebuild = (int)conf_num(&a->conf, auto_rebuild_aliases);

	if (a->now < a->looked + STALE_S)
		return 0;
	a->looked = a->now;
	if (!changed(a, !rebuild) || !rebuild)
		return 0;
	log_info("the aliases have changed: starting anew to compile them");
	return 1;
}

static void
run(void)
{
	const char *argv[] = { CONF, "aliases", 0 };
	int status;
	pid_t pid = fork();

	if (!pid) {
		sig_blocknone();
		dup2(2, 1);
		execv(CONF, (char *const *)argv);
		_exit(111);
	}
	if (pid < 0) {
		log_warnsys("unable to fork");
		return;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		log_warn("unable to compile the aliases: those in force stay");
}

void
stale_compile(struct alias *a)
{
	if (!conf_num(&a->conf, auto_rebuild_aliases) || !changed(a, 0))
		return;
	run();
	run_reload(&a->conf);
	/* what is wrong with them still is no reason to start again */
	memset(a->stale, 0, sizeof a->stale);
	changed(a, 1);
}

void
stale_grant(struct alias *a)
{
	char buf[LINE_OCTETS];
	const char *v;
	size_t n;

	if (conf_lookup(&a->conf, "include", "", 0, &v, &n) <= 0)
		return;
	if (!stralloc_copyb(&a->granted, v, n))
		return;
	while (line(buf, &v, &n))
		run_grant(buf);
}

int
stale_lacks(const struct alias *a)
{
	const char *v;
	size_t n;

	if (conf_lookup(&a->conf, "include", "", 0, &v, &n) <= 0)
		return 0;
	return n != a->granted.len || memcmp(v, a->granted.s, n);
}
