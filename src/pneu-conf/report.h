#ifndef PNEU_CONF_REPORT_H
#define PNEU_CONF_REPORT_H

#include <skalibs/stralloc.h>

/* What is wrong with the settings, gathered as lines
 *
 *	FILE:LINE:COLUMN: message
 *	FILE:LINE:COLUMN: warning: message
 *
 * Column and line are left out where they are 0. */
struct report {
	stralloc text;
	unsigned int errors, warnings;
};

#define REPORT_ZERO { .text = STRALLOC_ZERO }

/* Where something stands. */
struct place {
	const char *file;
	unsigned int line, col;
};

/* The message is the strings up to a null pointer. Dies (111) if there is no
 * memory. */
void report_add(struct report *r, int warning, const struct place *p, ...);
#define report_error(r, p, ...) \
	report_add(r, 0, p, __VA_ARGS__, (const char *)0)
#define report_warning(r, p, ...) \
	report_add(r, 1, p, __VA_ARGS__, (const char *)0)

/* Append "FILE:LINE", or "its default" if there is no file. */
void report_where(stralloc *sa, const struct place *p);

/* Append "; as A-labels: ..." for the first domain in s[0..n) that has U-labels
 * (RFC 5890), if there is one. */
void report_alabels(stralloc *sa, const char *s, size_t n);

/* Die: no memory. */
void report_nomem(void) __attribute__((noreturn));

#endif
