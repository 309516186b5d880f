#ifndef PNEU_CONF_PNEU_CONF_H
#define PNEU_CONF_PNEU_CONF_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "pneu-conf/check.h"

#define SETTINGS "etc/pneu.conf"	/* from the home */
#define COMPILED "etc/pneu.cdb"

/* Append the full name of this host: the kernel's if it has a dot, else the
 * first name with one beside it in hosts(5) (its text is hosts[0..n)), else
 * the kernel's with ".localdomain". */
void host_name(stralloc *sa, const char *kernel, const char *hosts, size_t n);

/* Read, and check in full, what an instance is configured by. s[0..n), if
 * not 0, stands for the text of pneu.conf. What is wrong is printed. Returns
 * 1 if there is no error, or 0. */
int all_load(struct all *a, const char *s, size_t n);
void all_free(struct all *a);

/* Write the cdb and put it in force. Dies if it cannot. */
void compile(const struct all *a);

/* A cdb in the making: rows are "TABLE:KEY" (conf/conf.h). */
struct out {
	struct table_maker *m;
	stralloc key;
};

/* The rows of the aliases, and what is known of their files. */
void out_aliases(struct out *o, const struct aliases *x);

/* Tell every service that is supervised, or one, to read its settings
 * anew. */
void tell(void);
void tell_stage(const char *name);

/* "show" and "get". what: 'a' all, 'n' those that have not their default,
 * 'd' the defaults. Returns the exit status. */
int show(int what, const char *const *names);
int get(const char *const *names);

/* The text s[0..n) of pneu.conf with a setting changed, appended to sa: its
 * last place in the text gets the value, or is removed if value is 0; it is
 * put at the end if there is none. Comments stay. Returns 1; 0 (as it was)
 * if there is none to remove. */
int set_text(stralloc *sa, const char *s, size_t n, const char *name,
    const char *value);

/* "set NAME=VALUE..." and "unset NAME...". Returns the exit status. */
int set(const char *const *args, int remove);

/* pneu.conf(5) on standard output. */
void man(void);

#endif
