/* What forwarding files say, and the environment of commands. */
#include "dotforward/list.h"

#include <stdio.h>
#include <string.h>

#include "dotforward/environment.h"
#include "dotforward/path.h"
#include "tap.h"

static const struct path_names joe = { "joe", "/home/joe", "/bin/sh",
    "joe+a.b@x.test", "a.b", "+" };
static const struct path_names plain = { "joe", "/home/joe", "/bin/sh",
    "joe@x.test", "", "+" };

static const struct {
	const char *s;
	int r;				/* with joe */
	const char *to;
	int plain;			/* and with plain */
} expands[] = {
	{ "$home/.forward", 1, "/home/joe/.forward", 1 },
	{ "$home/.forward${recipient_delimiter}${extension}", 1,
	    "/home/joe/.forward+a.b", 0 },
	{ "/f/$(user)-$local", 1, "/f/joe-joe+a.b", 1 },
	{ "/f/${extension?ext/}x", 1, "/f/ext/x", 1 },
	{ "/f/${extension:none/}x", 1, "/f/x", 1 },
	{ "$domain$shell", 1, "x.test/bin/sh", 1 },
	{ "$recipient", 1, "joe+a.b@x.test", 1 },
	{ "$nothing", -1, 0, -1 },
	{ "$", -1, 0, -1 },
	{ "${home", -1, 0, -1 },
	{ "${}", -1, 0, -1 },
	{ "${home?x", -1, 0, -1 },
	{ "a$", -1, 0, -1 },
};

static void
paths(void)
{
	struct path_names evil = joe;
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof expands / sizeof expands[0]; i++) {
		const char *s = expands[i].s;
		int r;

		sa.len = 0;
		r = path_expand(&sa, s, strlen(s), &joe, 0);
		ok(r == expands[i].r && (r < 1 || !strcmp(sa.s,
		    expands[i].to)), "%s", s);
		sa.len = 0;
		r = path_expand(&sa, s, strlen(s), &plain, 0);
		ok(r == expands[i].plain, "%s without extension", s);
	}
	evil.ext = "../x;`y\n";
	sa.len = 0;
	path_expand(&sa, "/f+$extension", 13, &evil, 0);
	ok(!strcmp(sa.s, "/f+.._x__y_"), "no path, no sign: %s", sa.s);
	ok(path_isqmail("/h/.qmail", 9) && !path_isqmail("/h/.qmail2", 10) &&
	    !path_isqmail(".qmail", 6), "which are of qmail");
	stralloc_free(&sa);
}

static void
qmail_names(const char *ext, const char *want)
{
	stralloc sa = STRALLOC_ZERO, all = STRALLOC_ZERO;
	const char *def;
	unsigned int i;

	for (i = 0; sa.len = 0, path_qmail(&sa, "q", 1, ext, i, &def) > 0;
	    i++) {
		stralloc_cats(&all, sa.s);
		stralloc_append(&all, '=');
		stralloc_cats(&all, def ? def : "");
		stralloc_append(&all, ' ');
	}
	stralloc_0(&all);
	ok(!strcmp(all.s, want), "names for %s: %s", ext, all.s);
	stralloc_free(&sa);
	stralloc_free(&all);
}

/* Included files: "./one" holds b and itself is fine, "./self" itself. */
static int
read_it(void *x, const char *path, stralloc *sa, stralloc *why)
{
	(void)x;
	if (!strcmp(path, "./one"))
		return stralloc_cats(sa, "b@z\n# c\n") ? 1 : -1;
	if (!strcmp(path, "./self"))
		return stralloc_cats(sa, ":include:./self\n") ? 1 : -1;
	return stralloc_cats(why, path) && stralloc_cats(why, ": no") ? 0 : -1;
}

static const struct {
	int qmail;
	const char *s, *want;		/* targets, a ';' behind each; or why */
} lists[] = {
	{ 0, "", "" },
	{ 0, "# x\n\n , \n", "" },
	{ 0, "a@z\n  # x\n\t#y\nb@z\n", "a@z;b@z;" },
	{ 0, "a@z, # x\n", "f:1: two words: is a comma missing, or does # "
	    "begin a comment within a line?" },
	{ 0, "a@z,b@z\na@z", "a@z;b@z;" },
	{ 0, "joe", "\\joe;" },
	{ 0, "\\JOE, Joe@X.test, joe+a@x.test, joe", "\\joe;" },
	{ 0, "joe@z", "joe@z;" },
	{ 0, "\\ann", "ann;" },
	{ 0, "|cmd a  b", "|cmd a b;" },
	{ 0, "\"|cmd a  'b, c' \\\"d\\\"\"", "|cmd a  'b, c' \"d\";" },
	{ 0, "|\"cmd (x)\"", "|cmd (x);" },
	{ 0, "/a/b, ./c/, ~/d", "/a/b;./c/;./d;" },
	{ 0, ":include:./one, c@z", "b@z;c@z;" },
	{ 0, "a@z\n:include:./two", "./two: no" },
	{ 0, ":include:./self", "./self: :include: files too deep" },
	{ 0, "a@z\n\n\"|x", "f:3: this quote has no end" },
	{ 0, "|", "f:1: expected a command after the |" },
	{ 1, "", "" },
	{ 1, "#\n", "" },
	{ 1, "&a@z\nb\n  \n|c, d  \n./e/\n/f\n.g\n+x\n",
	    "a@z;b;|c, d;./e/;/f;./.g;" },
	{ 1, "\n&a@z\n", "first line of f is blank" },
	{ 1, " \t\n&a@z\n", "first line of f is blank" },
	{ 1, "& a b\n", "f: not an address" },
	{ 2, "a@z\n|x\n", "f: has prog delivery but has x bit set" },
	{ 2, "./x/\n", "f: has file delivery but has x bit set" },
	{ 2, "a@z\n", "a@z;" },
};

static void
check_list(size_t i, struct list *l, stralloc *sa)
{
	static const struct list_self self = { "joe", "joe+a@x.test" };
	const char *s = lists[i].s, *t = 0;
	size_t n = 0;
	int r;

	r = lists[i].qmail ? list_scanqmail(l, "f", s, strlen(s),
	    lists[i].qmail == 2) : list_scan(l, "f", s, strlen(s), &self,
	    read_it, 0);
	sa->len = 0;
	if (r > 0)
		for (; (t = list_next(l, t)); n++) {
			stralloc_cats(sa, t);
			stralloc_append(sa, ';');
		}
	else
		stralloc_cats(sa, l->why.s);
	stralloc_0(sa);
	ok(!strcmp(sa->s, lists[i].want) && (r < 1 || n == l->n),
	    "list %zu: %s", i, sa->s);
}

static const char *
variable(const stralloc *sa, int n, const char *name)
{
	const char *s = sa->s;

	for (; n--; s += strlen(s) + 1)
		if (!strncmp(s, name, strlen(name)) && s[strlen(name)] == '=')
			return s + strlen(name) + 1;
	return "(none)";
}

static void
environments(void)
{
	static const struct {
		const char *name, *value;
	} want[] = {
		{ "HOME", "/h o" }, { "USER", "joe" }, { "SHELL", "/bin/sh" },
		{ "SENDER", "_touch_x_@z.test" },
		{ "NEWSENDER", "l-owner-@h-@__" }, { "EXT", "a-b-c-d" },
		{ "EXT2", "b-c-d" }, { "EXT3", "c-d" }, { "EXT4", "d" },
		{ "HOST", "m.x.y.test" }, { "HOST2", "m.x.y" },
		{ "HOST3", "m.x" }, { "HOST4", "m" }, { "DEFAULT", "d" },
		{ "CLIENT_HOSTNAME", "a.test_x" },
		{ "CLIENT_ADDRESS", "2001:db8::1" },
		{ "CLIENT_HELO", "____id_" }, { "CLIENT_PROTOCOL", "ESMTP" },
		{ "SASL_USERNAME", "bob@b.test_id_" },
		{ "SASL_METHOD", "PLAIN" }, { "SASL_SENDER", "x+2By@b.test" },
		{ "LOCAL", "joe-a-b-c-d" }, { "ORIGINAL_RECIPIENT", "o@z" },
		{ "TZ", "(none)" }, { "LANG", "C" },
		{ "UFLINE", "From _touch_x_@z.test Thu Jan  1 00:00:00 "
		    "1970\n" },
		{ "RPLINE", "Return-Path: <_touch_x_@z.test>\n" },
		{ "DTLINE", "Delivered-To: joe-a-b-c-d@m.x.y.test\n" },
	};
	struct environment e = { .home = "/h o", .user = "joe", .lang = "C",
	    .sender = "`touch x`@z.test", .original = "o@z",
	    .newsender = "l-owner-@h-@[]",
	    .recipient = "joe-a-b-c-d@m.x.y.test", .ext = "a-b-c-d",
	    .client = "a.test[x[2001:db8::1]", .helo = "() {id}",
	    .proto = "ESMTP", .login = "bob@b.test;id\"",
	    .method = "PLAIN", .auth = "x+2By@b.test", .def = "d", .now = 0 };
	stralloc sa = STRALLOC_ZERO;
	int n = environment_put(&sa, &e);
	size_t i;

	for (i = 0; i < sizeof want / sizeof want[0]; i++)
		ok(!strcmp(variable(&sa, n, want[i].name), want[i].value),
		    "%s=%s", want[i].name, variable(&sa, n, want[i].name));
	e.sender = "";
	e.original = e.ext = e.def = 0;
	e.recipient = "joe";
	sa.len = 0;
	n = environment_put(&sa, &e);
	ok(!*variable(&sa, n, "SENDER") && !*variable(&sa, n, "HOST2") &&
	    !*variable(&sa, n, "EXT4") && !strcmp(variable(&sa, n,
	    "ORIGINAL_RECIPIENT"), "joe") && !strncmp(variable(&sa, n,
	    "UFLINE"), "From MAILER-DAEMON ", 19), "a null sender");
	e.client = "unknown";
	e.helo = e.proto = e.login = 0;
	e.auth = "<>";
	sa.len = 0;
	n = environment_put(&sa, &e);
	ok(!strcmp(variable(&sa, n, "CLIENT_HOSTNAME"), "unknown") &&
	    !strcmp(variable(&sa, n, "CLIENT_ADDRESS"), "(none)") &&
	    !strcmp(variable(&sa, n, "CLIENT_HELO"), "(none)"),
	    "a client without an address");
	ok(!strcmp(variable(&sa, n, "SASL_USERNAME"), "(none)") &&
	    !strcmp(variable(&sa, n, "SASL_SENDER"), "(none)"),
	    "who has not logged in, and AUTH=<>");
	stralloc_free(&sa);
}

int
main(void)
{
	struct list l = LIST_ZERO;
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	paths();
	qmail_names("", "q= ");
	qmail_names("a", "q-a= q-default=a ");
	qmail_names("A-b.c-d", "q-a-b:c-d= q-a-b:c-default=d "
	    "q-a-default=b.c-d q-default=A-b.c-d ");
	qmail_names("a-", "q-a-= q-a-default= q-default=a- ");
	qmail_names("-", "q--= q--default= q-default=- ");
	qmail_names("/x", "q-_x= q-default=/x ");
	for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
		check_list(i, &l, &sa);
	environments();
	list_free(&l);
	stralloc_free(&sa);
	return tap_end();
}
