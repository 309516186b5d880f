#ifndef PNEU_IMPORT_MAINCF_H
#define PNEU_IMPORT_MAINCF_H

#include <skalibs/genalloc.h>

#include "pneu-import/plan.h"
#include "pneu-import/source.h"

/* Postfix's main.cf and master.cf as they are read. */

struct param {
	const char *name, *value;	/* as it stands */
	struct origin at;
	int done;			/* translated, or told of */
	int used;			/* another value names it */
};

/* A line of master.cf. */
struct service {
	const char *name, *type, *command;
	genalloc args;			/* of struct word */
	struct origin at;
};

struct maincf {
	const struct source *src;
	struct plan *plan;
	genalloc params, services;	/* of the structs above */
	const char *host;		/* this host's name */
};

/* Read both files. A line that is none is told; a master.cf that is not
 * there is as Postfix brings it. Returns 1, or 0 if there is no main.cf. */
int maincf_read(struct maincf *m);

/* The parameter as main.cf has it, or 0. */
struct param *maincf_param(const struct maincf *m, const char *name);

/* The value in force, names replaced: main.cf's, or the default of those
 * that an import looks at. "" if there is neither, or it does not parse. */
const char *maincf_value(struct maincf *m, const char *name);

/* The value of p, names replaced; 0, and told, if it does not parse. */
const char *maincf_expand(struct maincf *m, struct param *p);

/* Where the value of name is from: its line, or "Postfix's default". */
struct origin maincf_origin(const struct maincf *m, const char *name);

/* The service of that name and type ("inet", or "unix"), or 0. */
const struct service *maincf_service(const struct maincf *m,
    const char *name, const char *type);

#endif
