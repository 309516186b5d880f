#include "pneu-import/sm.h"

#include <errno.h>
#include <string.h>
#include <skalibs/strerr.h>
#include <skalibs/stralloc.h>

/* The name of a class or macro at *s: "w", "{VirtHost}"; *s goes behind. */
static char *
name(const char **s)
{
	size_t n = **s == '{' ? strcspn(*s, "}") + 1 : **s != 0;
	char *t;

	if (n > strlen(*s))
		n = strlen(*s);
	t = str_keepb(*s, n);
	*s += n;
	return t;
}

genalloc *
sm_words(struct sm *x, const char *class)
{
	const struct { const char *name; genalloc *v; } all[] = {
		{ "w", &x->local }, { "R", &x->relay },
		{ "{R}", &x->relay }, { "E", &x->exposed },
		{ "{E}", &x->exposed }, { "G", &x->generics },
		{ "{G}", &x->generics }, { "{VirtHost}", &x->virthost },
		{ "M", &x->masqued }, { "{M}", &x->masqued },
		{ "N", &x->unmasqued }, { "{N}", &x->unmasqued },
	};
	size_t i;

	for (i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!strcmp(all[i].name, class))
			return all[i].v;
	return 0;
}

void
sm_class(struct sm *x, const char *class, const char *words,
    const struct origin *at)
{
	genalloc *v = sm_words(x, class), w = GENALLOC_ZERO;
	size_t i;

	if (!v)
		return;
	str_words(&w, words, at);
	for (i = 0; i < genalloc_len(struct word, &w); i++) {
		const char *s = genalloc_s(struct word, &w)[i].s;

		if (*s == '$')
			s = !strcmp(s, "$j") ? x->host : 0;
		if (s && !sm_has(v, s))
			str_addword(v, str_lower(s), at);
	}
}

/* "-o /etc/mail/local-host-names %[^\#]": the first word of each line. */
void
sm_classfile(struct sm *x, const char *class, const char *spec,
    const struct origin *at)
{
	stralloc sa = STRALLOC_ZERO;
	struct lines t;
	struct line l;
	const char *path;
	int optional = 0;

	if (!sm_words(x, class))
		return;
	while (*spec == ' ' || *spec == '\t')
		spec++;
	if (str_starts(spec, "-o")) {
		optional = 1;
		spec += 2;
		spec += strspn(spec, " \t");
	}
	if (*spec != '/') {
		plan_lost(x->plan, at, 0, "a class that is not read from a "
		    "file");
		return;
	}
	path = source_path(x->src, str_keepb(spec, strcspn(spec, " \t")));
	if (source_read(&sa, path) <= 0) {
		if (!optional)
			plan_tell(x->plan, at, 0,
			    str_cat("there is no ", path));
		return;
	}
	lines_open(&t, sa.s, sa.len);
	while (lines_next(&t, &l, 0)) {
		struct origin here = { path, l.number, l.s };

		sm_class(x, class, str_keepb(l.s, strcspn(l.s, " \t#")),
		    &here);
	}
}

void
sm_macro(struct sm *x, const char *n, const char *value,
    const struct origin *at)
{
	const struct { const char *name; struct sm_macro *m; } all[] = {
		{ "S", &x->smart }, { "H", &x->hub }, { "L", &x->luser },
		{ "M", &x->masq },
	};
	size_t i;

	for (i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!strcmp(all[i].name, n)) {
			all[i].m->value = *value ? value : 0;
			all[i].m->at = *at;
		}
	if (!strcmp(n, "j") && !strchr(value, '$'))
		x->host = value;
	if (!strcmp(n, "R") && *value)
		plan_lost(x->plan, at, 0, "names without a domain are this "
		    "host's with pneu");
}

/* "hash -o /etc/mail/mailertable": the last word is the file. */
void
sm_map(struct sm *x, const char *n, const char *spec, const struct origin *at)
{
	genalloc w = GENALLOC_ZERO;
	struct sm_map m = { n, 0, *at };
	const char *type;
	size_t k;

	str_words(&w, spec, at);
	k = genalloc_len(struct word, &w);
	if (!k)
		return;
	type = genalloc_s(struct word, &w)[0].s;
	m.file = genalloc_s(struct word, &w)[k - 1].s;
	if (*m.file == '/' && (!strcmp(type, "hash") || !strcmp(type, "btree")
	    || !strcmp(type, "dbm") || !strcmp(type, "cdb") ||
	    !strcmp(type, "text") || !strcmp(type, "implicit"))) {
		if (!genalloc_append(struct sm_map, &x->maps, &m))
			str_nomem();
	} else if (strcmp(type, "arith") && strcmp(type, "macro") &&
	    strcmp(type, "dequote") && strcmp(type, "host") &&
	    strcmp(type, "regex") && strcmp(type, "user"))
		plan_lost(x->plan, at, 0, "pneu looks up in its own tables "
		    "only");
}

const struct sm_map *
sm_findmap(const struct sm *x, const char *n)
{
	const struct sm_map *m = genalloc_s(struct sm_map, &x->maps);
	size_t i;

	for (i = 0; i < genalloc_len(struct sm_map, &x->maps); i++)
		if (!strcmp(m[i].name, n))
			return m + i;
	return 0;
}

static void
mailer(struct sm *x, const char *s, const struct origin *at)
{
	static const char *const known[] = { "local", "prog", "smtp", "esmtp",
	    "smtp8", "dsmtp", "relay", "procmail", "*file*", "*include*", 0 };
	char *n = str_keepb(s, strcspn(s, ", \t"));
	const char *const *k;

	if (!strcmp(n, "local")) {
		x->mailer = s;
		x->mailerat = *at;
		return;
	}
	for (k = known; *k && strcmp(*k, n); k++)
		;
	if (!*k)
		plan_tell(x->plan, at, 0, "pneu has no such mailer; what "
		    "goes to it is told where it is named");
}

void
sm_line(struct sm *x, const char *s, const struct origin *at)
{
	const char *rest = s + 1, *eq;
	char *n;

	switch (*s) {
	case 'D':
		n = name(&rest);
		sm_macro(x, n, str_trim(rest, strlen(rest)), at);
		break;
	case 'C':
		n = name(&rest);
		sm_class(x, n, rest, at);
		break;
	case 'F':
		n = name(&rest);
		sm_classfile(x, n, rest, at);
		break;
	case 'K':
		n = str_keepb(rest, strcspn(rest, " \t"));
		sm_map(x, n, rest + strlen(n), at);
		break;
	case 'O':
		rest += strspn(rest, " \t");
		eq = strchr(rest, '=');
		if (s[1] != ' ' || !eq)
			plan_lost(x->plan, at, 0,
			    "an option in the short form of before 8.7");
		else
			sm_option(x, str_trim(rest, (size_t)(eq - rest)),
			    str_trim(eq + 1, strlen(eq + 1)), at);
		break;
	case 'M': mailer(x, rest, at); break;
	case 'X':
		plan_lost(x->plan, at, 0, "pneu has no milters");
		break;
	case 'Q':
		plan_tell(x->plan, at, 0, "pneu has one queue");
		break;
	}
}

int
sm_cf(struct sm *x)
{
	const char *path = source_path(x->src, "sendmail.cf");
	struct origin at = { path, 0, 0 };
	stralloc sa = STRALLOC_ZERO;
	struct lines t;
	struct line l;
	int r = source_read(&sa, path);

	if (r < 0)
		strerr_diefusys(111, "read ", path);
	if (!r)
		return 0;
	lines_open(&t, sa.s, sa.len);
	while (lines_next(&t, &l, 1)) {
		at.line = l.number;
		at.text = l.s;
		sm_line(x, l.s, &at);
	}
	at.line = 0;
	plan_tell(x->plan, &at, "rulesets (S, R)", "taken for those that the "
	    "m4 files make; rules of one's own are not read");
	return 1;
}
