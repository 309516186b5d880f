#ifndef PNEU_CONF_ROWS_H
#define PNEU_CONF_ROWS_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "pneu-conf/report.h"
#include "pneu-conf/text.h"

/* A table beside the settings: lines "key value". */

#define ROWS_FILE_OCTETS (1u << 30)

enum rows_kind {
	ROWS_ROUTES, ROWS_MAILBOXES, ROWS_RECIPIENTS,
	ROWS_ALIASES,		/* aliases(5): name: targets */
	ROWS_VIRTUAL,		/* address, @domain, domain or name; targets */
	ROWS_MAP,		/* address, @domain or name; one address */
	ROWS_TLS,		/* destination, level and what to match */
	ROWS_SENDERS,		/* user; addresses, @domains, * */
	ROWS_BCC		/* always ADDRESS; sender or recipient: a key as
				 * of virtual, ADDRESS. All of it is the key */
};

struct row {
	size_t key, keylen, value, valuelen;	/* offsets in s */
	struct place p;				/* of the key */
};

struct rows {
	const char *name;
	stralloc s;
	genalloc r;		/* of struct row, sorted by key, no key twice */
	size_t bad;		/* while loading: offset in the line of what
				 * is wrong */
	int warn;		/* and that it is no error, but no row */
};

#define ROWS_ZERO(table) { (table), STRALLOC_ZERO, GENALLOC_ZERO, 0, 0 }

/* Read the table from path (its text is s[0..n) if s is not 0) into x, keys
 * and values in the form in which they are looked up. A file that is not
 * there is an empty table. What is wrong goes to the report. Of keys that x
 * has from another file already those are kept. */
void rows_load(struct rows *x, enum rows_kind kind, struct report *r,
    const char *path, const char *s, size_t n);

/* Of a line of aliases: offsets of the key's end and of the value. Returns 0,
 * or what is wrong with it, at *value. */
const char *rows_scanalias(const struct text_line *l, size_t *keylen,
    size_t *value);

/* For rows_load: what the row becomes; 0 or what is wrong with it. Values
 * become texts of targets (wire/route.h), a newline between two. */
const char *rows_checkalias(struct rows *x, struct row *row);
const char *rows_checkvirtual(struct rows *x, struct row *row);
const char *rows_checkmap(struct rows *x, struct row *row);
const char *rows_checksenders(struct rows *x, struct row *row);
const char *rows_checkbcc(struct rows *x, struct row *row);

/* A row of bcc is a key "a", "s" or "r", then address, newline, target;
 * octets up to the newline. */
size_t bcc_keylen(const char *key, size_t n);

void rows_free(struct rows *x);

/* The row of that key, or 0. */
const struct row *rows_find(const struct rows *x, const char *key, size_t n);

/* 1 if s[0..n) is a next hop, as relayhost and the table routes have them:
 * host, [host], [address], each with ":port" or not; or of LMTP
 * (smtp/nexthop.h). */
int rows_isnexthop(const char *s, size_t n);

#endif
