#include "pneu-conf/pneu-conf.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <skalibs/buffer.h>
#include <skalibs/strerr.h>

#include "pneu-conf/near.h"
#include "run/service.h"

/* The value of k as it would be written in pneu.conf. */
static void
value(stralloc *sa, const struct conf *c, enum conf_key k)
{
	const char *s;

	switch (conf_settings[k].type) {
	case CONF_STRING:
	case CONF_TEXT:
	case CONF_WORD:
		if (!stralloc_cats(sa, c->str[k]))
			report_nomem();
		break;
	case CONF_LIST:
		for (s = conf_first(c, k); s; s = conf_next(c, k, s))
			if ((s != c->str[k] && !stralloc_append(sa, ' ')) ||
			    !stralloc_cats(sa, s))
				report_nomem();
		break;
	default:
		if (!conf_write(conf_settings[k].type, c->num[k], sa))
			report_nomem();
	}
}

static void
open_in_force(struct conf *c)
{
	struct stat conf, cdb;

	if (conf_open(c, COMPILED) < 0) {
		if (errno != ENOENT)
			strerr_diefusys(111, "read ", run_path(COMPILED));
		strerr_warnw("nothing is compiled yet: all settings have "
		    "their defaults");
		if (conf_open(c, 0) < 0)
			report_nomem();
		return;
	}
	if (stat(SETTINGS, &conf) == 0 && stat(COMPILED, &cdb) == 0 &&
	    conf.st_mtime > cdb.st_mtime)
		strerr_warnw(run_path(SETTINGS), " is newer than what is in "
		    "force: run pneu-conf compile");
}

static int
find(const char *name)
{
	int k = conf_find(name, strlen(name));
	const char *near;

	if (k >= 0)
		return k;
	near = near_name(name, strlen(name));
	if (near)
		strerr_warn(PROG, ": unknown setting ", name,
		    ", do you mean ", near, "?");
	else
		strerr_warn(PROG, ": unknown setting ", name);
	return -1;
}

static void
line(stralloc *sa, const struct conf *c, enum conf_key k)
{
	if (!stralloc_cats(sa, conf_settings[k].name) ||
	    !stralloc_cats(sa, " = "))
		report_nomem();
	value(sa, c, k);
	while (sa->len && sa->s[sa->len - 1] == ' ')
		sa->len--;
	if (!stralloc_append(sa, '\n'))
		report_nomem();
}

/* 1 if k has its default, made with the name in force. */
static int
isdefault(const struct conf *c, enum conf_key k)
{
	const char *def = conf_settings[k].def;
	stralloc text = STRALLOC_ZERO, canon = STRALLOC_ZERO;
	uint64_t num;
	size_t bad, n;
	int r;

	if (conf_expand_for(k, &text, def, strlen(def),
	    conf_str(c, myhostname), &bad) < 0 || conf_value(k, text.s, text.len, &num, &canon,
	    &bad) < 0 || !stralloc_0(&canon))
		report_nomem();
	n = canon.len > 1 ? canon.len - 2 : 0;
	r = c->num[k] == num && c->len[k] == n &&
	    !memcmp(c->str[k], canon.s, n);
	stralloc_free(&text);
	stralloc_free(&canon);
	return r;
}

static void
print(const stralloc *sa)
{
	if (buffer_put(buffer_1, sa->s, sa->len) < 0 || !buffer_flush(buffer_1))
		strerr_diefusys(111, "write to standard output");
}

int
show(int what, const char *const *names)
{
	struct conf c;
	stralloc sa = STRALLOC_ZERO;
	int k, r = 0;

	if (what != 'd')
		open_in_force(&c);
	else if (conf_open(&c, 0) < 0)
		report_nomem();
	for (; *names; names++) {
		k = find(*names);
		if (k < 0)
			r = 100;
		else
			line(&sa, &c, (enum conf_key)k);
		what = 0;
	}
	for (k = 0; what && k < CONF_N; k++)
		if (what != 'n' || !isdefault(&c, (enum conf_key)k))
			line(&sa, &c, (enum conf_key)k);
	print(&sa);
	return r;
}

int
get(const char *const *names)
{
	struct conf c;
	stralloc sa = STRALLOC_ZERO;
	int k, r = 0;

	open_in_force(&c);
	for (; *names; names++) {
		k = find(*names);
		if (k < 0) {
			r = 100;
			continue;
		}
		value(&sa, &c, (enum conf_key)k);
		if (!stralloc_append(&sa, '\n'))
			report_nomem();
	}
	print(&sa);
	return r;
}
