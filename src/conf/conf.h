#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "table/table.h"

/* Settings in force: etc/pneu.cdb, compiled by pneu-conf from etc/pneu.conf
 * and the tables beside it. All settings stand in conf/settings.h, one row
 * each: X(name, TYPE, default, min, max, unit, prose). A setting called
 * myhostname is CONF_myhostname here. Values in the cdb are checked and
 * canonical; a cdb without a value, or with one that this build refuses,
 * gives the default. */

#define CONF_FILE_OCTETS 65536	/* of queue_minfree go with a file */

enum conf_key {
#define X(name, type, def, min, max, unit, prose) CONF_##name,
#include "conf/settings.h"
#undef X
	CONF_N
};

enum conf_type {
	CONF_NUMBER,	/* decimal within min..max */
	CONF_TIME,	/* seconds; written 30, 30s, 5m, 4h, 5d, 1w */
	CONF_SIZE,	/* octets; written 10240000, 64k, 10m, 1g */
	CONF_BOOL,	/* yes or no */
	CONF_WORD,	/* one of the words in unit, "a|b|c" */
	CONF_STRING,	/* text */
	CONF_TEXT,	/* text in which no $ is replaced */
	CONF_LIST	/* words divided by spaces or commas; kept as NUL-ended
			 * strings one after another */
};

struct conf {
	struct table *t;
	uint64_t num[CONF_N];		/* NUMBER, TIME, SIZE, BOOL (0, 1),
					 * WORD (its place in unit, from 0) */
	const char *str[CONF_N];	/* STRING, LIST, WORD; never 0 */
	size_t len[CONF_N];		/* of str, without the last NUL */
	char *own;			/* holds them */
};

/* Read the compiled settings at path, or take the defaults if path is 0.
 * $myhostname stands for the setting in values and defaults; if that one is
 * empty it becomes the kernel's name of the host (pneu-conf has written the
 * full one into the cdb). Strings live until conf_close; c may be copied.
 * Returns 1, or -1 with errno. */
int conf_open(struct conf *c, const char *path);
void conf_close(struct conf *c);

/* Shorthand: conf_num(c, smtpd_timeout), conf_str(c, myhostname). */
#define conf_num(c, name) ((c)->num[CONF_##name])
#define conf_str(c, name) ((c)->str[CONF_##name])

/* The items of a LIST: for (s = conf_first(c, k); s; s = conf_next(c, k, s)) */
const char *conf_first(const struct conf *c, enum conf_key k);
const char *conf_next(const struct conf *c, enum conf_key k, const char *s);

/* 1 if the list holds word, without regard to case. A long list is looked up
 * in the cdb, where each of its items has a row of its own. */
int conf_has(const struct conf *c, enum conf_key k, const char *word, size_t n);

/* Look key up in a table compiled beside the settings ("routes",
 * "virtual_mailboxes", "relay_recipients"); keys are in lower case. Returns
 * 1 with *v and *n set (into the map, no NUL), 0 if absent, -1 with errno.
 * relay_recipients also has a row, of any value, for each domain of which it
 * has addresses.
 * In the cdb the row of table T, key K is "T:K", and a setting's is ":NAME",
 * its value as conf_value (conf/value.h) gives it. */
int conf_lookup(const struct conf *c, const char *table, const char *key,
    size_t keylen, const char **v, size_t *n);

#endif
