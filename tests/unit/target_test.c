#include "alias/target.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

/* All targets of a list, each with ';' behind it; errors as {offset error}. */
static const char *
walked(const char *list, size_t n, int how)
{
	static char s[20000];
	struct target_walk w = TARGET_WALK(list, n, how);
	struct target t;
	size_t at = 0;
	int r;

	s[0] = 0;
	while ((r = target_next(&w, &t)) && at < 9000) {
		if (r < 0)
			at += (size_t)sprintf(s + at, "{%zu %s}", w.errat,
			    w.error);
		else if (strlen(t.s) != t.n ||
		    (target_kind(t.s, t.n) != t.kind))
			return "damaged";
		else
			at += (size_t)sprintf(s + at, "%s;", t.s);
	}
	target_walk_free(&w);
	return s;
}

static void
check(int how, const char *list, const char *want)
{
	const char *got = walked(list, strlen(list), how);
	char line[61];
	size_t i;

	snprintf(line, sizeof line, "%s", list);
	for (i = 0; line[i]; i++)
		if (line[i] == '\n')
			line[i] = '|';
	ok(!strcmp(got, want), "[%s]: %s (%s)", line, want, got);
}

#define TWO "two words: is a comma missing, or does # begin a comment " \
	"within a line?"

static void
test_addresses(void)
{
	check(0, "", "");
	check(0, " , ,, ", "");
	check(0, "joe", "joe;");
	check(0, "joe,sam@x.test ,\tann", "joe;sam@x.test;ann;");
	check(0, "Joe Doe <joe@x.test>, \"Doe, Sam\" <sam>", "joe@x.test;sam;");
	check(0, "joe (the first, of many) , (second) sam", "joe;sam;");
	check(0, "joe@x.test (a (nested) comment)", "joe@x.test;");
	check(0, "\"\\|x\"", "{0 not an address}");
	check(0, "\"  \\|x y\"", "{0 not an address}");
	check(0, "\" a b\"", "\" a b\";");
	check(0, "\"a b\", \"joe\"@x.test, \"a,b\"@x.test",
	    "\"a b\";joe@x.test;\"a,b\"@x.test;");
	check(0, "friends: joe, sam@x.test;, ann", "joe;sam@x.test;ann;");
	check(0, "nobody:;, ann", "ann;");
	check(0, "joe; ann", "joe;ann;");
	check(0, "<joe@x.test>", "joe@x.test;");
	check(0, "<@a.test,@b.test:joe@x.test>,sam", "joe@x.test;sam;");
	check(0, "joe @ x . test", "joe@x.test;");
	check(0, "Joe@X.test", "Joe@X.test;");
	check(0, "joe+ext, owner-list, a_b-c.d", "joe+ext;owner-list;a_b-c.d;");
	check(0, "joe sam", "{0 " TWO "}");
	check(0, "joe@x.test sam@y.test", "{0 " TWO "}");
	check(0, "ann, joe # the boss", "ann;{5 " TWO "}");
	check(0, "joe@, ann", "{0 not an address}ann;");
	check(TARGET_DOMAIN, "@x.test, ann, @..", "*@x.test;ann;"
	    "{14 expected a domain after the @}");
	check(0, "<>, ann", "{0 not an address}ann;");
	check(0, "@x.test, ann", "{0 not an address}ann;");
	check(0, "a, <joe", "a;{3 this < has no >}");
	check(0, "a, \"joe", "a;{3 this quote has no end}");
	check(0, "a, (joe", "a;{3 this comment has no end}");
	check(0, "j\303\266rg@x.test, a", "j\303\266rg@x.test;a;");
	check(0, "uucp!joe, joe%x.test@y.test", "uucp!joe;joe%x.test@y.test;");
}

static void
test_special(void)
{
	check(0, "\\joe, a", "\\joe;a;");
	check(0, "\"\\joe\"", "\\joe;");
	check(0, "\\ joe", "\\joe;");
	check(0, "\\joe@x.test", "joe@x.test;");
	check(0, "\\, a", "{0 " TWO "}");
	check(0, "\"|cmd -x, y\", a", "|cmd -x, y;a;");
	check(0, "\"| cmd  two\"", "|cmd  two;");
	check(0, "|cmd   two  , a", "|cmd two;a;");
	check(0, "|\"cmd  two\" three", "|cmd  two three;");
	check(0, "|\"cmd, two\"", "|cmd, two;");
	check(0, "\"|sh -c \\\"a b\\\" \\\\ \\$x\"", "|sh -c \"a b\" \\ $x;");
	check(0, "|cmd <in >out, a", "|cmd <in >out;a;");
	check(0, "|cmd (comment)", "|cmd;");
	check(0, "|", "{0 expected a command after the |}");
	check(0, "\"|\", a", "{0 expected a command after the |}a;");
	check(0, "/var/mail/x, /dir/", "/var/mail/x;/dir/;");
	check(0, "\"/a b,c\"", "/a b,c;");
	check(0, "/var/list (the archive), a", "/var/list;a;");
	check(0, "/", "{0 expected the path of a file, from /}");
	check(0, ":include:/a/b, c", ":include:/a/b;c;");
	check(0, ":Include: /a/b", ":include:/a/b;");
	check(0, "\":include:/a b\"", ":include:/a b;");
	check(0, ":include:\"/a b\"", ":include:/a b;");
	check(0, ":include:rel, c",
	    "{0 expected the path of a file, from /}c;");
	check(0, ":include:", "{0 expected the path of a file, from /}");
	check(0, "~/x, ./y", "{0 there is no home here: expected a path that "
	    "begins with /}{5 there is no home here: expected a path that "
	    "begins with /}");
	check(TARGET_HOME, "~/x, ./y/, :include:~/z", "./x;./y/;:include:./z;");
	check(TARGET_HOME, "./, a",
	    "{0 expected the path of a file, from /}a;");
	check(TARGET_HOME, "~joe", "{0 not an address}");
	check(0, "\"|cmd\"@x.test, \"/f\" @ y.test", "\"|cmd\"@x.test;"
	    "\"/f\"@y.test;");
	check(0, "joe <\"|cmd\">", "{0 not an address}");
	check(0, "joe <!x@y.test>", "\"!x\"@y.test;");
	check(0, "\"|a\001b\", c", "{3 control character}c;");
	check(0, "\"|a\tb\"", "|a b;");
	check(0, "(first) |cmd", "|cmd;");
}

static void
test_lines(void)
{
	check(TARGET_LINES, "joe\nsam,ann\n", "joe;sam;ann;");
	check(TARGET_LINES, "# joe\nsam # ann\n", "{6 " TWO "}");
	check(TARGET_LINES, "#\n#\n\nsam", "sam;");
	check(TARGET_LINES, "joe,\n sam\r\n\n\"|cmd x\"\n|cmd y z\n",
	    "joe;sam;|cmd x;|cmd y z;");
	check(TARGET_LINES, "\"joe\nsam\nann \"x\n",
	    "{0 this quote has no end}sam;{13 this quote has no end}");
	check(TARGET_LINES, "joe <joe@x\nsam (a\nann",
	    "{4 this < has no >}{15 this comment has no end}ann;");
	check(0, "joe,\n\tsam", "joe;sam;");
	check(TARGET_LINES, "joe\\\nsam", "joe;sam;");
}

static void
test_limits(void)
{
	char s[5000];
	const char *got;

	memset(s, 'x', sizeof s);
	s[0] = '|';
	got = walked(s, 4000, 0);
	ok(strlen(got) == 4001, "a command of 4000 octets");
	got = walked(s, 4001, 0);
	ok(!strcmp(got, "{0 too long}"), "and no more (%.40s)", got);
	got = walked(s + 1, 300, 0);
	ok(!strcmp(got, "{0 not an address}"), "an address of 300 (%.40s)",
	    got);
	got = walked("a\0b, c", 6, 0);
	ok(!strcmp(got, "{0 not an address}c;"), "a NUL (%s)", got);
	ok(!strcmp(target_include(":include:/x"), "/x"), "path of an include");
}

int
main(void)
{
	test_addresses();
	test_special();
	test_lines();
	test_limits();
	return tap_end();
}
