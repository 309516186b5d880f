#ifndef PNEU_IMPORT_SM_H
#define PNEU_IMPORT_SM_H

#include "pneu-import/plan.h"
#include "pneu-import/source.h"

/* Sendmail's configuration: what sendmail.cf says, or what a sendmail.mc
 * without it would have said there. */

/* A line D. */
struct sm_macro {
	const char *value;		/* 0: not there */
	struct origin at;
};

/* A line K. */
struct sm_map {
	const char *name, *file;
	struct origin at;
};

struct sm {
	const struct source *src;
	struct plan *plan;
	const char *host;		/* this host's name: $j */
	struct sm_macro smart, hub, luser, masq;	/* $S $H $L $M */
	genalloc local, relay, exposed, generics, virthost, masqued,
	    unmasqued;			/* $=w R E G VirtHost M N: words */
	genalloc maps;			/* of struct sm_map */
	genalloc features;		/* of struct word: FEATURE names */
	genalloc nets, listen;		/* of struct word */
	genalloc aliases;		/* of struct word: alias files */
	genalloc valias;		/* of struct word: virtual domains */
	struct sm_macro cert, key;	/* of the server */
	const char *mailer;		/* the P= and A= of mailer local */
	struct origin mailerat;
	int cf;				/* there is a sendmail.cf */
};

/* The two files. Return 1, or 0 if it is not there. */
int sm_cf(struct sm *x);
int sm_mc(struct sm *x);

/* A line of sendmail.cf, as LOCAL_CONFIG of sendmail.mc has them, too. */
void sm_line(struct sm *x, const char *s, const struct origin *at);

/* What both say, in the words of sendmail.cf. class: "w", "{VirtHost}". */
void sm_class(struct sm *x, const char *class, const char *words,
    const struct origin *at);
void sm_classfile(struct sm *x, const char *class, const char *spec,
    const struct origin *at);
void sm_macro(struct sm *x, const char *name, const char *value,
    const struct origin *at);
void sm_map(struct sm *x, const char *name, const char *spec,
    const struct origin *at);
void sm_option(struct sm *x, const char *name, const char *value,
    const struct origin *at);
void sm_daemon(struct sm *x, const char *spec, const struct origin *at);

/* define(`confNAME'): the option that it sets, or 0. */
const char *sm_optionof(const char *conf);

/* Why an option, or what is defined for it, has no counterpart; *lost is 0 if
 * nothing is lost by that. */
const char *sm_why(const char *name, int *lost);

/* FEATURE(`name'): is it there? */
int sm_feature(const struct sm *x, const char *name);

/* "mailer:host" as a value of our table routes, or 0 if that mailer is not
 * SMTP's. */
const char *sm_route(const char *s);

/* Tables, then classes, become ours. */
void sm_tables(struct sm *x);
void sm_access(struct sm *x);
void sm_virtuser(struct sm *x, const struct sm_map *map);
void sm_masquerade(struct sm *x);
void sm_domains(struct sm *x);

/* sm_auth.c: certificates; a row of access or authinfo that is a login: 1, or
 * 0: it is none. */
struct pair;
void sm_auth(struct sm *x);
int sm_login(struct sm *x, const struct pair *q);

/* The rows of a map (struct pair), whose name is told if it cannot be read.
 * Returns 1, or 0. */
int sm_rows(struct sm *x, const struct sm_map *map, genalloc *v);

/* The map of that name, or 0. */
const struct sm_map *sm_findmap(const struct sm *x, const char *name);

/* The list of class names as words, for sm_class; 0 if we have no such. */
genalloc *sm_words(struct sm *x, const char *class);

/* A network of access or relay-domains ("10.1", "192.0.2.7") as one of ours,
 * or 0 if it is no network. */
const char *sm_network(const char *s);

/* 1 if the domain is in v. */
int sm_has(const genalloc *v, const char *domain);

#endif
