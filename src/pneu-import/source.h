#ifndef PNEU_IMPORT_SOURCE_H
#define PNEU_IMPORT_SOURCE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#define SOURCE_FILE_OCTETS (1u << 28)	/* one file */

/* The configuration that is read. It need not be this host's: dir is where
 * it lies now, base its place on the host where it was in force, and root
 * the place of that host's other files. */
struct source {
	const char *dir;	/* /tmp/copy/etc/postfix */
	const char *base;	/* /etc/postfix */
	const char *root;	/* /tmp/copy, or "" */
};

/* Where the file lies that the configuration calls name: below base it is
 * taken from dir, and so is a relative name; all others from root. */
char *source_path(const struct source *x, const char *name);

/* 1 if the file is this host's /etc/aliases, which people and packages go on
 * changing where it is: no copy of it is made. */
int source_isaliases(const struct source *x, const char *name);

/* The whole of a file, appended to sa. Returns 1, 0 if there is none, -1
 * with errno. */
int source_read(stralloc *sa, const char *path);

/* Lines of a text. */
struct lines {
	const char *s;
	size_t n, pos;
	unsigned int line;	/* of the next one */
};

struct line {
	char *s;		/* kept; without white space at its end */
	unsigned int number;	/* where it begins, from 1 */
};

void lines_open(struct lines *x, const char *s, size_t n);

/* The next line that is neither empty nor a comment ('#' first). If fold,
 * lines that begin with white space continue it, as with Postfix, aliases(5)
 * and sendmail.cf. Returns 1, or 0 at the end. */
int lines_next(struct lines *x, struct line *l, int fold);

#endif
