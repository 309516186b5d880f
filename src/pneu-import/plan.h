#ifndef PNEU_IMPORT_PLAN_H
#define PNEU_IMPORT_PLAN_H

#include <stddef.h>
#include <skalibs/genalloc.h>

#include "pneu-import/str.h"

/* What is to be written: settings and rows of tables, each with the line
 * that it is from; and what is to be told of lines that are not. */

enum plan_table {
	PLAN_ROUTES, PLAN_MAILBOXES, PLAN_RECIPIENTS, PLAN_ALIASES,
	PLAN_VIRTUAL, PLAN_CANONICAL, PLAN_SENDER_CANONICAL,
	PLAN_RECIPIENT_CANONICAL, PLAN_GENERIC, PLAN_BCC, PLAN_TLS,
	PLAN_LOGINS,	/* of its values nothing is ever told */
	PLAN_TABLES
};

extern const char *const plan_tables[PLAN_TABLES];	/* names of files */

struct plan_setting {
	const char *name, *value;
	struct origin at;
};

struct plan_row {
	enum plan_table table;
	const char *key, *value;	/* the key in lower case */
	struct origin at;
	int same;			/* as it was: no comment */
	size_t number;			/* in order of coming */
};

enum plan_kind {
	PLAN_LOST,	/* no counterpart: we do other than they did */
	PLAN_TOLD	/* worth knowing; nothing is lost */
};

struct plan_note {
	enum plan_kind kind;
	struct origin at;
	const char *what, *why;
};

struct plan {
	genalloc settings, rows, notes;	/* of the structs above */
	size_t lost;
};

#define PLAN_ZERO { GENALLOC_ZERO, GENALLOC_ZERO, GENALLOC_ZERO, 0 }

/* Set one of our settings; what was said before of it is replaced. A value
 * that is not in its range is taken to the nearest that is, and told; one
 * that makes no sense is lost, and so is a setting that this build does not
 * have. Returns 1, or 0 if it is lost. */
int plan_set(struct plan *p, const char *name, const char *value,
    const struct origin *at);

/* Set one whose value is a user that commands run as: told, and not set, if
 * he is not known here, or below min_uid. */
int plan_setuser(struct plan *p, const char *name, const char *user,
    const struct origin *at);

/* One more source address for connections; another of its family is
 * replaced. "" and the address of all are none. */
void plan_addbind(struct plan *p, const char *address,
    const struct origin *at);

/* What is set, or 0. */
const struct plan_setting *plan_find(const struct plan *p, const char *name);

/* 1 if this build of pneu has a setting of that name. */
int plan_has(const char *name);

/* Add a row. same: it stands so in the source. A row that our tables do not
 * take is lost. Of rows with one key the first counts. */
void plan_row(struct plan *p, enum plan_table t, const char *key,
    const char *value, const struct origin *at, int same);

/* The files of aliases in force: /etc/aliases first if referred, then our
 * own, if there are rows for it. To be called when all rows are there. */
void plan_setaliases(struct plan *p, int referred, const struct origin *at);

/* Number of rows of a table. */
size_t plan_rows(const struct plan *p, enum plan_table t);

/* The row of that key (in lower case), or 0. */
const struct plan_row *plan_findrow(const struct plan *p, enum plan_table t,
    const char *key);

/* Say why what (0: the line itself) is lost, or what is to be known of it. */
void plan_lost(struct plan *p, const struct origin *at, const char *what,
    const char *why);
void plan_tell(struct plan *p, const struct origin *at, const char *what,
    const char *why);

/* Why a row of ours may not be so, or 0. Pure. */
const char *plan_wrong(enum plan_table t, const char *key, const char *value);

/* 1 if s is a next hop as relayhost and routes have them. */
int plan_isnexthop(const char *s);

/* Write all of it below home, which must not be there, or be empty:
 * home/etc/pneu.conf, tables, and home/import.report. what is for their
 * first lines. Dies if it cannot. */
void plan_write(struct plan *p, const char *home, const char *what);

/* What is lost as lines "FILE:LINE: TEXT: WHY", appended to sa, and if notes
 * all else behind it. */
void plan_report(const struct plan *p, int notes, stralloc *sa);

#endif
