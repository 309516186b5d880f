#include <skalibs/nonposix.h>

#include "pneu-lspawn/userplace.h"

#include <string.h>
#include <sys/stat.h>
#include <skalibs/stralloc.h>

/* Where everybody may make files, or nobody but root, no group helps. */
gid_t
userplace_group(const struct conf *c)
{
	struct stat st;

	if (*conf_str(c, home_mailbox) ||
	    stat(conf_str(c, mail_spool_directory), &st) < 0)
		return MBOX_NOGID;
	return S_ISDIR(st.st_mode) && (st.st_mode & S_IWGRP) &&
	    !(st.st_mode & S_IWOTH) && st.st_gid ? st.st_gid : MBOX_NOGID;
}

static unsigned int
locks(const struct conf *c)
{
	unsigned int kinds = 0;
	const char *s;

	for (s = conf_first(c, CONF_mailbox_delivery_lock); s;
	    s = conf_next(c, CONF_mailbox_delivery_lock, s))
		kinds |= !strcmp(s, "fcntl") ? BOXLOCK_FCNTL :
		    !strcmp(s, "flock") ? BOXLOCK_FLOCK :
		    !strcmp(s, "dotlock") ? BOXLOCK_DOT : 0;
	return kinds;
}

/* Not freed: it is the process's. */
static const char *
spool_file(const struct conf *c, const char *user)
{
	stralloc sa = STRALLOC_ZERO;

	return stralloc_cats(&sa, conf_str(c, mail_spool_directory)) &&
	    stralloc_append(&sa, '/') && stralloc_cats(&sa, user) &&
	    stralloc_0(&sa) ? sa.s : 0;
}

int
userplace(struct place *p, const struct conf *c, const char *user,
    const struct who *w, gid_t group)
{
	const char *home = conf_str(c, home_mailbox);
	size_t n = strlen(home);

	p->home = w->home;
	p->relay = "local";
	p->user = user;
	p->shell = w->shell;
	p->command = conf_str(c, mailbox_command);
	p->forward_path = conf_str(c, forward_path);
	p->obeys = !strcmp(user, conf_str(c, default_privs));
	p->limit_ms = conf_num(c, local_time_limit) * 900;
	p->box.locks = locks(c);
	p->box.spool = !n;
	p->box.gid = group;
	if (n && home[n - 1] == '/')
		p->maildir = home;
	else
		p->mbox = n ? home : spool_file(c, user);
	return p->maildir || p->mbox;
}
