#include "rewrite/rewrite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"
#include "table/table.h"

/* Address maps from a cdb. */

static struct table_maker *m;
static struct conf c;
static struct rewrite r;

static void
put(const char *key, const char *v, size_t n)
{
	table_put(m, key, strlen(key), v, n);
}

static void
in(const char *from, enum headmap_kind k, const char *want)
{
	struct address to;
	int e = rewrite_in(&to, &r, from, strlen(from), k);
	const char *got = e > 0 ? to.s : e ? "error" : "-";

	ok(!strcmp(got, want), "%s -> %s", from, got);
}

static void
out(const char *from, const char *want)
{
	struct address to;
	int e = rewrite_out(&to, &r, from, strlen(from));

	ok(!strcmp(e > 0 ? to.s : "-", want), "out: %s -> %s", from,
	    e > 0 ? to.s : "-");
}

static void
masq(const char *l, size_t n, const char *domain, const char *want)
{
	const char *got = rewrite_masquerade(l, n, domain);

	ok(!strcmp(got ? got : "-", want), "%s shows %s", domain, want);
}
#define MASQ(l, d, w) masq(l, sizeof l, d, w)

static int
compile(const char *path)
{
#define LIST "!lab.corp.test\0corp.test\0"
	if (!(m = table_make(path, 0600)))
		return 0;
	put(":myorigin", "corp.test", 9);
	put(":mydestination", "here.test\0", 10);
	put("mydestination:here.test", "", 0);
	put(":recipient_delimiter", "+", 1);
	put(":masquerade_domains", LIST, sizeof LIST - 1);
	put("canonical:", "", 0);
	put("canonical:joe@corp.test", "Joe.Doe@corp.test", 17);
	put("canonical:root", "admin@ops.test", 14);
	put("canonical:@old.test", "*@new.test", 10);
	put("sender_canonical:", "", 0);
	put("sender_canonical:www@here.test", "joe@corp.test", 13);
	put("generic:", "", 0);
	put("generic:joe@here.test", "joe@isp.test", 12);
	put("generic:@here.test", "ours@isp.test", 13);
	return table_done(m) > 0;
}

int
main(void)
{
	char path[] = "/tmp/pneu-rewrite.XXXXXX";

	close(mkstemp(path));
	if (!compile(path) || conf_open(&c, path) < 0)
		return 111;
	unlink(path);
	rewrite_init(&r, &c);
	ok(rewrite_incoming(&r) && rewrite_senders(&r) &&
	    rewrite_outgoing(&r) && !r.recipient, "what there is");
	in("joe@corp.test", HEADMAP_SENDER, "Joe.Doe@corp.test");
	in("JOE@Corp.test", HEADMAP_RECIPIENT, "Joe.Doe@corp.test");
	in("joe+x@corp.test", HEADMAP_RECIPIENT, "Joe.Doe+x@corp.test");
	in("www@here.test", HEADMAP_SENDER, "Joe.Doe@corp.test");
	in("www@here.test", HEADMAP_RECIPIENT, "-");
	in("root@here.test", HEADMAP_SENDER, "admin@ops.test");
	in("root@corp.test", HEADMAP_SENDER, "admin@ops.test");
	in("root@else.test", HEADMAP_SENDER, "-");
	in("root", HEADMAP_SENDER, "admin@ops.test");
	in("\"a b\"@old.test", HEADMAP_SENDER, "\"a b\"@new.test");
	in("a@h1.corp.test", HEADMAP_RECIPIENT, "a@corp.test");
	in("a@x.lab.corp.test", HEADMAP_RECIPIENT, "-");
	in("joe@h1.corp.test", HEADMAP_SENDER, "joe@corp.test");
	in("sam", HEADMAP_SENDER, "-");
	in("", HEADMAP_SENDER, "-");
	in("a b@c", HEADMAP_SENDER, "-");
	out("joe@here.test", "joe@isp.test");
	out("any@here.test", "ours@isp.test");
	out("joe@corp.test", "-");
	MASQ("a.test", "x.a.test", "a.test");
	MASQ("a.test", "A.test", "-");
	MASQ("a.test", "ba.test", "-");
	MASQ("b.a.test\0a.test", "x.b.a.test", "b.a.test");
	MASQ("a.test\0b.a.test", "x.b.a.test", "a.test");
	masq("", 0, "x.a.test", "-");
	conf_close(&c);
	if (conf_open(&c, 0) < 0)
		return 111;
	rewrite_init(&r, &c);
	ok(!rewrite_incoming(&r) && !rewrite_senders(&r) &&
	    !rewrite_outgoing(&r), "nothing, without rows");
	conf_close(&c);
	return tap_end();
}
