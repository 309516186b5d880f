/* Which orders are for a runner, and as whom it may act. */
#include "pneu-lspawn/plain.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct conf conf;

static int
isorder(const char *to, size_t nrcpts, const char *target, uint64_t len)
{
	struct order o = ORDER_ZERO;
	size_t i;
	int r;

	o.to = to;
	o.len = len;
	for (i = 0; i < nrcpts; i++)
		order_add(&o, (uint32_t)i, "a@x")->target = target;
	r = plain_isorder(&o);
	order_free(&o);
	return r;
}

static void
orders(void)
{
	static const struct {
		const char *to, *target, *what;
		size_t n;
		uint64_t len;
		int is;
	} cases[] = {
		{ "user:a", 0, "a user's", 1, 10, 1 },
		{ "user:a", 0, "an empty message", 1, 0, 1 },
		{ "user:a", 0, "as long as may be", 1, PLAIN_OCTETS, 1 },
		{ "user:a", 0, "longer", 1, PLAIN_OCTETS + 1, 0 },
		{ "user:a", 0, "two recipients", 2, 10, 0 },
		{ "user:a", "|x", "a target", 1, 10, 0 },
		{ "user:a", "~a", "any target", 1, 10, 0 },
		{ "user:a", "", "an empty one", 1, 10, 0 },
		{ "user:", 0, "nobody's", 1, 10, 0 },
		{ "mailbox:", 0, "a virtual mailbox", 1, 10, 0 },
		{ "smtp:x", 0, "another host's", 1, 10, 0 },
	};
	char name[LOOKUP_USER_OCTETS + 7] = "user:";
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ok(isorder(cases[i].to, cases[i].n, cases[i].target,
		    cases[i].len) == cases[i].is, "%s: %s", cases[i].what,
		    cases[i].is ? "yes" : "no");
	memset(name + 5, 'a', LOOKUP_USER_OCTETS);
	ok(isorder(name, 1, 0, 10), "a long name");
	name[5 + LOOKUP_USER_OCTETS] = 'a';
	ok(!isorder(name, 1, 0, 10), "too long a one");
}

static void
places(void)
{
	ok(plain_isplace(&conf, "a"), "as it comes: a Maildir");
	ok(!plain_isplace(&conf, conf_str(&conf, default_privs)),
	    "not for who has no mailbox");
	conf_str(&conf, mailbox_command) = "cmd";
	ok(!plain_isplace(&conf, "a"), "not with mailbox_command");
	conf_str(&conf, mailbox_command) = "";
	conf_str(&conf, home_mailbox) = "mbox";
	ok(!plain_isplace(&conf, "a"), "not into an mbox");
	conf_str(&conf, home_mailbox) = "";
	ok(!plain_isplace(&conf, "a"), "nor into the spool");
	conf_str(&conf, home_mailbox) = "Mail/in/";
	ok(plain_isplace(&conf, "a"), "another Maildir");
}

static int
iswho(uid_t uid, gid_t gid, const char *home, int ngroups, gid_t extra)
{
	struct who w = { .uid = uid, .gid = gid, .ngroups = ngroups,
	    .groups = { gid, extra } };

	strcpy(w.home, home);
	return plain_iswho(&conf, &w);
}

static void
who(void)
{
	ok(iswho(1000, 1000, "/home/a", 1, 0), "a user");
	ok(iswho(1000, 1, "/home/a", 2, 5), "of two groups");
	ok(!iswho(0, 1000, "/root", 1, 0), "not uid 0");
	ok(!iswho(999, 1000, "/home/a", 1, 0), "nor below min_uid");
	ok(!iswho(1000, 0, "/home/a", 1, 0), "nor gid 0");
	ok(!iswho(1000, 1000, "/home/a", 2, 0), "nor group 0 besides");
	ok(!iswho(1000, 1000, "/home/a", -1, 0), "nor groups not known");
	ok(!iswho(1000, 1000, "home/a", 1, 0), "nor a home nowhere");
	conf_num(&conf, min_uid) = 1;
	ok(!iswho(0, 1000, "/root", 1, 0), "uid 0 never");
	ok(iswho(1, 1, "/", 1, 0), "but 1 if the admin says so");
}

int
main(void)
{
	if (conf_open(&conf, 0) < 0)
		return 111;
	orders();
	places();
	who();
	conf_close(&conf);
	return tap_end();
}
