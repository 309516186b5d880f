#include "pneu-conf/check.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/types.h>

#include "conf/slurp.h"

#define LIST "etc/install.list"

/* Users that services run as, each with a group of its name. */
static const char *const users[] = {
	"pneud", "pneuq", "pneus", "pneua", "pneur", "pneub",
	"pneuf", "pneut", "pneuk", "pneuc", "pneum"
};

static int
listed(const struct settings *x, const char *name, uid_t *uid, gid_t *gid)
{
	stralloc item = STRALLOC_ZERO;
	size_t pos = 0, off, n = strlen(name), m;
	int r = 0;

	while (!r && settings_item(x, CONF_users, &pos, &item, &off)) {
		if (strncmp(item.s, name, n) || item.s[n] != '=')
			continue;
		m = uid_scan(item.s + n + 1, uid);
		*gid = (gid_t)*uid;
		if (m && item.s[n + 1 + m] == ':')
			gid0_scan(item.s + n + 2 + m, gid);
		r = m > 0;
	}
	stralloc_free(&item);
	return r;
}

int
check_lookup(const struct settings *x, const char *name, uid_t *uid,
    gid_t *gid)
{
	struct passwd *p;
	struct group *g;

	if (!strcmp(name, "root")) {
		*uid = 0;
		*gid = 0;
		return 1;
	}
	if (listed(x, name, uid, gid))
		return 1;
	p = getpwnam(name);
	g = getgrnam(name);
	if (!p || !g)
		return 0;
	*uid = p->pw_uid;
	*gid = g->gr_gid;
	return 1;
}

/* Where k is said, or pneu.conf, where it might be. */
static void
place(const struct all *a, enum conf_key k, struct place *p)
{
	settings_place(&a->x, k, 0, p);
	if (!p->file)
		p->file = genalloc_s(char *, &a->x.files)[0];
}

/* Whom commands of aliases run as has no rights but everybody's. */
static void
check_privs(struct all *a, const uid_t *ours, size_t n)
{
	const char *s = settings_str(&a->x, CONF_default_privs);
	struct passwd *pw;
	struct place p;
	uid_t uid, virtual;
	gid_t gid, group;
	size_t i;

	if (!strcmp(s, "root"))
		uid = gid = 0;
	else if (!listed(&a->x, s, &uid, &gid)) {
		if (!(pw = getpwnam(s)))
			return;		/* then they wait */
		uid = pw->pw_uid;
		gid = pw->pw_gid;
	}
	place(a, CONF_default_privs, &p);
	for (i = 0; i < n && ours[i] != uid; i++)
		;
	if (!uid || !gid || i < n)
		report_error(&a->report, &p, "default_privs: ", s,
		    uid && gid ? " is one of our own users" : " is root");
	else if (uid < a->x.num[CONF_min_uid])
		report_warning(&a->report, &p, "default_privs: the uid of ", s,
		    " is below min_uid: mail to commands and files of aliases "
		    "will wait");
	else if (a->x.canon[CONF_virtual_mailbox_domains].len &&
	    check_lookup(&a->x, settings_str(&a->x, CONF_virtual_user),
	    &virtual, &group) && virtual == uid)
		report_warning(&a->report, &p, "default_privs: ", s, " is "
		    "virtual_user, too: commands of aliases may change all "
		    "virtual mailboxes");
}

void
check_users(struct all *a)
{
	uid_t uid[sizeof users / sizeof users[0]];
	gid_t gid;
	size_t i, j;
	struct place p;
	const char *v = settings_str(&a->x, CONF_virtual_user);

	place(a, CONF_users, &p);
	for (i = 0; i < sizeof users / sizeof users[0]; i++) {
		if (!check_lookup(&a->x, users[i], uid + i, &gid)) {
			report_error(&a->report, &p, "no user and group ",
			    users[i], ": add them to the system, or to the "
			    "setting users");
			uid[i] = 0;
			continue;
		}
		for (j = 0; j < i; j++)
			if (uid[i] == uid[j])
				report_warning(&a->report, &p, users[i],
				    " and ", users[j], " have one uid: "
				    "neither is kept from what is the "
				    "other's");
	}
	check_privs(a, uid, sizeof users / sizeof users[0]);
	place(a, CONF_virtual_user, &p);
	if (!a->x.canon[CONF_virtual_mailbox_domains].len)
		return;
	if (!check_lookup(&a->x, v, uid, &gid))
		report_error(&a->report, &p, "virtual_user: no user and "
		    "group ", v, ": add them to the system, or to the "
		    "setting users");
	else if (!uid[0] || !gid)
		report_error(&a->report, &p, "virtual_user: ", v,
		    " is root, who gets no mail");
}

/* "d PATH MODE OWNER SOURCE", also f and s; others say nothing of modes. */
static void
check_line(struct all *a, const struct place *p, char *s)
{
	static const char space[] = " \t";
	char *save, *type = strtok_r(s, space, &save);
	char *path = strtok_r(0, space, &save);
	char *mode = strtok_r(0, space, &save);
	char *owner = strtok_r(0, space, &save);
	struct stat st;
	uid_t uid;
	gid_t gid;
	unsigned int m;
	char was[UINT_OFMT];

	if (!owner || !strchr("dfs", *type) || !uint0_oscan(mode, &m))
		return;
	if (lstat(path, &st) < 0) {
		report_warning(&a->report, p, path, ": ", strerror(errno));
		return;
	}
	if (*type != 's' && (st.st_mode & 07777) != m) {
		was[uint_ofmt(was, st.st_mode & 07777)] = 0;
		report_warning(&a->report, p, path, ": mode is ", was,
		    ", expected ", mode);
	}
	if (geteuid() == 0 && check_lookup(&a->x, owner, &uid, &gid) &&
	    st.st_uid != uid)
		report_warning(&a->report, p, path, ": owner is not ", owner);
}

void
check_files(struct all *a, const char *home)
{
	stralloc sa = STRALLOC_ZERO, file = STRALLOC_ZERO;
	struct text_line l = TEXT_LINE_ZERO;
	struct place p = { 0, 0, 0 };
	struct text t;
	int r;

	if (!stralloc_cats(&file, home) || !stralloc_cats(&file, "/" LIST) ||
	    !stralloc_0(&file))
		report_nomem();
	p.file = file.s;
	if (conf_slurp(&sa, LIST, SETTINGS_FILE_OCTETS) < 0)
		goto end;
	text_open(&t, sa.s, sa.len);
	while ((r = text_next(&t, &l))) {
		if (r < 0)
			continue;
		text_place(&l, 0, &p.line, &p.col);
		if (!stralloc_0(&l.s))
			report_nomem();
		check_line(a, &p, l.s.s);
	}
end:
	text_line_free(&l);
	stralloc_free(&sa);
	stralloc_free(&file);
}
