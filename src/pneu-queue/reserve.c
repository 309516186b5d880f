#include "pneu-queue/reserve.h"

#include <sys/statvfs.h>

#include "conf/conf.h"
#include "run/now.h"

const char *
reserve_lack(struct reserve *r, int fd, uint64_t minfree)
{
	struct statvfs st;
	uint64_t now = now_ms() / 1000 + 1;

	if (r->asked == now)
		return r->lack;
	r->asked = now;
	r->lack = 0;
	if (fstatvfs(fd, &st) < 0)	/* the write will tell */
		return 0;
	if ((uint64_t)st.f_bavail * st.f_frsize < minfree)
		r->lack = "disk space";
	/* some file systems have no fixed number of inodes: 0 */
	else if (st.f_files && (uint64_t)st.f_favail <
	    minfree / CONF_FILE_OCTETS)
		r->lack = "inodes";
	return r->lack;
}
