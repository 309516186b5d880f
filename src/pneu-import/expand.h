#ifndef PNEU_IMPORT_EXPAND_H
#define PNEU_IMPORT_EXPAND_H

#define EXPAND_DEPTH 50		/* of names within values of names */

/* The value of a name as it stands in main.cf, or 0 if it has none. */
typedef const char *expand_lookup(void *x, const char *name);

/* s with $name, ${name}, $(name), ${name?a}, ${name?{a}:{b}}, ${name:b},
 * ${{a} == {b} ? {c} : {d}} and $$ replaced as postconf(5) has it; the
 * result is kept. A name without a value is nothing. Returns 0 if it does
 * not parse or is deeper than EXPAND_DEPTH. */
char *expand(const char *s, expand_lookup *lookup, void *x);

#endif
