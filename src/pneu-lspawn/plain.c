#include "pneu-lspawn/plain.h"

#include <string.h>

const char *
plain_user(const char *to)
{
	if (strncmp(to, "user:", 5) || !to[5] ||
	    strlen(to + 5) > LOOKUP_USER_OCTETS)
		return 0;
	return to + 5;
}

int
plain_isplace(const struct conf *c, const char *user)
{
	const char *home = conf_str(c, home_mailbox);
	size_t n = strlen(home);

	return n && home[n - 1] == '/' && !*conf_str(c, mailbox_command) &&
	    strcmp(user, conf_str(c, default_privs));
}

int
plain_isorder(const struct order *o)
{
	return plain_user(o->to) && order_nrcpts(o) == 1 &&
	    !order_rcpt(o, 0)->target && o->len <= PLAIN_OCTETS;
}

int
plain_iswho(const struct conf *c, const struct who *w)
{
	int i;

	if (!w->uid || !w->gid || w->uid < conf_num(c, min_uid) ||
	    w->home[0] != '/' || w->ngroups < 0)
		return 0;
	for (i = 0; i < w->ngroups; i++)
		if (!w->groups[i])
			return 0;
	return 1;
}
