#ifndef MAIL_TEMPLATE_H
#define MAIL_TEMPLATE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Texts of notifications, with $name or ${name} for what is known when one is
 * written, and $$ for a dollar sign. Pure: no I/O. */

enum template_var {
	TEMPLATE_myhostname, TEMPLATE_myorigin,
	TEMPLATE_date,		/* of the message */
	TEMPLATE_these,		/* "this address" or "these addresses" */
	TEMPLATE_until,		/* date after which it is not tried */
	TEMPLATE_bounce_size_limit,
	/* and these in five units: _seconds, _minutes, _hours, _days, _weeks */
	TEMPLATE_delay_warning_time,
	TEMPLATE_maximal_queue_lifetime,
	TEMPLATE_VARS
};

/* Which variable s[0..n) names, and by how much its value, seconds, is to be
 * divided (1 for those without a unit). Returns enum template_var, or -1. */
int template_var(const char *s, size_t n, unsigned int *unit);

/* Append s with values[] (by enum template_var; times in seconds, decimal) in
 * their places. Returns 1; 0 with ENOMEM; -1: *bad is where in s a name stands
 * that is none. With sa 0 nothing is appended, only checked. */
int template_expand(stralloc *sa, const char *s, size_t n,
    const char *const values[TEMPLATE_VARS], size_t *bad);

#endif
