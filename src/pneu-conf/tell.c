#include "pneu-conf/pneu-conf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <skalibs/strerr.h>

#define STAGES "service/stages"

/* What svc -h does, s6's, daemontools' and runit's: an 'h' for the
 * supervisor, which sends SIGHUP. Without a supervisor nobody reads. */
void
tell_stage(const char *name)
{
	char path[1024];
	int fd;

	if ((size_t)snprintf(path, sizeof path, STAGES "/%s/supervise/control",
	    name) >= sizeof path)
		return;
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENXIO && errno != ENOENT && errno != ENOTDIR)
			strerr_warnwusys("tell ", name,
			    " of the new settings");
		return;
	}
	if (write(fd, "h", 1) < 0)
		strerr_warnwusys("tell ", name, " of the new settings");
	close(fd);
}

void
tell(void)
{
	DIR *d = opendir(STAGES);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			tell_stage(e->d_name);
	closedir(d);
}
