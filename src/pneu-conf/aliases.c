#include <skalibs/nonposix.h>

#include "pneu-conf/aliases.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "run/service.h"

/* Postfix has the type of a table before its name; ours have none. */
static const char *
path_of(const char *item)
{
	static const char *const types[] = {
		"hash:", "btree:", "cdb:", "lmdb:", "dbm:", "texthash:", 0
	};
	size_t i;

	for (i = 0; types[i]; i++)
		if (!strncmp(item, types[i], strlen(types[i]))) {
			item += strlen(types[i]);
			break;
		}
	return item[0] == '/' ? item : run_path(item);
}

/* As the file is now; one that is not there may come to be. */
static void
note_source(struct aliases *x, const char *path)
{
	char s[100];
	struct stat st;

	if (stat(path, &st) < 0)
		sprintf(s, "-1 0 0 ");
	else
		snprintf(s, sizeof s, "%lld %ld %lld ",
		    (long long)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec,
		    (long long)st.st_size);
	if (!stralloc_cats(&x->sources, s) ||
	    !stralloc_cats(&x->sources, path) ||
	    !stralloc_append(&x->sources, '\n'))
		report_nomem();
}

void
aliases_load(struct aliases *x, struct report *r, const struct list *maps,
    genalloc *files)
{
	stralloc keep = STRALLOC_ZERO;
	size_t at;

	for (at = 0; at < maps->n; at += strlen(maps->s + at) + 1) {
		keep.s = 0;	/* the last one is a place's file by now */
		keep.len = keep.a = 0;
		if (!stralloc_cats(&keep, path_of(maps->s + at)) ||
		    !stralloc_0(&keep) ||
		    !genalloc_append(char *, files, &keep.s))
			report_nomem();
		note_source(x, keep.s);
		rows_load(&x->rows, ROWS_ALIASES, r, keep.s, 0, 0);
	}
}

void
aliases_free(struct aliases *x)
{
	rows_free(&x->rows);
	stralloc_free(&x->sources);
	stralloc_free(&x->dirs);
}

void
aliases_note(struct aliases *x, const char *target, size_t n)
{
	static const char include[] = ":include:";
	size_t m = sizeof include - 1, i, at = 0, end;

	if (n <= m || memcmp(target, include, m) || target[m] != '/')
		return;
	target += m;
	n -= m;
	for (i = n; i > 1 && target[i - 1] != '/'; i--)
		;
	n = i > 1 ? i - 1 : 1;
	for (; at < x->dirs.len; at = end + 1) {
		const char *nl = memchr(x->dirs.s + at, '\n',
		    x->dirs.len - at);

		end = (size_t)(nl - x->dirs.s);
		if (end - at == n && !memcmp(x->dirs.s + at, target, n))
			return;
	}
	if (!stralloc_catb(&x->dirs, target, n) ||
	    !stralloc_append(&x->dirs, '\n'))
		report_nomem();
}
