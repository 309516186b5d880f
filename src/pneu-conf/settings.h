#ifndef PNEU_CONF_SETTINGS_H
#define PNEU_CONF_SETTINGS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "conf/value.h"
#include "pneu-conf/report.h"
#include "pneu-conf/text.h"

#define SETTINGS_FILE_OCTETS (1u << 20)	/* one file of settings */
#define SETTINGS_DEPTH 10		/* includes within includes */
#define SETTINGS_FILES 1000

/* Where a setting is said: file is 0 if it is not. */
struct given {
	const char *file;
	struct text_line l;
	size_t name, value, valuelen;	/* offsets in l */
};

/* All settings as pneu.conf and what it includes say them. */
struct settings {
	struct given given[CONF_N];
	stralloc canon[CONF_N];		/* conf_value's, also of defaults */
	uint64_t num[CONF_N];
	genalloc files;			/* of char *: names, kept for places */
	struct report *report;
};

/* Read path, whose text is s[0..n) if s is not 0. All that is wrong goes to
 * the report; a setting that is wrong has its default. host is what an empty
 * myhostname becomes. x is zeroed first. */
void settings_load(struct settings *x, struct report *r, const char *path,
    const char *s, size_t n, const char *host);
void settings_free(struct settings *x);

/* Where octet off of the value of k stands. */
void settings_place(const struct settings *x, enum conf_key k, size_t off,
    struct place *p);

/* The items of list k as they are written: call with *pos 0; item is the
 * item with $myhostname replaced, *off its offset in the value. Returns 1,
 * or 0 at the end. */
int settings_item(const struct settings *x, enum conf_key k, size_t *pos,
    stralloc *item, size_t *off);

/* The value of a STRING or WORD. */
const char *settings_str(const struct settings *x, enum conf_key k);

#endif
