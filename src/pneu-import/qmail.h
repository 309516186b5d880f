#ifndef PNEU_IMPORT_QMAIL_H
#define PNEU_IMPORT_QMAIL_H

#include "pneu-import/plan.h"
#include "pneu-import/source.h"

/* qmail's configuration: control/, alias/, users/, rc. */
struct qmail {
	const struct source *src;
	struct plan *plan;
	const char *me, *origin;	/* control/me; where a name without a
					 * domain is */
	genalloc local, relay, virtual;	/* of struct word: domains */
	const char *delivery;		/* where a user's mail goes by
					 * default, "./Maildir/", or 0 */
	int commands;			/* an alias runs a command */
};

/* The first line of control/NAME, or 0; *at is its place. */
const char *qmail_line(struct qmail *q, const char *name, struct origin *at);

/* The lines of control/NAME (struct word), in lower case. Returns 1, or 0 if
 * there is no such file. */
int qmail_lines(struct qmail *q, const char *name, genalloc *v);

/* s, a name without domain, with one: qmail's own, if that is not where such
 * names are for us. */
const char *qmail_address(struct qmail *q, const char *s);

/* All of control/. */
void qmail_control(struct qmail *q);

/* locals, rcpthosts, virtualdomains: whose domains. */
void qmail_domains(struct qmail *q);

/* alias/.qmail-NAME. */
void qmail_aliases(struct qmail *q);

/* A .qmail file (dot-qmail(5)) s[0..n) as a value of aliases(5), "" if it
 * holds nothing but comments; what has no counterpart is told at *at. dir is
 * the folder that relative names are in. */
const char *qmail_dot(struct qmail *q, const char *s, size_t n,
    const struct origin *at, const char *dir);

/* users/assign. */
void qmail_users(struct qmail *q);

#endif
