#ifndef DOTFORWARD_PATH_H
#define DOTFORWARD_PATH_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Where a user's forwarding file may be: the setting forward_path, as of
 * Postfix (local(8)): file names in which $user $home $shell $recipient
 * $local $domain $extension $recipient_delimiter stand for what they say,
 * also as ${name} and $(name); ${name?text} is text if there is a value,
 * ${name:text} if there is none. A file name with a name that has no value
 * is passed over. No I/O. */

struct path_names {
	const char *user, *home, *shell, *recipient;
	const char *ext;		/* 0 or "": none */
	const char *delimiter;		/* the one before ext */
};

/* Append the file name that s[0..n) stands for to sa, with a NUL. In the
 * values, but home and shell, an octet that is not as in environment.h, or a
 * "/", becomes "_". Returns 1; 0 if a name has no value; -1 with EINVAL if it
 * is malformed, or ENOMEM. *bad, if not null, is the offset of what is. */
int path_expand(stralloc *sa, const char *s, size_t n,
    const struct path_names *v, size_t *bad);

/* dot-qmail(5): if the last component of the file name s is ".qmail" the
 * files are .qmail, or with an extension .qmail-EXT and .qmail-...-default.
 * 1 if so. */
int path_isqmail(const char *s, size_t n);

/* The i-th of these behind the file name s[0..n) ("/home/u/.qmail"), from 0,
 * appended with a NUL. In ext capitals are made small and dots colons. *def
 * is where in ext what "default" stands for begins, or 0. Returns 1; 0 if
 * there is no such; -1 with ENOMEM. */
int path_qmail(stralloc *sa, const char *s, size_t n, const char *ext,
    unsigned int i, const char **def);

#endif
