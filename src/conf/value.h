#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"

/* One setting, a row of conf/settings.h. min and max bound the value of
 * NUMBER, TIME and SIZE, the octets of STRING, the items of LIST. */
struct conf_setting {
	const char *name;
	enum conf_type type;
	const char *def;	/* as it would stand in pneu.conf */
	uint64_t min, max;
	const char *unit;	/* of WORD: the words, "a|b|c" */
	const char *prose;
};

extern const struct conf_setting conf_settings[CONF_N];

/* The setting called s[0..n). Returns its enum conf_key, or -1. */
int conf_find(const char *s, size_t n);

/* Parse s[0..n), a value as it stands in pneu.conf, as setting k. *num gets
 * the number (of WORD and BOOL the place, of STRING and LIST 0); appended to
 * sa, with a NUL behind it, is the canonical form that is kept in the cdb:
 * decimal digits, yes or no, the word, the string; of a LIST each item with
 * a NUL behind it (nothing if empty). Returns 1, or -1 with errno EINVAL
 * (not of that type), ERANGE (too small, large, long or many) or ENOMEM; *bad
 * is then the offset of the octet at fault. */
int conf_value(enum conf_key k, const char *s, size_t n, uint64_t *num,
    stralloc *sa, size_t *bad);

/* Append s[0..n) with $myhostname and ${myhostname} replaced; no other name
 * may follow a $. Returns 1, or -1 with errno EINVAL (*bad is the offset of
 * the $) or ENOMEM. */
int conf_expand(stralloc *sa, const char *s, size_t n, const char *myhostname,
    size_t *bad);

/* The same for a value of setting k: in a TEXT nothing is replaced. */
int conf_expand_for(enum conf_key k, stralloc *sa, const char *s, size_t n,
    const char *myhostname, size_t *bad);

/* Append what is expected of setting k, for messages and the man page:
 * "a time from 1s to 7d". Returns 1, or 0 with ENOMEM. */
int conf_expected(enum conf_key k, stralloc *sa);

/* Append u as it would be written for a setting of that type: 300 is "5m"
 * as TIME, 67108864 "64m" as SIZE, 1 "yes" as BOOL. Returns 1, or 0. */
int conf_write(enum conf_type type, uint64_t u, stralloc *sa);

#endif
