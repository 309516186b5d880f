#ifndef PNEU_PASSWD_PASSWD_H
#define PNEU_PASSWD_PASSWD_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#define PASSWORD_OCTETS 255	/* RFC 4616 section 2 */

/* ask.c: read a password from descriptor 0, a line without its end; from a
 * terminal twice and without echo. With a NUL. Dies with a message. */
void ask_password(stralloc *sa);

enum edit_verb { EDIT_ADD, EDIT_CHANGE, EDIT_DELETE };

/* edit.c: the text s[0..n) of the file with user's line added, changed or
 * removed, to out; line is his new one, without a newline. Other lines stay
 * as they are. Returns 1, 0 with ENOMEM, or -1: he is there already (add),
 * or he is not. */
int edit_text(stralloc *out, enum edit_verb verb, const char *s, size_t n,
    const char *user, const stralloc *line);

#endif
