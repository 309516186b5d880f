#include <skalibs/nonposix.h>

#include "pneu-sts/sts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <skalibs/allreadwrite.h>
#include <skalibs/strerr.h>

#include "conf/slurp.h"
#include "run/log.h"

/* A file for each policy, sts/DOMAIN, lines of wire/sts.h. It is durable
 * before it has its name; that its name is not is no harm: the older one
 * comes back, and its id is no more the record's. */

#define NEW STS_DIR "/.new"
#define FILE_OCTETS 65536

static void
path(char *to, size_t n, const char *name)
{
	snprintf(to, n, STS_DIR "/%s", name);
}

void
store_drop(const char *name)
{
	char file[sizeof STS_DIR + 1 + NEXTHOP_HOST_OCTETS];

	path(file, sizeof file, name);
	if (unlink(file) < 0 && errno != ENOENT)
		log_warnsys("unable to remove ", file);
}

int
store_put(struct sts *m, const struct domain *d)
{
	char file[sizeof STS_DIR + 1 + NEXTHOP_HOST_OCTETS];
	int fd = open(NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int good;

	path(file, sizeof file, d->name);
	m->tmp.len = 0;
	good = fd >= 0 && sts_policy_put(&m->tmp, &d->policy) &&
	    allwrite(fd, m->tmp.s, m->tmp.len) == m->tmp.len &&
	    fsync(fd) == 0;
	if (fd >= 0 && close(fd) < 0)
		good = 0;
	if (good && rename(NEW, file) == 0)
		return 1;
	log_warnsys("unable to write ", file);
	unlink(NEW);
	return 0;
}

/* What makes no sense, or has run out, is removed. */
static void
load(struct sts *m, const char *name)
{
	char file[sizeof STS_DIR + 1 + NEXTHOP_HOST_OCTETS];
	struct sts_policy p = STS_POLICY_ZERO;
	struct domain *d;

	path(file, sizeof file, name);
	m->tmp.len = 0;
	if (conf_slurp(&m->tmp, file, FILE_OCTETS) < 0 ||
	    sts_policy_get(&p, m->tmp.s, m->tmp.len) < 0 || !p.id[0]) {
		log_warnsys(file, " is no policy");
		store_drop(name);
	} else if (!sts_isgood(p.fetched, p.max_age, m->wall))
		store_drop(name);
	else if (m->ndomains < STS_DOMAINS && (d = domain_make(m, name))) {
		d->policy = p;
		return;
	}
	stralloc_free(&p.mx);
}

void
store_load(struct sts *m)
{
	DIR *dir = opendir(STS_DIR);
	struct dirent *e;

	if (!dir)
		strerr_diefusys(111, "open " STS_DIR);
	while (errno = 0, (e = readdir(dir)))
		if (nexthop_ishost(e->d_name, strlen(e->d_name)))
			load(m, e->d_name);
	if (errno)
		strerr_diefusys(111, "read " STS_DIR);
	closedir(dir);
}
