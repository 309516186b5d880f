#ifndef PNEU_CONF_TEXT_H
#define PNEU_CONF_TEXT_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

/* The text of pneu.conf and of the tables beside it, as logical lines, the
 * way Postfix has them (postconf(5)): a line that begins with white space
 * continues the one before it; empty lines, and lines whose first octet
 * other than white space is '#', are passed over, between continued ones
 * too. White space at a line's end, CR included, is dropped. */

#define TEXT_LINE_OCTETS (1u << 20)	/* one logical line */

/* One physical line of a logical one. */
struct text_piece {
	size_t at;		/* where it begins in the logical line */
	size_t raw;		/* and in the text */
	size_t rawline, rawend;	/* its line in the text, newline included */
	unsigned int line, col;	/* both from 1 */
};

struct text_line {
	stralloc s;		/* pieces joined by one space each */
	genalloc pieces;	/* of struct text_piece */
};

#define TEXT_LINE_ZERO { .s = STRALLOC_ZERO, .pieces = GENALLOC_ZERO }

struct text {
	const char *s;
	size_t n, pos;
	unsigned int line;
	/* of the last -1: */
	const char *error;
	unsigned int errline, errcol;
};

void text_open(struct text *t, const char *s, size_t n);

/* The next logical line. l's storage is reused. Returns 1, 0 at the end, -1
 * if something is wrong with it (t->error says what): it is passed over and
 * text_next may be called for the next. No memory is -1 with error 0. */
int text_next(struct text *t, struct text_line *l);
void text_line_free(struct text_line *l);

/* Line and column in the text of the octet off of l. */
void text_place(const struct text_line *l, size_t off, unsigned int *line,
    unsigned int *col);

/* A line of pneu.conf taken apart. */
enum text_kind { TEXT_SETTING, TEXT_INCLUDE, TEXT_BAD };
struct text_entry {
	enum text_kind kind;
	size_t name, namelen;	/* offsets in the logical line; SETTING */
	size_t value, valuelen;	/* SETTING: what follows the '='; INCLUDE */
	const char *error;	/* BAD */
	size_t at;		/* BAD: where */
};
void text_entry_scan(struct text_entry *e, const struct text_line *l);

/* A line of a table: key, white space, value (which may be empty). A key in
 * double quotes up to the '@' may hold spaces ("john doe"@example.org).
 * Offsets go to *keylen and *value; the value ends with the line. */
void text_row_scan(const struct text_line *l, size_t *keylen, size_t *value);

#endif
