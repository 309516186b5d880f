/* What pneu-alias makes of tables: one-to-one ways, lists, targets. */
#include "pneu-alias/expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char
domain(void *x, const char *s, size_t n)
{
	static const struct { const char *s; char class; } *d, all[] = {
		{ "here.test", ROUTE_LOCAL }, { "too.test", ROUTE_LOCAL },
		{ "v.test", ROUTE_VIRTUAL }, { "va.test", DECIDE_ALIASES },
		{ 0, 0 },
	};

	for (d = all; d->s; d++)
		if (strlen(d->s) == n && !memcmp(d->s, s, n))
			return d->class;
	return ROUTE_OTHER;
}

static int
user(void *x, const char *name)
{
	return !strcmp(name, "joe") || !strcmp(name, "sam") ||
	    !strcmp(name, "joe-dash") || !strcmp(name, "list");
}

static char dir[] = "/tmp/pneu-aliases-test.XXXXXX";
static char value[4200];	/* of the row "file" and its kin */

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	static const struct { const char *t, *k, *v; } *r, rows[] = {
		{ "canonical", "old@here.test", "joe" },
		{ "canonical", "@gone.test", "*@there.test" },
		{ "recipient_canonical", "rc@here.test", "old" },
		{ "virtual", "info@va.test", "joe" },
		{ "virtual", "two@va.test", "joe\nsam@there.test" },
		{ "virtual", "@va.test", "rest@there.test" },
		{ "virtual", "@move.test", "*@va.test" },
		{ "virtual", "@.wild.test", "w-*@there.test" },
		{ "virtual", "@prefix.test", "joe-*" },
		{ "virtual", "cc@v.test", "cc@v.test\nsam@there.test" },
		{ "virtual", "me@v.test", "me@v.test" },
		{ "virtual", "ping@va.test", "pong@va.test" },
		{ "virtual", "pong@va.test", "ping@va.test" },
		{ "virtual", "cmd@va.test", "|prog x" },
		{ "virtual", "bare", "boss@there.test" },
		{ "virtual_mailboxes", "me@v.test", "v/me/" },
		{ "virtual_mailboxes", "cc@v.test", "v/cc/" },
		{ "aliases", "one", "joe" },
		{ "aliases", "chain", "one" },
		{ "aliases", "out", "Boss@There.test" },
		{ "aliases", "two", "joe\nsam" },
		{ "aliases", "joe", "joe" },
		{ "aliases", "sam", "sam\n|vacation" },
		{ "aliases", "box", "\\sam" },
		{ "aliases", "nobox", "\\nobody" },
		{ "aliases", "cmd", "|prog x y" },
		{ "aliases", "cmds", "|prog x\n/file\njoe" },
		{ "aliases", "file", "/var/file" },
		{ "aliases", "lost", "nobody" },
		{ "aliases", "a", "b" }, { "aliases", "b", "c" },
		{ "aliases", "c", "a" },
		{ "aliases", "la", "lb\njoe" }, { "aliases", "lb", "la" },
		{ "aliases", "list", "joe\none@there.test" },
		{ "aliases", "owner-list", "sam" },
		{ "aliases", "big", "two\nlist\ntwo\nout\nbig" },
		{ "aliases", "cron+*", "sam+cron" },
		{ "aliases", "cron", "joe+x" },
		{ "aliases", "x+y", "out" },
		{ "aliases", "only@too.test", "joe" },
		{ "aliases", "@too.test", "rest+*" },
		{ "aliases", "rest", "joe" },
		{ "aliases", "own", "joe" }, { "aliases", "owner-own", "sam" },
		{ "aliases", "list-request", "out" },
		{ "aliases", "poster", "postmaster" },
		{ 0, 0, 0 },
	};
	char file[20];

	for (r = rows; r->t; r++)
		if (!strcmp(r->t, table) && strlen(r->k) == keylen &&
		    !memcmp(r->k, key, keylen)) {
			*v = r->v;
			*n = strlen(r->v);
			return 1;
		}
	if (*table == 'a' && keylen > 2 && keylen < 20 &&
	    !memcmp(key, "f-", 2) && !memchr(key, '@', keylen)) {
		memcpy(file, key, keylen);
		file[keylen] = 0;
		*n = (size_t)sprintf(value, ":include:%s/%s", dir, file);
		*v = value;
		return 1;
	}
	return 0;
}

static struct setup setup = {
	{ "here.test", "+-", domain, user, lookup, 0 }, "", "admin/", "nobody",
	"", ""
};

static const char *
said(const struct decision *d)
{
	static char s[4000];
	const struct route *r = &d->route;
	int n = 0;

	s[0] = 0;
	switch (r->kind) {
	case ROUTE_USER: n = sprintf(s, "user %s %s", r->user, r->ext); break;
	case ROUTE_MAILBOX: n = sprintf(s, "box %s", r->mailbox); break;
	case ROUTE_SMTP: n = sprintf(s, "to %s", r->to); break;
	case ROUTE_LIST: n = sprintf(s, "list"); break;
	default: n = sprintf(s, "%c %s %.*s", r->verdict.kind,
		r->verdict.code, (int)r->verdict.textlen, r->verdict.text);
	}
	if (r->addr)
		n += sprintf(s + n, " addr=%s", r->addr);
	if (r->target)
		n += sprintf(s + n, " target=%s", r->target);
	if (r->owner)
		n += sprintf(s + n, " owner=%s", r->owner);
	return s;
}

static void
check(const char *addr, const char *want)
{
	static struct decision d;
	const char *got;

	decide(&d, addr, strlen(addr), &setup);
	got = said(&d);
	ok(!strcmp(got, want), "<%.60s>: %s (%s)", addr, want, got);
}

#define UNKNOWN "N 5.1.1 User unknown in local recipient table"

static void
test_one(void)
{
	check("joe@here.test", "user joe ");
	check("joe+x@here.test", "user joe x");
	check("joe-dash+x@here.test", "user joe-dash x");
	check("One@here.test", "user joe  addr=joe@here.test");
	check("chain", "user joe  addr=joe@here.test");
	check("one+x@too.test", "user joe  addr=joe@here.test");
	check("out@here.test", "to there.test addr=Boss@There.test");
	check("box", "user sam  target=\\sam");
	check("nobox", UNKNOWN " addr=nobody@here.test");
	check("cmd+x-y@here.test", "user nobody x-y target=|prog x y");
	check("file", "user nobody  target=/var/file");
	check("lost", UNKNOWN " addr=nobody@here.test");
	check("a", "N 5.4.6 alias loop: a@here.test -> b@here.test -> "
	    "c@here.test -> a@here.test");
	check("cron+daily@here.test", "list addr=sam+cron@here.test");
	check("cron@here.test", "user joe x addr=joe+x@here.test");
	check("x+y@here.test", "to there.test addr=Boss@There.test");
	check("x+z@here.test", UNKNOWN);
	check("only@too.test", "user joe  addr=joe@here.test");
	check("only@here.test", UNKNOWN);
	check("stray@too.test", "user joe  addr=joe@here.test");
	check("list-request@here.test", "to there.test addr=Boss@There.test");
	check("owner-nolist@here.test", UNKNOWN);
	check("nolist-request@here.test", UNKNOWN);
	check("poster", "box admin/ addr=postmaster");
	check("root", "box admin/");
}

static void
test_many(void)
{
	check("two", "list");
	check("sam", "list");
	check("list", "list owner=owner-list@here.test");
	check("list+x@here.test", "list owner=owner-list@here.test");
	check("own", "list owner=owner-own@here.test");
	check("f-x", "list");
	check("la", "list");
	check("lb", "list addr=la@here.test");
	check("two@va.test", "list");
}

static void
test_virtual(void)
{
	check("Info@VA.test", "user joe  addr=joe@here.test");
	check("info+x@va.test", "user joe x addr=joe+x@here.test");
	check("other@va.test", "to there.test addr=rest@there.test");
	check("Ann@move.test", "to there.test addr=rest@there.test");
	check("info@move.test", "user joe  addr=joe@here.test");
	check("Joe@a.b.wild.test", "to there.test addr=w-Joe@there.test");
	check("joe@wild.test", "to wild.test");
	check("Info@prefix.test", "user joe info addr=joe-Info@here.test");
	check("me@v.test", "box v/me/");
	check("me+x@v.test", "box v/me/");
	check("ping@va.test", "N 5.4.6 alias loop: ping@va.test -> "
	    "pong@va.test -> ping@va.test");
	check("cmd@va.test", "user nobody  target=|prog x");
	check("bare@here.test", "to there.test addr=boss@there.test");
	check("bare+x@here.test", "to there.test addr=boss+x@there.test");
	check("bare@v.test", "N 5.1.1 User unknown in virtual mailbox table");
}

static void
test_canonical(void)
{
	check("old@here.test", "user joe  addr=joe@here.test");
	check("old+x@here.test", "user joe x addr=joe+x@here.test");
	check("Ann@gone.test", "to there.test addr=Ann@there.test");
	check("rc", "user joe  addr=joe@here.test");
}

/* All targets of the list, and then what it is. */
static const char *
listed(const char *addr)
{
	static struct expand *e;
	static struct decision d;
	static char all[400000];
	size_t at = 0, n;
	const char *s;
	int r;

	if (!e) {
		e = calloc(1, sizeof *e);
		expand_init(e);
	}
	if (!expand_begin(e, &d, addr, strlen(addr), &setup))
		return said(&d);
	while ((r = expand_next(e, &s, &n)) > 0 && at < 300000) {
		memcpy(all + at, s, n);
		at += n;
		all[at++] = ';';
	}
	expand_end(e);
	strcpy(all + at, said(&d));
	return all;
}

static void
list(const char *addr, const char *want)
{
	const char *got = listed(addr);

	ok(!strcmp(got, want), "list %.60s: %.300s (%.300s)", addr, want, got);
}

static void
file(const char *name, const char *text, mode_t mode)
{
	char path[4200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void
test_lists(void)
{
	char want[5000], line[4200];

	list("two", "~joe@here.test;~sam@here.test;|vacation;list");
	list("sam", "~sam@here.test;|vacation;list");
	list("list", "~joe@here.test;one@there.test;list "
	    "owner=owner-list@here.test");
	list("big", "~joe@here.test;~sam@here.test;|vacation;list@here.test;"
	    "Boss@There.test;~big@here.test;list");
	list("la", "!5.4.6 alias loop: la@here.test -> lb@here.test -> "
	    "la@here.test;~joe@here.test;list");
	list("cmds", "|prog x;/file;~joe@here.test;list");
	list("cc@v.test", "~cc@v.test;sam@there.test;list");
	list("own", "~joe@here.test;list owner=owner-own@here.test");
	list("joe", "L 4.2.4 not a list any more");
	list("lost", UNKNOWN " addr=nobody@here.test");
	list("cron+x", "~sam+cron@here.test;|vacation;list "
	    "addr=sam+cron@here.test");

	file("f-x", "# people\njoe\nout, one\n\n\"Sam B.\" <b@there.test>\n"
	    "two words\nlast", 0644);
	list("f-x", "~joe@here.test;Boss@There.test;b@there.test;"
	    "last@here.test;list");
	snprintf(line, sizeof line, "joe\n:include:%s/f-y\nf-x\n|prog\n"
	    "/file\n\\joe\n", dir);
	file("f-z", line, 0644);
	file("f-y", "b@there.test\n", 0644);
	list("f-z", "~joe@here.test;b@there.test;Boss@There.test;"
	    "b@there.test;last@here.test;"
	    "!5.7.1 a list file may hold addresses only: |prog;"
	    "!5.7.1 a list file may hold addresses only: /file;\\joe;list");
	file("f-self", "f-self\nb@there.test\n", 0644);
	list("f-self", "~f-self@here.test;b@there.test;list");
	file("f-a", "f-b\njoe\n", 0644);
	file("f-b", "f-a\n", 0644);
	list("f-a", "!5.4.6 alias loop: f-a@here.test -> f-b@here.test -> "
	    "f-a@here.test;~joe@here.test;list");
	file("f-open", "joe\n", 0666);
	snprintf(want, sizeof want, "L 4.3.0 unable to read list file "
	    "%s/f-open: everybody may write it", dir);
	list("f-open", want);
	snprintf(want, sizeof want, "L 4.3.0 unable to read list file "
	    "%s/f-none: there is none", dir);
	list("f-none", want);
	snprintf(line, sizeof line, ":include:%s/f-deep\n", dir);
	file("f-deep", line, 0644);
	snprintf(want, sizeof want, "L 4.3.5 list files nested too deep: "
	    "%s/f-deep", dir);
	list("f-deep", want);
}

static void
test_big(void)
{
	static char text[200000];
	size_t at = 0, i, n;
	const char *s;

	for (i = 0; i < 10000; i++)
		at += (size_t)sprintf(text + at, "m%zu@there.test\n", i);
	file("f-big", text, 0644);
	s = listed("f-big");
	for (n = 0; *s; s++)
		n += *s == ';';
	ok(n == 10000, "10000 members (%zu)", n);
	memset(text, 'x', 20000);
	text[20000] = 0;
	file("f-line", text, 0644);
	ok(strstr(listed("f-line"), "L 4.3.0 unable to read list file"),
	    "a line of 20000 octets");
}

static void
target(const char *addr, const char *t, int listed, const char *want)
{
	static struct decision d;
	const char *got;

	decide_target(&d, addr, strlen(addr), t, strlen(t), listed, &setup);
	got = said(&d);
	ok(!strcmp(got, want), "%s of <%s>: %s (%s)", t, addr, want, got);
}

static void
test_targets(void)
{
	static struct decision d;
	struct expand *e = calloc(1, sizeof *e);

	target("sam@here.test", "~sam@here.test", 0, "user sam ");
	target("sam@here.test", "\\sam", 0, "user sam  target=\\sam");
	target("cc@v.test", "~cc@v.test", 0, "box v/cc/");
	target("x@v.test", "~cc@v.test", 0, "box v/cc/ addr=cc@v.test");
	target("x@here.test", "~a@there.test", 0,
	    "to there.test addr=a@there.test");
	target("big@here.test", "~big@here.test", 0, UNKNOWN);
	target("root@here.test", "~root@here.test", 0, "box admin/");
	target("la@here.test", "!5.4.6 alias loop: x", 0,
	    "N 5.4.6 alias loop: x");
	target("cmds@here.test", "|prog x", 1,
	    "user nobody  target=|prog x");
	target("joe+x@here.test", "|prog x", 0,
	    "user joe x target=|prog x");
	target("cmds@here.test", "|prog z", 0, UNKNOWN);
	target("a@there.test", "|prog z", 0,
	    "N 5.1.1 no target of this alias any more");
	target("joe@here.test", "sam@here.test", 0,
	    "L 4.3.5 a table's row is malformed");
	target("joe@here.test", "!x", 0, "L 4.3.5 a table's row is malformed");
	expand_init(e);
#define HAS(a, t) expand_has(e, &d, a, strlen(a), t, strlen(t), &setup)
	ok(HAS("cmds@here.test", "|prog x"), "it is a target of its alias");
	ok(HAS("two@here.test", "|vacation"), "also of a nested one");
	ok(HAS("cmd@here.test", "|prog x y"), "also the only one");
	ok(!HAS("cmds@here.test", "|prog"), "another is not");
	ok(!HAS("joe@here.test", "|prog x"), "nobody's is not");
	free(e);
}

int
main(void)
{
	char line[100];

	if (!mkdtemp(dir))
		return 111;
	test_one();
	test_many();
	test_virtual();
	test_canonical();
	test_lists();
	test_big();
	test_targets();
	snprintf(line, sizeof line, "rm -rf %s", dir);
	ok(!system(line), "cleaned up");
	return tap_end();
}
