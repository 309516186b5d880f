#ifndef PNEU_BOUNCE_DSN_INTERNAL_H
#define PNEU_BOUNCE_DSN_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "dsn.h"
#include "mail/date.h"
#include "text.h"
#include "wire/verdict.h"

/* What the files dsn*.c have of each other. */

/* The next recipient, from the index i on, that this is about. */
size_t dsn_next(const struct dsn *d, size_t i);

/* His verdict, whose text is the order's. */
void dsn_why(const struct dsn *d, size_t i, struct verdict *v);

/* What it says to people: n octets, without the action before it, by which
 * pneu-send remembers it. */
const char *dsn_said(const struct dsn *d, size_t i, const struct verdict *v,
    size_t *n);

/* A date (Unix seconds) as header fields have it. */
void dsn_date_fmt(char s[DATE_FMT], uint64_t when);
void dsn_date(struct text *t, uint64_t when);

/* Begin a part of the multipart/report. */
void dsn_part(struct text *t, const struct dsn *d, const char *what,
    const char *type);

/* dsn_people.c: the header, and the part for people. */
void dsn_header(struct text *t, const struct dsn *d);
void dsn_people(struct text *t, const struct dsn *d);

/* dsn_words.c: of a notification about a notification. */
extern const char dsn_double_text[];

#endif
